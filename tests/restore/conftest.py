"""A house whose services can be stopped and started again, with a workload, and a folder for its backups."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared.clock import SettableClock
from tests.faults import oracle
from tests.faults.workload import Workload
from tests.house import SERVICES
from tests.restore.restorable import Restorable

Open = Callable[..., Awaitable[tuple[Restorable, Workload]]]


@pytest.fixture
def clock() -> SettableClock:
    """Stands at the machine's time: commands that are processes have the machine's clock."""
    return SettableClock(datetime.now(UTC))


@pytest.fixture
async def opened(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Open]:
    """What a test calls to open its house, its workers are in the test's event loop."""
    async with AsyncExitStack() as stack:

        async def open_house(seed: int = 1) -> tuple[Restorable, Workload]:
            house = Restorable(servers, templates, issuer, clock, SERVICES)
            await stack.enter_async_context(house)
            await oracle.audit(house)
            workload = Workload(house, seed)
            await workload.prepare()
            return house, workload

        yield open_house


@pytest.fixture
async def alone(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[Restorable]:
    """Registry alone, with its worker."""
    async with Restorable(servers, templates, issuer, clock, ("registry",)) as house:
        yield house
