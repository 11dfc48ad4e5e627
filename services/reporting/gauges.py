"""Metrics read from reporting's database at each scrape: age of the numbers, parked events, what verifying found."""

import math

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import outcomes
from services.reporting.settings import SOURCES
from shared import database_gauges, telemetry, watermark
from shared.clock import Clock, SystemClock
from shared.positions import parked_event

MACHINE = SystemClock()


async def refresh(engine: AsyncEngine, clock: Clock = MACHINE) -> None:
    """Sets the gauges of lag, parked events, the last verification and the database's size.

    A source's lag is `lag_seconds` of the answers for that source alone: now by this process's clock minus an instant by
    the clock of the source's database, never below 0. It is infinite until the source was heard once.
    """
    async with engine.connect() as connection:
        marks = await watermark.reached(connection)
        parked = await connection.scalar(select(func.count()).select_from(parked_event))
        verified = await outcomes.newest(connection)
        await database_gauges.observe_size(connection)
    telemetry.parked_now.set(parked or 0)
    telemetry.verified_at.set(verified[0].timestamp() if verified else 0)
    telemetry.verify_differences.set(verified[1] if verified else 0)
    now = clock.now()
    for source in SOURCES:
        _, seconds = watermark.age(marks, [source], now)
        telemetry.lag.labels(source).set(math.inf if seconds is None else seconds)
