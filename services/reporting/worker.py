"""Reporting's worker: the projection, what moves after it, and the watermarks. Several may run; they share the partitions."""

from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.reporting import gauges, moving, projection, versions
from services.reporting.models import SCHEMA
from services.reporting.people import batch
from services.reporting.periods import Period
from services.reporting.settings import SOURCES, Settings
from shared import database, housekeeping, watermark, worker
from shared.arrived import Arrived
from shared.consumer import Consumer
from shared.events import activities, registry
from shared.events.envelope import State

_READ: tuple[type[State], ...] = (
    registry.Region,
    registry.Institution,
    registry.Network,
    registry.CulturalValue,
    activities.Activity,
    activities.VillageReport,
    *batch.READ,
    *projection.HEARD,
)
CONTRACTS = {state.topic(): state for state in _READ}
"""The topics that numbers come from, and those of which only the arrival is noted; and what their events mean. Those about
people and benefits need rights of their own; nobody is named in any."""


def consumer(settings: Settings, engine: AsyncEngine, *, fault: Callable[[str], None] = lambda point: None) -> Consumer:
    """The projection's consumer over one schema's tables: the live ones, or a rebuild's."""
    statistics_from = Period.parse(settings.statistics_from).first

    async def handle(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
        return await projection.handle(connection, arrived, statistics_from)

    return Consumer(settings, engine, CONTRACTS, handle, fault)


def parts(
    settings: Settings, *, fault: Callable[[str], None] = lambda point: None
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs in the worker. Each part ends only by failing."""

    async def project() -> None:
        await _check_version(settings)
        engine = database.open_engine(settings, pool_size=2, limits=database.FOR_WORKERS, schema=SCHEMA)
        try:
            await consumer(settings, engine, fault=fault).run()
        finally:
            await engine.dispose()

    async def move() -> None:
        engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS, schema=SCHEMA)
        try:
            await moving.run(engine, Period.parse(settings.statistics_from).first, fault)
        finally:
            await engine.dispose()

    async def follow() -> None:
        engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS, schema=SCHEMA)
        try:
            await watermark.follow(settings, engine, SOURCES, CONTRACTS)
        finally:
            await engine.dispose()

    return {
        "projection": project,
        "moving": move,
        "watermark": follow,
        "housekeeping": lambda: housekeeping.run(settings, SCHEMA),
    }


async def _check_version(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": f"{SCHEMA}, public"})
    try:
        await versions.check(connection, Period.parse(settings.statistics_from).first)
    finally:
        await connection.close()


def main() -> None:
    """Runs the worker until it is told to stop."""
    settings = Settings.of_process()
    engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS, schema=SCHEMA)
    worker.run(settings, parts(settings), lambda: gauges.refresh(engine))


if __name__ == "__main__":
    main()
