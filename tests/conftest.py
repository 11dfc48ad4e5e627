"""The real PostgreSQL and the real Kafka for all tests; databases and topics are new for each."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from hypothesis import HealthCheck, settings

from deploy.local import servers as local_servers
from deploy.local.issuer import Issuer, create_app
from deploy.local.servers import Servers
from shared.clock import SettableClock
from tests import memory, personal
from tests import templates as template_databases
from tests.house import House

HERE = Path(__file__).parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """No test passes whose processes wrote what identifies a person."""
    report = yield
    personal.judge(report)
    return report


LONGEST = (
    "faults/", "containers/", "restore/", "attacks/", "contracts/", "deploy/test_bench.py", "deploy/test_monitoring",
    "reporting/test_opening", "reporting/test_records", "registry/test_consistency.py", "reporting/test_projection.py",
    "reporting/test_vector.py", "test_region_journey.py", "activities/test_series_histories.py",
)  # fmt: skip
"""Begun first, so that no process is left alone with one of them at the end (`make test` keeps the order of collection)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, in their order; the others as they are."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(HERE).as_posix()
        return next((number for number, begin in enumerate(LONGEST) if path.startswith(begin)), len(LONGEST))

    items.sort(key=place)


FOR_TESTS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "256MB"} | memory.QUICK_LOGIN
"""A killed PostgreSQL loses nothing that it gave to the kernel; only a machine that dies does, and that no test does. Each
test drops its databases, which waits for all that is not flushed."""


# No test depends on how fast the machine is today.
settings.register_profile("wahana", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wahana")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Kafka, started once. At the very end their logs are searched for people."""
    with local_servers.running(memory.folder(), postgres=FOR_TESTS) as running:
        yield running
        assert personal.in_files(personal.logs(running)) == []


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """A token issuer whose keys the APIs read over HTTP."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sends at once only on what says so
    listener.bind(("127.0.0.1", 0))
    issuer = Issuer(f"http://127.0.0.1:{listener.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(create_app(issuer), log_level="warning", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    yield issuer
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="session")
def templates(servers: Servers) -> dict[str, str]:
    """Name of a migrated template database per service; registry's holds the regions of `tests/templates.py`."""
    return template_databases.build(servers)


@pytest.fixture
def clock() -> SettableClock:
    """The clock of all APIs of a test: noon UTC on Sunday, 15 March 2026, until the test sets it."""
    return SettableClock(datetime(2026, 3, 15, 12, tzinfo=UTC))


@pytest.fixture
async def house(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[House]:
    """The three services with their workers."""
    async with House(servers, templates, issuer, clock) as running:
        yield running


@pytest.fixture
async def registry(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[House]:
    """Registry alone, with its worker."""
    async with House(servers, templates, issuer, clock, ("registry",)) as running:
        yield running


@pytest.fixture
async def registry_api(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock
) -> AsyncIterator[House]:
    """Registry's API without its worker, for what is told in answers and rows: nothing is published."""
    async with House(servers, templates, issuer, clock, ("registry",), workers=()) as running:
        yield running
