"""Disks that are full: PostgreSQL's and Kafka's data lie on a file system of a few megabytes (root mounts it)."""

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.kafka import Broker
from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from tests import templates as template_databases
from tests.faults import oracle
from tests.faults.armed import Open, as_processes, ended, ready
from tests.house import SERVICES, until

SMALL_WAL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "wal_recycle": "off"}


@contextlib.contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A folder on a file system of that size; the test is left out, and says so, where none can be mounted."""
    folder = Path(tempfile.mkdtemp(prefix="wahana-disk-", dir="/var/tmp"))
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    mounted = shutil.which("mount") and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        if not mounted:
            pytest.skip("no file system can be mounted here (root may): full disks were NOT tried")
        yield folder
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
            file.flush()
    return ballast


@pytest.fixture
def small_database(servers: Servers) -> Iterator[tuple[Cluster, Path]]:
    """PostgreSQL with registry's template on a small disk, and the disk. It outlives the house that is opened on it."""
    with small_disk(400) as disk:
        cluster = Cluster(disk / "postgres", settings=SMALL_WAL)
        try:
            cluster.start()
            template_databases.build(Servers(cluster, servers.kafka), ["registry"])
            yield cluster, disk
        finally:
            cluster.remove()


@pytest.fixture
def small_broker() -> Iterator[tuple[Broker, Path]]:
    """Kafka on a small disk, and the disk."""
    with small_disk(200) as disk:
        broker = Broker(disk / "kafka")
        try:
            broker.start()
            yield broker, disk
        finally:
            broker.kill()


@pytest.mark.long
@pytest.mark.fault("F15")
async def test_writes_are_refused_while_the_databases_disk_is_full_and_nothing_is_half_done(
    small_database: tuple[Cluster, Path], opened: Open
) -> None:
    cluster, disk = small_database
    house, workload = await opened("registry", "activities", "reporting", clusters={"registry": cluster})
    (relay,) = await as_processes(house, "registry")
    async with workload.running():
        await workload.more(20)
        ballast = await asyncio.to_thread(fill, disk)
        refused = workload.refusals

        async def told() -> bool:
            return workload.refusals > refused + 8

        await until(told, "writes are refused")
        assert (await house.client("registry").get("/livez")).status_code == 200
        ballast.unlink()
        if cluster.child is not None and not cluster.child.is_alive:  # it gives up where its journal has no room
            await asyncio.to_thread(cluster.restart)
        await ready(house, "registry", 200)
        await workload.more(20)
    await oracle.check(house, workload)
    assert relay.is_alive


@pytest.mark.long
@pytest.mark.fault("F16")
async def test_writes_are_accepted_while_kafkas_disk_is_full_and_everything_arrives_afterwards(
    small_broker: tuple[Broker, Path], opened: Open, servers: Servers
) -> None:
    broker, disk = small_broker
    house, workload = await opened(servers=Servers(servers.postgres, broker))
    workers = await as_processes(house, *SERVICES)
    await workload.prepare()
    async with workload.running():
        await workload.more(20)
        ballast = await asyncio.to_thread(fill, disk)
        assert broker.child is not None
        await ended(broker.child, within=120)  # Kafka gives up a log folder that it cannot write to
        await workload.more(30)
        ballast.unlink()
        await asyncio.to_thread(broker.restart)
        await workload.more(20)
    assert workload.refusals == 0, "the APIs answer without Kafka"
    await oracle.check(house, workload)
    assert all(worker.is_alive for worker in workers)
