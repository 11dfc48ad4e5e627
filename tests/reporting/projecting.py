"""Applies events to reporting's database as the consumer does, empties it, and compares it with its recomputation."""

from collections.abc import Sequence
from datetime import date

import asyncpg
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import projection, verification
from services.reporting.measures import GROUPS
from services.reporting.people.models import metadata as people_metadata
from services.reporting.periods import month_of
from services.reporting.settings import Settings
from shared import database
from shared.arrived import Arrived

FROM = month_of(date(2024, 1, 1))
TABLES = [
    "dossier", "region", "region_change", "tally", *(group.table.name for group in GROUPS),
    *(table.name for table in people_metadata.sorted_tables),
]  # fmt: skip

thorough = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


async def apply(engine: AsyncEngine, batch: Sequence[Arrived]) -> int:
    """Applies a batch as the consumer does, trying again after a deadlock."""
    while True:
        try:
            async with engine.begin() as connection:
                await connection.execute(text("SELECT 1"))
                return await projection.handle(connection, batch, FROM)
        except Exception as error:
            if not database.transient(error):
                raise


async def empty(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text(f"TRUNCATE {', '.join(TABLES)}"))


async def verified(settings: Settings) -> list[verification.Difference]:
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": "live"})
    try:
        return await verification.verify(connection, FROM)
    finally:
        await connection.close()
