"""Keeps series planned ahead: a part of the worker makes the occurrences that have come into the horizon.

Each series in a transaction of its own, its row held: killed in the middle nothing of it is stored, and of several workers one
makes them. Dates that passed while no worker ran are not planned afterwards.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from services.activities.activities import referred
from services.activities.known.arrival import ReferenceNotArrived
from services.activities.series import making, queries, service, states
from services.activities.series.models import Series
from shared import database
from shared.auth import NATION, Principal
from shared.clock import Clock

log = structlog.get_logger(__name__)

LOOK_EVERY = 10.0
"""Seconds between two looks for series that are due."""
LOOK_AGAIN = timedelta(hours=6)
"""A series is due this long after it was last looked at: each gets its new dates on the day they come into the horizon."""

_DUE = text("""
    SELECT id FROM series WHERE NOT voided AND (looked_at IS NULL OR looked_at <= :before)
    ORDER BY looked_at NULLS FIRST, id LIMIT 1 OFFSET :passed
""")
_HOLD = text("""
    SELECT id FROM series
    WHERE id = :id AND NOT voided AND (looked_at IS NULL OR looked_at <= :before) FOR UPDATE SKIP LOCKED
""")
_LOOKED = text("UPDATE series SET looked_at = :now WHERE id = :id")


async def run(engine: AsyncEngine, clock: Clock, months: int, fault: Callable[[str], None]) -> NoReturn:
    """Keeps all series planned ahead until cancelled. Several may run."""
    passed = 0
    while True:
        try:
            found = await one(engine, clock.now(), months, fault, passed)
        except database.TROUBLE as error:
            if not database.transient(error):
                raise
            log.warning("series.retries", error=str(error)[:300])
            found = None
        # One that another process holds is passed over, so that those behind it do not wait.
        passed = passed + 1 if found is False else 0
        if found is None:
            await asyncio.sleep(LOOK_EVERY)


async def one(
    engine: AsyncEngine, now: datetime, months: int, fault: Callable[[str], None] = lambda point: None, passed: int = 0
) -> bool | None:
    """The series that is longest due, in a transaction of its own. False: another process holds it; None: none is due.

    `passed`: how many that are due are passed over.
    """
    before = now - LOOK_AGAIN
    async with database.sessions(engine)() as session, session.begin():
        id = await session.scalar(_DUE, {"before": before, "passed": passed})
        if id is None:
            return None
        # What it refers to is held before it, as in every request.
        series = await session.get_one(Series, id)
        known = await referred.find(await database.driver(session), [states.description_of(series)], _for(series))
        if await session.scalar(_HOLD, {"id": id, "before": before}) is None:
            return False
        await _keep(session, id, known, now, months)
        fault("series.made")
        await session.execute(_LOOKED, {"id": id, "now": now})
    return True


async def _keep(session: AsyncSession, id: object, known: referred.Referred, now: datetime, months: int) -> None:
    statement = queries.told().where(Series.id == id).execution_options(populate_existing=True)
    row = (await session.execute(statement)).one()
    series: Series = row.Series
    today = service.today(row, now)
    try:
        made, stopped = await making.fill(
            session, series, known, _for(series), now, today, making.horizon(today, months)
        )
    except ReferenceNotArrived as missing:
        log.warning("series.waits", series=str(series.id), missing=str(missing))
        return
    if made or stopped:
        codes = [fault.code for fault in stopped.faults] if stopped else []
        log.info("series.made", series=str(series.id), made=made, through=str(series.made_through), stopped=codes)


def _for(series: Series) -> Principal:
    """In whose name occurrences are made: of who wrote the series last. What it refers to was checked against their area."""
    return Principal(series.kept_by, "wahana", frozenset({"system"}), (NATION,))
