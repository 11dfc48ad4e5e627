"""Each operation is done once: what a caller's earlier batches have done is answered again, not done again.

Batches of one caller go one after another. An operation is kept by the id that its device gave it, in the transaction of
its effect, with a keyed digest of what was sent: a name could be guessed from a plain one.
"""

import hmac
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import orjson
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.batches.models import BatchOperation
from services.activities.batches.schemas import OperationIn
from shared.auth import Principal

KEPT = timedelta(days=30)
"""A device that got no answer may be without a network for weeks."""
_BATCHES = 0x42415443
"""Key of the advisory locks of batches under way."""
# A batch locks what its operations need in their order, and another may have the opposite one. Who was ended for waiting
# in such a circle begins anew alone among batches, so that the two do not meet again.
_TURN = "SELECT pg_advisory_xact_lock_shared($2::int), pg_advisory_xact_lock($2::int, hashtext($1))"
_TURN_ALONE = "SELECT pg_advisory_xact_lock($2::int), pg_advisory_xact_lock($2::int, hashtext($1))"
_DONE = """
    SELECT client_id, digest, scope, result::text AS result FROM batch_operation
    WHERE caller = $1 AND client_id = ANY($2::text[])
"""
_KEEP = """
    INSERT INTO batch_operation (caller, client_id, digest, scope, result, done_at)
    SELECT $1, client_id, digest, $2, result, $3
    FROM unnest($4::text[], $5::bytea[], $6::jsonb[]) AS done (client_id, digest, result)
"""


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was done before: what was sent, what its caller could see, and its result."""

    digest: bytes
    scope: list[str]
    result: dict[str, Any]


def digest(operation: OperationIn, key: bytes) -> bytes:
    """Of all that was sent, but for its spelling as JSON."""
    # As it was read from JSON: neither orjson nor pydantic write all that a body may hold, such as very large numbers and
    # lists within lists within lists; its schema refuses them later.
    sent = json.dumps({**operation.model_dump(mode="json", exclude={"body"}), "body": operation.body}, sort_keys=True)
    return hmac.digest(key, sent.encode(), "sha256")


async def take_turn(driver: asyncpg.Connection, caller: str, *, alone: bool) -> None:
    """Waits for the caller's batch that is under way; if `alone`, for all that are."""
    await driver.fetch(_TURN_ALONE if alone else _TURN, caller, _BATCHES)


async def earlier(driver: asyncpg.Connection, caller: str, client_ids: Collection[str]) -> dict[str, Done]:
    """What the caller has done under these ids."""
    rows = await driver.fetch(_DONE, caller, list(client_ids))
    return {row["client_id"]: Done(row["digest"], row["scope"], orjson.loads(row["result"])) for row in rows}


async def keep(
    driver: asyncpg.Connection,
    caller: str,
    principal: Principal,
    now: datetime,
    done: Sequence[tuple[str, bytes, dict[str, Any]]],
) -> None:
    """Keeps the results of operations that were done: id, digest, result."""
    results = [orjson.dumps(result).decode() for *_, result in done]
    await driver.execute(
        _KEEP, caller, principal.scope, now, [one for one, *_ in done], [each for _, each, _ in done], results
    )


async def forget(session: AsyncSession, now: datetime) -> None:
    """Deletes what was done longer than `KEPT` ago: sent again, a record is refused by its id, a step by its version."""
    await session.execute(delete(BatchOperation).where(BatchOperation.done_at < now - KEPT))
