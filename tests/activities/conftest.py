"""Activities with its worker, and registry's events from a producer: registry itself does not run."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared import kafka
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.exchanging import Exchanging
from tests.activities.helping import Helping
from tests.activities.recurring import Recurring
from tests.activities.sheets import Sheets
from tests.activities.world import World
from tests.house import House


@pytest.fixture
async def activities(
    request: pytest.FixtureRequest, servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[House]:
    """Activities alone, with its worker; without, in modules marked `without_worker`: nothing is published there."""
    workers = () if request.node.get_closest_marker("without_worker") else None
    async with House(servers, templates, issuer, clock, ("activities",), workers=workers) as running:
        yield running


@pytest.fixture
async def announcer(activities: House) -> AsyncIterator[Announcer]:
    """Speaks in registry's name; past the log, where no worker reads it."""
    if not activities.has_topics:
        yield Announcer(activities, None)
        return
    producer = kafka.producer(activities.settings("activities"))
    await producer.start()
    try:
        yield Announcer(activities, producer)
    finally:
        await producer.stop()


@pytest.fixture
async def world(activities: House, announcer: Announcer) -> World:
    """Villages of all three time zones and institutions in them, arrived in activities."""
    return await World.made(activities, announcer)


@pytest.fixture
async def sheets(world: World) -> Sheets:
    """People, and what an attendance sheet says of them."""
    return Sheets(world)


@pytest.fixture
async def helping(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Helping]:
    """People, and who helps them, in activities without its worker: nothing is published."""
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        yield await Helping.made(await World.made(house, Announcer(house, None)))


@pytest.fixture
async def exchanging(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Exchanging]:
    """Groups near and far that exchange what they need, offer and know, in activities without its worker."""
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        yield await Exchanging.made(await World.made(house, Announcer(house, None)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recurring_house(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[Recurring]:
    """What recurs, in activities without its worker, for all tests of a module (`loop_scope="module"`)."""
    clock = SettableClock(datetime(2026, 3, 15, 12, tzinfo=UTC))
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as running:
        found = Recurring(await World.made(running, Announcer(running, None)))
        yield found
        await found.engine.dispose()
