"""Region load: the nation's regions from the shipped table into registry, and from there into activities and reporting.

What it leaves behind is what every other measurement copies its databases from.
"""

import asyncio
import time

from deploy.bench.figures import Measured, Row
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from deploy.local import programs
from deploy.local.settings import SERVICES
from services.registry.regions import loading
from shared import database
from shared.clock import SystemClock

APPLIED = {
    "activities": "SELECT count(*), extract(epoch FROM max(pg_xact_commit_timestamp(xmin))) FROM known_region",
    "reporting": "SELECT count(*), extract(epoch FROM max(pg_xact_commit_timestamp(xmin))) FROM region WHERE sequence > 0",
}
"""How many regions a service has, and when the last was committed."""


def prepare(stage: Stage) -> None:
    """Loads the regions once, if nobody has measured it, for the other measurements to copy."""
    if not stage.templates:
        _load(stage)


def run(stage: Stage) -> list[Row]:
    """Seconds of `wahana regions load`, and until activities and reporting have every region."""
    rounds = [_load(stage) for _ in range(stage.size.rounds)]
    count = len(stage.region_rows())
    names = (f"load {count:,} regions", "… until activities has them", "… until reporting has them")
    return [
        Row(name, Measured.of([times[place] for times in rounds], "s")) for place, name in enumerate(names)
    ]  # fmt: skip


def _load(stage: Stage) -> tuple[float, float, float]:
    with installed(stage, *SERVICES, empty=True, keep=True) as wahana:
        wahana.start(*(f"{service}-worker" for service in SERVICES))
        began = time.time()
        if stage.size.area is None:
            wahana.supervisor.run("regions", programs.REGIONS, wahana.environment)
        else:
            asyncio.run(_load_part(wahana))
        loaded = time.time()
        count = len(stage.region_rows())
        arrived = {service: _arrival(wahana, service, count) for service in APPLIED}
    for service in SERVICES:
        wahana.execute(service, "VACUUM (ANALYZE)")
        stage.templates[service] = wahana.database(service)
    return loaded - began, arrived["activities"] - began, arrived["reporting"] - began


async def _load_part(wahana: Installation) -> None:
    """As the command does it, for fewer regions."""
    engine = database.open_engine(wahana.settings("registry"), pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            await loading.load(session, wahana.stage.region_rows(), SystemClock().now())
    finally:
        await engine.dispose()


def _arrival(wahana: Installation, service: str, count: int) -> float:
    """When the last region was committed there, in seconds since 1970 on the servers' clock, which is ours."""

    def complete() -> float | None:
        found, at = wahana.fetch(service, APPLIED[service])[0]
        return float(at) if found >= count else None

    return wahana.until(complete, f"{service} has {count} regions") or 0.0
