"""Servers of these tests' own, which may be killed: one Kafka, one PostgreSQL for the sources, one for reporting."""

import shutil
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.local import ports
from deploy.local import servers as local_servers
from deploy.local.issuer import Issuer
from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from shared.clock import SettableClock
from tests import memory, personal
from tests import templates as template_databases
from tests.faults import armed, oracle, verdicts
from tests.faults.workload import Workload
from tests.house import SERVICES, House

OPEN = pytest.StashKey[list[House]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the end of the workers' logs when a test fails, and tells `make chaos` how it ended."""
    report = yield
    houses = item.stash.get(OPEN, [])
    if report.failed:
        for house in houses:
            report.sections += [(process.log.name, process.last_lines()) for process in house.processes]
    verdicts.note(item, report, houses)
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Everything here kills, pauses or restarts real parts; what takes as long as in life is for `make chaos` alone."""
    for item in items:
        if "tests/faults/" in str(item.path):
            item.add_marker(pytest.mark.faults)
    left_out = [item for item in items if verdicts.left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    """PostgreSQL of registry and activities, and Kafka, which also sends clients to a proxy if a test opens one. A test that
    killed them restarts them."""
    folder = memory.folder() / "faults"
    with local_servers.running(folder, kafka_proxy=ports.free(), postgres=memory.QUICK_LOGIN) as running:
        yield running
        assert personal.in_files(personal.logs(running)) == []


@pytest.fixture(scope="package")
def reporting_cluster(servers: Servers) -> Iterator[Cluster]:
    """PostgreSQL of reporting."""
    cluster = Cluster(servers.kafka.folder.parent / "reporting-postgres", settings=memory.QUICK_LOGIN)
    try:
        cluster.start()
        template_databases.build(Servers(cluster, servers.kafka), ["reporting"])
        yield cluster
    finally:
        cluster.remove()
        shutil.rmtree(cluster.folder, ignore_errors=True)


@pytest.fixture
def clock() -> SettableClock:
    """Stands at the machine's time: workers that are processes have the machine's clock, and forget what is old by it."""
    return SettableClock(datetime.now(UTC))


@pytest.fixture(scope="package")
def templates(servers: Servers) -> dict[str, str]:
    """Template databases of the sources; reporting's lies in its own cluster under the usual name."""
    return {"reporting": "template_reporting"} | template_databases.build(servers, ["registry", "activities"])


@pytest.fixture
async def opened(
    request: pytest.FixtureRequest,
    servers: Servers,
    reporting_cluster: Cluster,
    templates: dict[str, str],
    issuer: Issuer,
    clock: SettableClock,
) -> AsyncIterator[Callable[..., object]]:
    """What a test calls to open its house, with the services whose workers start with it.

    The workers of the named services run inside the test's event loop; others are started by the test. The workload has
    verified institutions to act with if activities' worker runs. `servers` and `clusters` stand in for the usual ones;
    `through` and `clocks` go to the house.
    """
    async with AsyncExitStack() as stack:
        usual = servers

        async def open_house(
            *workers: str, servers: Servers = usual, clusters: dict[str, Cluster] | None = None, **options: Any
        ) -> tuple[House, Workload]:
            clusters = {"reporting": reporting_cluster} | (clusters or {})
            house = House(servers, templates, issuer, clock, SERVICES, workers=workers, clusters=clusters, **options)
            request.node.stash.setdefault(OPEN, []).append(house)
            await stack.enter_async_context(house)
            await oracle.audit(house)
            workload = Workload(house, armed.SEED)
            if "activities" in workers and "registry" in workers:
                await workload.prepare()
            return house, workload

        yield open_house
