"""The embedded cluster: it serves, keeps what was committed through a kill -9, and is whole or not there."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.local import children
from deploy.local.postgres import Cluster


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    made = Cluster(folder / "postgres")
    made.start()
    yield made
    made.remove()


def test_a_kill_loses_nothing_that_was_committed(cluster: Cluster) -> None:
    cluster.sql("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 1000)")
    before = cluster.pid
    cluster.kill()
    cluster.restart()
    assert cluster.pid != before
    assert cluster.sql("SELECT count(*) FROM kept") == "1000"
    assert cluster.sql("SHOW fsync") == "on"


async def test_its_address_opens_a_connection_and_another_password_does_not(cluster: Cluster) -> None:
    cluster.create_database("wahana_registry")
    cluster.create_database("wahana_registry")  # repeating changes nothing
    connection = await asyncpg.connect(cluster.dsn("wahana_registry"))
    assert (await connection.fetchval("SHOW server_version")).startswith("18.")
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(cluster.dsn("wahana_registry").replace(cluster.password, "guess"))
    assert stat.S_IMODE((cluster.home / "password").stat().st_mode) == 0o600


def test_a_stale_pid_file_does_not_stop_the_start(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")  # a living process, but not its
    cluster.start()
    assert cluster.sql("SELECT 1") == "1"


def test_a_server_left_running_is_taken_over(cluster: Cluster) -> None:
    left = cluster.child
    assert left is not None
    successor = Cluster(cluster.folder)
    successor.start()
    assert not left.is_alive
    assert successor.sql("SELECT 1") == "1"
    successor.stop()


def test_a_half_written_cluster_is_built_anew(folder: Path) -> None:
    cluster = Cluster(folder / "postgres")
    half = cluster.home.with_name(f"{cluster.home.name}.unfinished-1")
    (half / "cluster").mkdir(parents=True)
    (half / "cluster" / "PG_VERSION").write_text("18\n")
    try:
        cluster.start()
        assert not half.exists()
        assert cluster.sql("SELECT 1") == "1"
    finally:
        cluster.remove()


def test_a_settings_mistake_is_told_with_the_end_of_the_log(folder: Path) -> None:
    cluster = Cluster(folder / "postgres", settings={"max_connections": "many"})
    try:
        with pytest.raises(children.Died, match="max_connections"):
            cluster.start()
    finally:
        cluster.remove()
