"""PostgreSQL and Kafka together, in a folder of their own that vanishes at the end: for the tests and the benchmark.

    from deploy.local import servers

    with servers.running() as platform:          # a session fixture; about 6 s
        platform.postgres.create_database("wahana_registry")
        platform.dsn("wahana_registry")          # postgresql://wahana:…@127.0.0.1:<port>/wahana_registry
        platform.bootstrap                       # "127.0.0.1:<port>" for KAFKA_BOOTSTRAP_SERVERS
        platform.postgres.kill(); platform.postgres.restart()     # Cluster: see postgres.py
        platform.kafka.pause(); platform.kafka.resume()           # Broker: see kafka.py
        platform.kafka.kill(); platform.kafka.restart()

Several sessions may run at once: each has its folder `.wahana/test/<pid>/` and free ports. A session that was killed
takes its servers with it; its folder is swept by the next one. All calls block.
"""

import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from os import getpid
from pathlib import Path

from deploy.local import children, jars
from deploy.local.kafka import Broker
from deploy.local.postgres import Cluster

TEST_FOLDER = jars.ROOT / ".wahana" / "test"


@dataclass(frozen=True)
class Servers:
    """The two servers, running."""

    postgres: Cluster
    kafka: Broker

    @property
    def bootstrap(self) -> str:
        """`host:port` of Kafka for clients."""
        return self.kafka.bootstrap

    def dsn(self, database: str) -> str:
        """A database's address; create it first with `postgres.create_database`."""
        return self.postgres.dsn(database)


@contextmanager
def running(
    folder: Path | None = None, kafka_proxy: int | None = None, postgres: Mapping[str, str] | None = None
) -> Iterator[Servers]:
    """Start both on free ports with empty data, yield them, then stop both and delete their data.

    `kafka_proxy` is the port of a proxy to which the clients of Kafka's second listener are sent, `postgres` more settings
    of PostgreSQL.
    """
    folder = folder or TEST_FOLDER / str(getpid())
    _sweep(folder.parent)
    started = Servers(Cluster(folder / "postgres", settings=postgres), Broker(folder / "kafka", proxy=kafka_proxy))
    try:
        with ThreadPoolExecutor(2) as threads:
            for start in [threads.submit(started.postgres.start), threads.submit(started.kafka.start)]:
                start.result()
        yield started
    finally:
        started.kafka.remove()
        started.postgres.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Delete what sessions left that did not end well: folders named by a process that is gone."""
    for folder in parent.glob("[0-9]*"):
        if folder.name.isdigit() and children.command_of(int(folder.name)) is None:
            Cluster(folder / "postgres").remove()
            shutil.rmtree(folder, ignore_errors=True)
