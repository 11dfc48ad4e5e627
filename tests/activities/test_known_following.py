"""Every record that is seen by a village's code, or by that of its lead's seat, follows when registry changes it."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities import models
from services.activities.known import following
from services.registry.regions import identity
from shared import database
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.world import HERE
from tests.house import House

assert models.METADATA, "every slice's tables are mapped"
RECODED, UNHEARD_OF = "32.04.47.2001", "32.04.05.2009"
FOLLOWERS = following.followers()


@pytest.fixture
async def announcer(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Announcer]:
    """Speaks in registry's name to an activities without a worker."""
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        yield Announcer(house, None)


@pytest.fixture
async def engine(announcer: Announcer) -> AsyncIterator[AsyncEngine]:
    """The database of activities, as the owner of its tables."""
    engine = database.open_engine(announcer.house.settings("activities").as_owner(), pool_size=1)
    yield engine
    await engine.dispose()


def test_whoever_has_a_place_or_a_lead_has_its_code_too_and_is_found_by_index() -> None:
    """A table that forgets its code, or its index, would be seen by nobody in its area, or halt the consumer."""
    assert {("activity", "village_code"), ("activity", "lead_village_code")} <= {
        (table.name, code) for table, _, code in FOLLOWERS
    }
    for table, id, _ in FOLLOWERS:
        assert "id" in table.columns
        leading = {next(iter(index.columns)).name for index in table.indexes if list(index.columns)}
        assert id in leading | {next(iter(table.primary_key)).name}, f"{table.name}.{id} has no index"


async def test_each_of_them_follows_a_recoded_village_and_a_lead_that_moved_to_one_unheard_of(
    announcer: Announcer, engine: AsyncEngine
) -> None:
    await announcer.regions(HERE)
    lead, mover = await announcer.institution(HERE), await announcer.institution(HERE)
    await announcer.arrived()
    async with engine.begin() as connection:
        for table in {table for table, _, _ in FOLLOWERS}:
            await _loosen(connection, table)
            await connection.execute(insert(table).values(_row(table, lead)))
            await connection.execute(insert(table).values(_row(table, mover)))
    await announcer.region(RECODED, first_code=HERE, sequence=2)
    await announcer.institution(UNHEARD_OF, id=mover, sequence=2)
    await announcer.arrived()
    await announcer.region(UNHEARD_OF)
    await announcer.arrived()
    seen = {code: {RECODED} for _, _, code in FOLLOWERS} | {following.LED[1]: {RECODED, UNHEARD_OF}}
    async with engine.connect() as connection:
        for table, _, code in FOLLOWERS:
            found = set((await connection.execute(select(table.c[code]))).scalars())
            assert found == seen[code], f"{table.name}.{code}"
        assert not (await connection.execute(text("SELECT id FROM known_region WHERE follows"))).all()


async def _loosen(connection: AsyncConnection, table: Table) -> None:
    """Lets rows be stored that say where they lie and nothing else: what else they need is no matter here."""
    for column in table.columns:
        if not column.primary_key:
            await connection.execute(text(f"ALTER TABLE {table.name} ALTER {column.name} DROP NOT NULL"))
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'f')"
    for name in (await connection.execute(text(checks), {"table": table.name})).scalars().all():
        await connection.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {name} CASCADE"))


def _row(table: Table, lead: UUID) -> dict[str, object]:
    place = {"village_id": identity.region_id(HERE), "region_id": identity.region_id(HERE), following.LED[0]: lead}
    codes = {"village_code": HERE, "region_code": HERE, following.LED[1]: HERE}
    return {name: value for name, value in {"id": uuid4(), **place, **codes}.items() if name in table.columns}
