"""A Wahana of its own for one measurement: databases, topics, and the same processes that `make run` starts."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import psutil

from deploy.bench import load, pgbench
from deploy.bench.stage import Stage
from deploy.local import ports, programs
from deploy.local.programs import Databases
from deploy.local.settings import PORTS, SERVICES, Settings
from deploy.local.supervisor import Supervisor
from services.activities.settings import Settings as ActivitiesSettings
from services.registry.settings import Settings as RegistrySettings
from services.reporting.settings import Settings as ReportingSettings
from shared import kafka, migrations
from shared.migrations import roles
from shared.settings import ServiceSettings

SETTINGS: dict[str, type[ServiceSettings]] = {
    "registry": RegistrySettings,
    "activities": ActivitiesSettings,
    "reporting": ReportingSettings,
}
Result = TypeVar("Result")


class NeverHappened(RuntimeError):
    """What a measurement waits for did not come."""


class Installation:
    """Services of one installation and the processes of them that run. See `installed`."""

    def __init__(self, stage: Stage, services: Sequence[str]) -> None:
        self.stage = stage
        self.services = services
        self.prefix = f"b{uuid4().hex[:12]}"
        self._local = Settings(
            {**os.environ, **{name: str(ports.free()) for name in PORTS}, "PORT": str(urlsplit(stage.issuer.url).port)},
            stage.folder / self.prefix,
        )
        self.supervisor = Supervisor(self._local.folder)
        # What measures is the owner, and so are workers; the APIs run as their roles do, behind the walls.
        owner = {service: self.dsn(service) for service in services}
        self._databases = Databases({service: self._as_api(service) for service in SERVICES}, owner, owner)
        self.environment = {
            **programs.environment(self._local, self._databases, stage.servers.bootstrap),
            "KAFKA_TOPIC_PREFIX": self.prefix,
        }

    def database(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self.prefix}_{service}"

    def dsn(self, service: str) -> str:
        """The address of a service's database."""
        return self.stage.servers.dsn(self.database(service))

    def _as_api(self, service: str) -> str:
        role, _ = roles.pair(f"wahana_{service}")
        self.stage.servers.postgres.create_role(role)
        return self.stage.servers.postgres.dsn(self.database(service), role)

    def migrate(self, service: str) -> None:
        """To the newest tables, and the rights of the roles on them."""
        as_api = {"database_url": self._databases.api[service], "owner_database_url": self.dsn(service)}
        settings = self.settings(service).model_copy(update=as_api)
        settings.__dict__.pop("database", None)
        migrations.upgrade(settings)

    def settings(self, service: str) -> Any:
        """The settings its processes read from their environment, but for an API's database."""
        database = f"{service.upper()}_DATABASE_URL"
        names = (database, "KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPIC_PREFIX", "AUTH_ISSUER", "AUTH_JWKS_URL")
        values = {name if name == database else name.lower(): self.environment[name] for name in names}
        return SETTINGS[service].model_validate(values)

    def port(self, service: str) -> int:
        """The port of a service's API."""
        return self._local.port(service)

    def start(self, *names: str) -> None:
        """Start programs by the names `make run` gives them (`registry`, `registry-worker` …) and wait until all are ready.

        A name may be started again: one more process of it.
        """
        known = {program.name: program for program in programs.services(self._local, self._databases)}
        for name in names:
            program = known[name]
            same = sum(running.mark == program.mark for running, _ in self.supervisor.programs)
            if same:
                port = str(ports.free())
                program = replace(program, name=f"{name}-{same + 1}", port=int(port), environment={"WORKER_PORT": port})
            self.supervisor.start(program, self.environment)
        self.supervisor.wait_ready()

    def processor(self, name: str) -> float:
        """Seconds of processor time that a program has taken so far. Says more than rates while others are at work."""
        times = self._process(name).cpu_times()
        return float(times.user + times.system)

    def load(
        self,
        service: str,
        requests: Sequence[str],
        *,
        connections: int = 16,
        rate: float | None = None,
        share: float = 1.0,
    ) -> load.Outcome:
        """Loads an API for the seconds of the stage's size, or a share of them. Raises load.Refused."""
        size, before = self.stage.size, self.processor(service)
        outcome = load.run(
            self.stage.folder, self.port(service), requests, connections=connections, seconds=size.seconds * share,
            rate=rate, warm_up=size.warm_up,
        )  # fmt: skip
        return replace(outcome, processor=(self.processor(service) - before) * 1000 / outcome.answers)

    def pgbench(self, service: str, scripts: Sequence[str], *, clients: int = pgbench.CLIENTS) -> float:
        """Transactions per second of these scripts in a service's database, for as long."""
        return pgbench.run(
            self.stage.servers.postgres, self.database(service), scripts, folder=self.stage.folder,
            seconds=self.stage.size.seconds, clients=clients,
        )  # fmt: skip

    def resident(self, name: str) -> float:
        """Resident memory of a program in MB (10⁶ bytes), shared pages counted in full."""
        return float(self._process(name).memory_info().rss) / 1e6

    def _process(self, name: str) -> psutil.Process:
        return psutil.Process(next(child.pid for program, child in self.supervisor.programs if program.name == name))

    async def connect(self, service: str) -> asyncpg.Connection:
        """A connection to a service's database; reporting's tables come first in the search path."""
        return await asyncpg.connect(self.dsn(service), server_settings={"search_path": "live, public"})

    def fetch(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of a service's database."""

        async def fetching() -> list[asyncpg.Record]:
            connection = await self.connect(service)
            try:
                return list(await connection.fetch(query, *arguments, timeout=600))
            finally:
                await connection.close()

        return asyncio.run(fetching())

    def execute(self, service: str, script: str) -> None:
        """Runs SQL statements in a service's database."""

        async def executing() -> None:
            connection = await self.connect(service)
            try:
                await connection.execute(script, timeout=600)
            finally:
                await connection.close()

        asyncio.run(executing())

    def until(self, condition: Callable[[], Result], what: str, within: float = 300.0) -> Result:
        """Waits until a condition gives something true, and gives it. Raises NeverHappened, or Died if a process ends."""
        deadline = time.monotonic() + within
        while not (found := condition()):
            self.supervisor.check()
            if time.monotonic() > deadline:
                raise NeverHappened(f"after {within:.0f} s: {what}")
            time.sleep(0.05)
        return found


@contextlib.contextmanager
def installed(stage: Stage, *services: str, empty: bool = False, keep: bool = False) -> Iterator[Installation]:
    """An installation of these services. Databases are copies with all regions in them; `empty`: just migrated.

    Its processes are stopped at the end and, unless it is to be kept, its databases dropped.
    """
    installation = Installation(stage, services)
    postgres = stage.servers.postgres
    try:
        for service in services:
            template = () if empty else (stage.templates[service],)
            postgres.create_database(installation.database(service), *template)
            installation.migrate(service)
        asyncio.run(kafka.create_topics(installation.settings(services[0])))
        yield installation
    finally:
        installation.supervisor.stop()
        if not keep:
            for service in services:
                postgres.drop_database(installation.database(service))
