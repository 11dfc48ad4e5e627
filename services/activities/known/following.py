"""The codes by which activities are seen follow regions that were recoded or ended, and leads that moved.

A region change may recode thousands of villages in a few batches. Each batch lets as many activities follow as fit into one
portion; a part of the worker lets the rest, each portion in a transaction of its own. Meanwhile a region `follows`.
"""

import asyncio
from collections.abc import Collection
from typing import NoReturn
from uuid import UUID

import structlog
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import Uuid

from shared import database

log = structlog.get_logger(__name__)

ACTIVITIES = 5000
"""As many follow in one portion at most."""
REGIONS = 500
LOOK_EVERY = 1.0
"""Seconds between two looks for regions that activities have to follow."""

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_MARK = text("""
    UPDATE known_region SET follows = true FROM (
        SELECT id FROM known_region WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
    ) AS place
    WHERE known_region.id = place.id AND known_region.area_code IS NOT NULL
    RETURNING known_region.id
""").bindparams(_IDS)
# Rows that a request holds are taken the next time: nobody here waits for a region while it holds another.
_WAITING = text("SELECT id FROM known_region WHERE follows ORDER BY id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED")
_HELD_THERE = text("""
    UPDATE activity SET village_code = place.area_code FROM known_region place
    WHERE activity.id IN (
        SELECT activity.id FROM known_region place JOIN activity ON activity.village_id = place.id
        WHERE place.id = ANY(:ids) AND activity.village_code <> place.area_code LIMIT :most
    ) AND place.id = activity.village_id
""").bindparams(_IDS)
_LED_FROM_THERE = text("""
    UPDATE activity SET lead_village_code = seat.area_code
    FROM known_institution lead JOIN known_region seat ON seat.id = lead.village_id
    WHERE activity.id IN (
        SELECT activity.id FROM known_region seat JOIN known_institution lead ON lead.village_id = seat.id
            JOIN activity ON activity.lead_institution_id = lead.id
        WHERE seat.id = ANY(:ids) AND activity.lead_village_code <> seat.area_code LIMIT :most
    ) AND lead.id = activity.lead_institution_id
""").bindparams(_IDS)
_DONE = text("UPDATE known_region SET follows = false WHERE id = ANY(:ids)").bindparams(_IDS)


async def mark(connection: AsyncConnection, villages: Collection[UUID]) -> list[UUID]:
    """Notes that activities have to follow these villages, to which leads have moved; gives those that are known."""
    if not villages:
        return []
    return list((await connection.execute(_MARK, {"ids": list(villages)})).scalars())


async def portion(connection: AsyncConnection, regions: Collection[UUID]) -> None:
    """Lets activities follow these regions, whose rows the transaction holds; not all, if they are many."""
    if not regions:
        return
    most = ACTIVITIES
    for statement in (_HELD_THERE, _LED_FROM_THERE):
        followed = await connection.execute(statement, {"ids": list(regions), "most": most})
        if followed.rowcount >= most:
            return
    await connection.execute(_DONE, {"ids": list(regions)})


async def run(engine: AsyncEngine) -> NoReturn:
    """Lets activities follow what they have not yet, until cancelled. Several may run."""
    while True:
        try:
            followed = await one(engine)
        except database.TROUBLE as error:
            if not database.transient(error):
                raise
            log.warning("following.retries", error=str(error)[:300])
            followed = False
        if not followed:
            await asyncio.sleep(LOOK_EVERY)


async def one(engine: AsyncEngine) -> bool:
    """One portion in a transaction of its own; whether there was anything to do."""
    async with engine.begin() as connection:
        regions = list((await connection.execute(_WAITING, {"most": REGIONS})).scalars())
        await portion(connection, regions)
    return bool(regions)
