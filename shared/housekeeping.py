"""What a writing service tidies up by itself: idempotency keys past their time."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from shared import database, idempotency
from shared.clock import SystemClock
from shared.settings import ServiceSettings

EVERY = 3600.0
"""Seconds between two rounds."""


async def run(settings: ServiceSettings, schema: str | None = None) -> None:
    """Tidies up every hour until cancelled. A database that is away is tidied up the next time.

    `schema` is where the tables lie, if not where the service's user finds them anyway.
    """
    engine = database.open_engine(settings, pool_size=1, schema=schema)
    try:
        while True:
            try:
                async with database.transaction(database.sessions(engine)) as session:
                    await idempotency.forget(session, SystemClock().now())
            except (SQLAlchemyError, OSError):
                pass
            await asyncio.sleep(EVERY)
    finally:
        await engine.dispose()
