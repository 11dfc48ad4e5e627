"""One operation of a batch, through the route of the single request, in a savepoint of the batch's transaction."""

from typing import Any

import asyncpg
import orjson
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.batches.operations import OPERATIONS
from services.activities.batches.schemas import OperationIn

_OWN_HEADERS = (b"if-match", b"idempotency-key", b"content-length", b"content-type")


async def run(request: Request, session: AsyncSession, driver: asyncpg.Connection, operation: OperationIn) -> Response:
    """Does it; the savepoint is taken back if it is refused. Raises what the route raises."""
    wanted = OPERATIONS[operation.operation]
    async with session.begin_nested():
        # Only the session's first use of its connection sets the savepoint, and there is none where all goes by the driver.
        await session.connection()
        answer = await wanted.handle(_alone(request, session, driver, operation))
    # What others of the batch do without this session's knowledge must be read anew.
    session.expunge_all()
    return answer


def _alone(request: Request, session: AsyncSession, driver: asyncpg.Connection, operation: OperationIn) -> Request:
    """The request as if the operation had been sent by itself, within our transaction."""
    wanted = OPERATIONS[operation.operation]
    address = wanted.address(operation.at)
    kept = [(name, value) for name, value in request.scope["headers"] if name not in _OWN_HEADERS]
    version = [(b"if-match", operation.precondition.encode())] if operation.precondition else []
    alone = Request(
        dict(request.scope)
        | {
            "path": address,
            "raw_path": address.encode(),
            "query_string": b"",
            "path_params": {"id": str(operation.at)} if wanted.about_a_record else {},
            "headers": [*kept, (b"content-type", b"application/json"), *version],
            "state": dict(request.scope["state"]),
        }
    )
    alone.state.session, alone.state.driver = session, driver
    # Its body has been read already: these are where a request keeps it.
    alone._json, alone._body = operation.body, b"{}"
    return alone


def result_of(answer: Response) -> dict[str, Any]:
    """What a batch tells of an answer: the record's id, its position, and what was understood otherwise."""
    told = orjson.loads(bytes(answer.body)) if answer.body else {}
    told = told if isinstance(told, dict) else {}
    return {
        "status": answer.status_code,
        "id": told.get("id"),
        "position": answer.headers.get("wahana-position"),
        "warnings": told.get("warnings") or [],
    }
