"""What a writing service tidies up by itself: idempotency keys past their time, and what else it keeps for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from shared import database, idempotency
from shared.clock import SystemClock
from shared.settings import ServiceSettings

EVERY = 3600.0
"""Seconds between two rounds."""


Forgetting = Callable[[AsyncSession, datetime], Awaitable[None]]
"""Deletes what is past its time at an instant, aware UTC."""


async def run(settings: ServiceSettings, schema: str | None = None, others: Sequence[Forgetting] = ()) -> None:
    """Tidies up every hour until cancelled. A database that is away is tidied up the next time.

    `schema` is where the tables lie, if not where the service's user finds them anyway; `others` forget what is the
    service's own, each in the same transaction.
    """
    engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS, schema=schema)
    try:
        while True:
            try:
                async with database.transaction(database.sessions(engine)) as session:
                    for forget in (idempotency.forget, *others):
                        await forget(session, SystemClock().now())
            except (SQLAlchemyError, OSError):
                pass
            await asyncio.sleep(EVERY)
    finally:
        await engine.dispose()
