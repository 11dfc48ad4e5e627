"""The codes by which records are seen follow regions that were recoded or ended, and leads that moved.

Every table of this service that has `village_id` and `village_code` (or `region_id` and `region_code`) follows, and every
one that has `lead_institution_id` and `lead_village_code`. A region change may recode thousands of villages in a few
batches. Each batch lets as many records follow as fit into one portion; a part of the worker lets the rest, each portion
in a transaction of its own. Meanwhile a region `follows`.
"""

import asyncio
from collections.abc import Collection
from functools import cache
from typing import NoReturn
from uuid import UUID

import structlog
from sqlalchemy import Table, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.types import Uuid

from services.activities.mapping import ActivitiesTable
from shared import database

log = structlog.get_logger(__name__)

RECORDS = 5000
"""As many follow in one portion at most."""
REGIONS = 500
LOOK_EVERY = 1.0
"""Seconds between two looks for regions that records have to follow."""
COPIED = (("village_id", "village_code"), ("region_id", "region_code"))
LED = ("lead_institution_id", "lead_village_code")

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
_DONE = text("UPDATE known_region SET follows = false WHERE id = ANY(:ids)").bindparams(_IDS)


_LIES_THERE = """
    UPDATE {table} SET {code} = place.area_code FROM known_region place
    WHERE {table}.id IN (
        SELECT {table}.id FROM known_region place JOIN {table} ON {table}.{id} = place.id
        WHERE place.id = ANY(:ids) AND {table}.{code} <> place.area_code
        ORDER BY {table}.id LIMIT :most FOR NO KEY UPDATE OF {table}
    ) AND place.id = {table}.{id}
"""
_LED_FROM_THERE = """
    UPDATE {table} SET lead_village_code = seat.area_code
    FROM known_institution lead JOIN known_region seat ON seat.id = lead.village_id
    WHERE {table}.id IN (
        SELECT {table}.id FROM known_region seat JOIN known_institution lead ON lead.village_id = seat.id
            JOIN {table} ON {table}.lead_institution_id = lead.id
        WHERE seat.id = ANY(:ids) AND {table}.lead_village_code <> seat.area_code
        ORDER BY {table}.id LIMIT :most FOR NO KEY UPDATE OF {table}
    ) AND lead.id = {table}.lead_institution_id
"""


def followers() -> list[tuple[Table, str, str]]:
    """The tables whose records follow, in the order in which their rows are locked: by name, so that activities come
    first and villages' reports last, as requests lock them. With each, the column that says where, and the code's.
    """
    tables = [table for table in ActivitiesTable.metadata.sorted_tables if not table.name.startswith("known_")]
    return [
        (table, id, code)
        for table in sorted(tables, key=lambda table: table.name)
        for id, code in (*COPIED, LED)
        if id in table.columns and code in table.columns
    ]


@cache
def _statements() -> tuple[TextClause, ...]:
    return tuple(
        text((_LED_FROM_THERE if (id, code) == LED else _LIES_THERE).format(table=table.name, id=id, code=code))
        .bindparams(_IDS)
        for table, id, code in followers()
    )  # fmt: skip


async def mark(connection: AsyncConnection, villages: Collection[UUID]) -> list[UUID]:
    """Notes that records have to follow these villages, to which leads have moved; gives those that are known."""
    if not villages:
        return []
    return list((await connection.execute(_MARK, {"ids": list(villages)})).scalars())


async def portion(connection: AsyncConnection, regions: Collection[UUID]) -> None:
    """Lets records follow these regions, whose rows the transaction holds; not all, if they are many."""
    if not regions:
        return
    most = RECORDS
    for statement in _statements():
        most -= (await connection.execute(statement, {"ids": list(regions), "most": most})).rowcount
        if most <= 0:
            return
    await connection.execute(_DONE, {"ids": list(regions)})


async def run(engine: AsyncEngine) -> NoReturn:
    """Lets records follow what they have not yet, until cancelled. Several may run."""
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
