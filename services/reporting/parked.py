"""Parked events: looked at, read again, or thrown away. Applying one goes through the projection like any event.

The command line and HTTP both end here. Each function works in its caller's transaction, but for `retry`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog
from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import dossiers, projection
from services.reporting.models import SCHEMA
from services.reporting.periods import Period
from services.reporting.settings import Settings
from services.reporting.worker import CONTRACTS
from shared import database
from shared.arrived import Arrived, understand
from shared.events.envelope import Unreadable
from shared.positions import parked_event

log = structlog.get_logger(__name__)


@dataclass
class Retried:
    """How many parked events could be read and applied, how many of those changed something (a newer event of the same
    subject may have come meanwhile), and why the others could not be read, by id."""

    applied: int = 0
    changed: int = 0
    unreadable: dict[int, str] = field(default_factory=dict)


async def listed(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    """All parked events, oldest first, without their bytes."""
    return list(
        await connection.fetch(
            'SELECT id, topic, partition, "offset", subject_id, sequence, reason, parked_at FROM parked_event ORDER BY id'
        )
    )


async def retry(settings: Settings, ids: Sequence[int] | None) -> Retried:
    """`read_again` in a transaction of its own."""
    engine = database.open_engine(settings, pool_size=1, schema=SCHEMA)
    try:
        async with engine.begin() as connection:
            return await read_again(connection, settings, ids)
    finally:
        await engine.dispose()


async def read_again(connection: AsyncConnection, settings: Settings, ids: Sequence[int] | None) -> Retried:
    """Reads parked events again (all if `ids` is None); applies and removes those that can be read now.

    Raises MeasuresChanged when the cells are of other measures than this code has.
    """
    query = select(parked_event).order_by(parked_event.c.id)
    if ids is not None:
        query = query.where(parked_event.c.id.in_(ids))
    if (await connection.execute(query.with_only_columns(parked_event.c.id))).first() is None:
        return Retried()
    # First of all, as every batch does, and alone at once: an event of a region needs it so, and two who share the
    # lock and both want it alone wait for each other for ever.
    await dossiers.hold(await database.driver(connection), still=True)
    outcome = Retried()
    arrived: dict[int, Arrived] = {}
    for row in (await connection.execute(query.with_for_update())).all():
        try:
            arrived[row.id] = _understood(row, settings)
        except Unreadable as reason:
            outcome.unreadable[row.id] = str(reason)
    if arrived:
        first = Period.parse(settings.statistics_from).first
        outcome.changed = await projection.handle(connection, list(arrived.values()), first)
        await connection.execute(delete(parked_event).where(parked_event.c.id.in_(arrived)))
    outcome.applied = len(arrived)
    return outcome


def _understood(row: Row[Any], settings: Settings) -> Arrived:
    contract = CONTRACTS.get(row.topic.removeprefix(f"{settings.kafka_topic_prefix}."))
    if contract is None:
        raise Unreadable(f"nothing here reads the topic {row.topic}")
    return understand(contract, [(name, value.encode()) for name, value in row.headers], row.value)


async def discard(connection: asyncpg.Connection, ids: Sequence[int], reason: str | None = None) -> int:
    """Throws parked events away; returns how many there were. What was thrown away and why stands in the log."""
    rows = await connection.fetch(
        "DELETE FROM parked_event WHERE id = ANY($1::bigint[])"
        ' RETURNING id, topic, partition, "offset", subject_id, sequence, reason',
        list(ids),
    )
    for row in rows:
        log.warning(
            "parked.discarded", id=row["id"], topic=row["topic"], partition=row["partition"], offset=row["offset"],
            subject_id=str(row["subject_id"]), sequence=row["sequence"], parked_because=row["reason"], reason=reason,
        )  # fmt: skip
    return len(rows)
