"""Metrics read from reporting's database at each scrape: age of the numbers, parked events."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import telemetry, watermark
from shared.positions import parked_event


async def refresh(engine: AsyncEngine) -> None:
    """Sets the gauges of lag and parked events."""
    async with engine.connect() as connection:
        marks = await watermark.reached(connection)
        parked = await connection.scalar(select(func.count()).select_from(parked_event))
    telemetry.parked_now.set(parked or 0)
    for source, through in marks.items():
        telemetry.lag.labels(source).set(max((datetime.now(UTC) - through).total_seconds(), 0))
