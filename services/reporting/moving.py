"""What lies in a village that moved follows it: its contributions leave the former path and enter the new one.

A region change may move thousands of villages in a few batches. Each batch moves what fits into one portion, and a part of
the worker the rest, each portion in a transaction of its own, so that other events are applied in between. A village moves
as a whole; until then all that lies there, also what arrives meanwhile, counts by the former path.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import cells, dossiers, tree, versions
from services.reporting.cells import Sums
from services.reporting.people import folding
from services.reporting.people.counts import Counts
from services.reporting.world import World
from shared import database

log = structlog.get_logger(__name__)

DOSSIERS = 2000
"""As many move in one portion at most, sheets and benefits among them, unless one village has more."""
REGIONS = 2000
"""… in so many regions at most: as many as one batch tells."""
LOOK_EVERY = 1.0
"""Seconds between two looks for villages that wait."""


async def portion(connection: asyncpg.Connection, statistics_from: int) -> int:
    """Moves some of the regions that wait, at least one if any does; returns how many. The caller holds the lock, still."""
    chosen = await _chosen(connection)
    if not chosen:
        return 0
    before = World()
    before.take(await dossiers.at_villages(connection, chosen))
    before.tallies = await dossiers.tallies(connection, {*before.institutions, *before.values, *chosen})
    asked, people = await folding.lying_in(connection, chosen)
    places = await tree.rows(connection, before.needed() | people.needed() | set(chosen))
    before.villages = {place.id: place.village for place in places.values()}
    moved = await tree.move(connection, chosen)
    before.giving = await _villages(connection, chosen)
    after = replace(before, villages=before.villages | {place.id: place.village for place in moved.values()})
    sums = Sums()
    before.contribute(sums.taking(-1), statistics_from)
    after.contribute(sums.taking(+1), statistics_from)
    counts = Counts(statistics_from)
    people.within(before.villages).contribute(asked, counts.taking(-1))
    people.within(after.villages).contribute(asked, counts.taking(+1))
    counts.give(sums.emit)
    await cells.add(connection, sums)
    return len(chosen)


async def _chosen(connection: asyncpg.Connection) -> list[UUID]:
    chosen: list[UUID] = []
    together = 0
    for region, count in await tree.waiting(connection, REGIONS):
        together += count
        if chosen and together > DOSSIERS:
            break
        chosen.append(region)
    return chosen


async def _villages(connection: asyncpg.Connection, regions: list[UUID]) -> list[UUID]:
    found = await connection.fetch("SELECT id FROM region WHERE id = ANY($1) AND level = 'village'", regions)
    return [row["id"] for row in found]


async def run(engine: AsyncEngine, statistics_from: int, fault: Callable[[str], None] = lambda point: None) -> NoReturn:
    """Moves what waits, until cancelled. Several may run. Raises MeasuresChanged."""
    while True:
        try:
            moved = await one(engine, statistics_from, fault)
        except database.TROUBLE as error:
            if not database.transient(error):
                raise
            log.warning("moving.retries", error=str(error)[:300])
            moved = 0
        if not moved:
            await asyncio.sleep(LOOK_EVERY)


async def finish(engine: AsyncEngine, statistics_from: int) -> None:
    """Moves all that waits, a portion at a time."""
    while await one(engine, statistics_from):
        pass


async def one(engine: AsyncEngine, statistics_from: int, fault: Callable[[str], None] = lambda point: None) -> int:
    """One portion in a transaction of its own; the lock is asked for only if something waits."""
    async with engine.begin() as connection:
        driver = await database.driver(connection)
        if not await driver.fetchval("SELECT EXISTS (SELECT FROM region WHERE moves)"):
            return 0
        await dossiers.hold(driver, still=True)
        await versions.check(driver, statistics_from)
        moved = await portion(driver, statistics_from)
        fault("moving.before_commit")
    fault("moving.after_commit")
    log.info("moving.moved", regions=moved)
    return moved
