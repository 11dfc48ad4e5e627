"""What a scrape reads from the database: what every publishing service has, parked events, and the age of what registry
told us."""

import math
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import backlog, telemetry, watermark
from shared.positions import parked_event

SOURCE = "registry"


async def observe(engine: AsyncEngine, now: datetime) -> None:
    """Sets the gauges of this service. `now` is aware UTC. The lag is infinite until registry was heard once."""
    await backlog.observe(engine, now)
    async with engine.connect() as connection:
        parked = (await connection.execute(select(func.count()).select_from(parked_event))).scalar_one()
        marks = await watermark.reached(connection)
    telemetry.parked_now.set(parked)
    _, seconds = watermark.age(marks, [SOURCE], now)
    telemetry.lag.labels(SOURCE).set(math.inf if seconds is None else seconds)
