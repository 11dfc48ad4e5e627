"""How much of an outbox Kafka has not acknowledged yet, as metrics: for the API and the worker of a publishing service."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import telemetry
from shared.outbox import outbox


async def observe(engine: AsyncEngine, now: datetime) -> None:
    """Sets the outbox gauges to what the database holds. `now` is aware UTC.

    The age is that of the oldest event never published: a row that `republish` marked again is old, but not late.
    """
    never_published = outbox.c.feed_position.is_(None)
    async with engine.connect() as connection:
        pending, oldest = (
            await connection.execute(
                select(func.count(), func.min(outbox.c.time).filter(never_published)).where(outbox.c.pending)
            )
        ).one()
    telemetry.outbox_pending.set(pending)
    telemetry.outbox_age.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
