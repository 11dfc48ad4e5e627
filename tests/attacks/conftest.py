"""Houses for attacks."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.helping import Helping
from tests.activities.world import World
from tests.attacks.narrow import narrow
from tests.house import House
from tests.reporting.publishing import NOON


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def edge_house(servers: Servers, templates: dict[str, str], issuer: Issuer) -> AsyncIterator[House]:
    """Registry's API, for a module of attacks on what all APIs share."""
    async with House(servers, templates, issuer, SettableClock(NOON), ("registry",), workers=()) as running:
        yield running


@pytest.fixture
async def helping(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Helping]:
    """People, and who helps them, in activities without its worker."""
    async with House(servers, templates, issuer, clock, ("activities",), workers=()) as house:
        yield await Helping.made(await World.made(house, Announcer(house, None)))


@pytest.fixture
async def narrow_house(
    request: pytest.FixtureRequest, servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[House]:
    """Registry's API with the settings that the test is parametrised with."""
    async with narrow(**request.param)(servers, templates, issuer, clock, ("registry",), workers=()) as running:
        yield running
