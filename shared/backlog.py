"""What a publishing service owes, as metrics: events that Kafka has not acknowledged, days of the audit trail without a
seal; and how large its database is. For the API and the worker of registry and of activities."""

from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared import audit_seal, database_gauges, telemetry
from shared.outbox import outbox

# Ids are given in time's order but for those of open transactions: near enough to the first day, and no scan.
_UNSEALED = text("""
    SELECT max(day) + 1 AS day, (SELECT at FROM audit_entry ORDER BY id LIMIT 1) AS first FROM audit_seal
""")


async def observe(engine: AsyncEngine, now: datetime) -> None:
    """Sets the gauges to what the database holds. `now` is aware UTC.

    The outbox's age is that of the oldest event never published: a row that `republish` marked again is old, but not late.
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
        await _observe_seals(connection, now)
        await database_gauges.observe_size(connection)


async def _observe_seals(connection: AsyncConnection, now: datetime) -> None:
    day, first = (await connection.execute(_UNSEALED)).one()
    if day is None and first is not None:
        day = first.astimezone(UTC).date()
    telemetry.unsealed.set(max(0.0, (now - audit_seal.ended(day)).total_seconds()) if day else 0.0)
