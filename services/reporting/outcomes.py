"""What `wahana verify` found, and when: kept for the metrics that a worker and an API show, and for whoever looks back.

No event tells it, so it lies with the reference data, where no rebuild touches it.
"""

from datetime import datetime

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import verification
from services.reporting.recomputation import Progress
from services.reporting.reference.models import verification_outcome
from services.reporting.verification import Difference


async def verified(
    connection: asyncpg.Connection, statistics_from: int, progress: Progress = lambda noun, count: None
) -> list[Difference]:
    """`verification.verify`, whose outcome is kept. A comparison that did not come to its end leaves none."""
    found = await verification.verify(connection, statistics_from, progress)
    await connection.execute("INSERT INTO reference.verification (differences) VALUES ($1)", len(found))
    return found


async def newest(connection: AsyncConnection) -> tuple[datetime, int] | None:
    """When the last comparison ended, and how many differences it found; None before the first."""
    columns = (verification_outcome.c.ended_at, verification_outcome.c.differences)
    row = (await connection.execute(select(*columns).order_by(verification_outcome.c.id.desc()).limit(1))).first()
    return None if row is None else (row.ended_at, row.differences)
