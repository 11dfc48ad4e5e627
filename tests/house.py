"""A running Wahana for one test: real APIs on loopback ports, real workers, databases and topics of its own.

    async with House(servers, templates, issuer, clock) as house:      # or the fixture `house`
        operator = house.client("registry", "village-operator", "32.04.05.2001")
        await operator.post("/v1/institutions", json={...})
        await house.caught_up()

APIs run inside the test's event loop, so that the test can set their clock; workers too, unless a test of failures
starts them as processes of their own.
"""

import asyncio
import base64
import contextlib
import os
import socket
import sys
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self

import asyncpg
import httpx
import uvicorn
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from deploy.local import children
from deploy.local.issuer import Issuer
from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from services.activities import app as activities_app
from services.activities import settings as activities_settings
from services.activities import worker as activities_worker
from services.activities.known import registry as known_registry
from services.registry import app as registry_app
from services.registry import settings as registry_settings
from services.registry import worker as registry_worker
from services.reporting import app as reporting_app
from services.reporting import settings as reporting_settings
from services.reporting import worker as reporting_worker
from shared import kafka
from shared.clock import SettableClock
from shared.connection import Connection
from shared.migrations import roles
from shared.settings import ServiceSettings
from tests import personal

SERVICES = ("registry", "activities", "reporting")
APPS: dict[str, Callable[..., Any]] = {
    "registry": registry_app.create_app,
    "activities": activities_app.create_app,
    "reporting": reporting_app.create_app,
}
WORKERS: dict[str, Callable[..., dict[str, Callable[[], Awaitable[None]]]]] = {
    "registry": registry_worker.parts,
    "activities": activities_worker.parts,
    "reporting": reporting_worker.parts,
}
SETTINGS: dict[str, type[ServiceSettings]] = {
    "registry": registry_settings.Settings,
    "activities": activities_settings.Settings,
    "reporting": reporting_settings.Settings,
}

READ: dict[str, Mapping[str, Any]] = {
    "activities": known_registry.CONTRACTS,
    "reporting": reporting_worker.CONTRACTS,
}
"""The topics that each consuming service reads."""
KEYS = {
    "REGISTRY_PERSON_KEYS": "uji:" + base64.b64encode(b"kunci uji untuk menyegel data or").decode(),
    "REGISTRY_LOOKUP_KEYS": "uji:" + base64.b64encode(b"kunci uji untuk mencari nomor or").decode(),
}
"""Keys over people, for tests only."""
PATIENCE = float(os.environ.get("PATIENCE", "1"))
"""How many times as long is waited, on a machine that is busy with other things."""
AUTHORITIES = httpx.create_ssl_context()
"""Read once: it takes as long as a dozen requests. No test goes to a server that needs it."""
NOT_YET = (202, 409)
"""Answers with `Retry-After` to what names positions that have not arrived."""


def database(cluster: Cluster, service: str, name: str, program: str = "worker") -> dict[str, str]:
    """A service's database as its settings name it: by the role that an `api`, or a `worker` or a command, runs as and,
    for the migrations, by the owner."""
    role = roles.pair(f"wahana_{service}")[program == "worker"]
    return {
        f"{service.upper()}_DATABASE_URL": cluster.dsn(name, role),
        f"{service.upper()}_OWNER_DATABASE_URL": cluster.dsn(name),
    }


async def until(condition: Callable[[], Awaitable[Any]], what: str, within: float = 60.0) -> Any:
    """Waits for a condition to give something true, and returns it. The time is only a bound against hanging."""
    last: Any = None
    pause = 0.02
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within * PATIENCE):
            while not (last := await condition()):  # what is awaited lies in another process
                await asyncio.sleep(pause)
                pause = min(pause * 1.2, 0.2)  # asking costs connections: what takes long is asked less often
            return last
    raise AssertionError(f"did not come true: {what}; last seen: {last!r}")


@dataclass(frozen=True)
class _Api:
    """One API's server, running in the test's event loop."""

    server: uvicorn.Server
    task: "asyncio.Task[None]"
    listener: socket.socket

    async def close(self) -> None:
        """Ends the server as SIGTERM would."""
        self.server.should_exit = True
        await self.task
        self.listener.close()


class House:
    """The three services of one test. `services` names those that run, `workers` those whose worker starts with the
    house (all, if None); `clusters` gives a service a PostgreSQL of its own, `through` the port of a proxy by which it
    reaches its PostgreSQL, and `clocks` its API a clock of its own."""

    def __init__(
        self,
        servers: Servers,
        templates: dict[str, str],
        issuer: Issuer,
        clock: SettableClock,
        services: tuple[str, ...] = SERVICES,
        *,
        workers: tuple[str, ...] | None = None,
        clusters: Mapping[str, Cluster] | None = None,
        through: Mapping[str, int] | None = None,
        clocks: Mapping[str, SettableClock] | None = None,
    ) -> None:
        self.servers = servers
        self.issuer = issuer
        self.clock = clock
        self.services = services
        self.prefix = f"t{uuid.uuid4().hex[:12]}"
        self._templates = templates
        self._apis: list[_Api] = []
        self._ports: dict[str, int] = {}
        self._clients: list[httpx.AsyncClient] = []
        self._workers: dict[str, list[asyncio.Task[None]]] = {}
        self._first_workers = services if workers is None else workers
        self._clusters = clusters or {}
        self._through = through or {}
        self._clocks = clocks or {}
        self.has_topics = False
        self.planted: list[str] = []
        """What a test of the search for leaks has made stand where it must not; see `tests.personal.leaks`."""
        self.processes: list[children.Child] = []
        """Every process that `start_process` started, also those that ended."""

    def environment(self, service: str, program: str = "worker") -> dict[str, str]:
        """The environment variables of one service's process: a `worker` or a command, or an `api`."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.servers.bootstrap,
            "KAFKA_TOPIC_PREFIX": self.prefix,
            "AUTH_ISSUER": self.issuer.url,
            "AUTH_JWKS_URL": f"{self.issuer.url}/.well-known/jwks.json",
            **self._addresses(service, program),
            **(KEYS if service == "registry" else {}),
        }

    def _addresses(self, service: str, program: str) -> dict[str, str]:
        """Of the service's database, as it is told them."""
        found = database(self.cluster(service), service, self._database(service), program)
        port = self._through.get(service, self.cluster(service).port)
        return {name: url.replace(f":{self.cluster(service).port}/", f":{port}/") for name, url in found.items()}

    def settings(self, service: str, program: str = "worker") -> Any:
        """The settings object of one service, as its process would read it."""
        values = self.environment(service, program)
        own = f"{service.upper()}_"
        return SETTINGS[service].model_validate(
            {name if name.startswith(own) else name.lower(): value for name, value in values.items()}
        )

    def dsn(self, service: str) -> str:
        """The address of one service's database, as its owner."""
        return self.cluster(service).dsn(f"{self.prefix}_{service}")

    def cluster(self, service: str) -> Cluster:
        """The PostgreSQL server that holds one service's database."""
        return self._clusters.get(service, self.servers.postgres)

    async def __aenter__(self) -> Self:
        for service in self.services:
            template = self._templates[service]
            await self._as_administrator(service, f'CREATE DATABASE "{self._database(service)}" TEMPLATE "{template}"')
        for service in self.services:
            await self._open_api(service)
            if service in self._first_workers:
                await self.start_worker(service)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            await client.aclose()
        for process in self.processes:
            await asyncio.to_thread(process.kill)
        await asyncio.gather(*(self.stop_worker(service) for service in self.services))
        await asyncio.gather(*(api.close() for api in self._apis))
        leaks = await personal.leaks(self)
        await self._delete_topics()
        for service in self.services:
            await self._as_administrator(service, f'DROP DATABASE "{self._database(service)}" WITH (FORCE)')
        assert leaks == self.planted, f"what identifies people left registry: {leaks}"

    async def _make_topics(self) -> None:
        """Topics cost the broker memory: a house without workers has none, and every house takes its own away."""
        if not self.has_topics:
            self.has_topics = True
            await kafka.create_topics(self.settings(self.services[0]))

    async def _delete_topics(self) -> None:
        if not self.has_topics:
            return
        settings = self.settings(self.services[0])
        admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
        with contextlib.suppress(KafkaError):  # a broker that the test has killed keeps nothing
            await admin.start()
            await admin.delete_topics([topic.name for topic in kafka.declared(settings)])
        await admin.close()

    def _database(self, service: str) -> str:
        return f"{self.prefix}_{service}"

    async def start_worker(self, service: str) -> None:
        """Starts one more worker of a service inside this test's event loop."""
        await self._make_topics()
        parts = WORKERS[service](self.settings(service))
        self._workers.setdefault(service, []).extend(asyncio.ensure_future(part()) for part in parts.values())

    async def stop_worker(self, service: str) -> None:
        """Stops all workers of a service that run in this event loop."""
        tasks = self._workers.pop(service, [])
        waiting = set(tasks)
        while waiting:  # a library may take our cancellation for that of its own tasks; a process ends by itself then
            for task in waiting:
                task.cancel()
            _, waiting = await asyncio.wait(waiting, timeout=10)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def start_process(self, service: str, program: str | None = None, **environment: str) -> children.Child:
        """Starts a program as a process of its own, by default one more worker of the service; it ends with the house.

        `process.kill()` is SIGKILL, `process.send(signal.SIGSTOP)` and so on signal it; `process.log` is its output.
        """
        await self._make_topics()
        module = program or f"services.{service}.worker"
        log = self.servers.kafka.folder.parent / f"{self.prefix}-{len(self.processes)}-{module}-{service}.log"
        own = self.environment(service, "api" if ":create_app" in module else "worker")
        variables = {"PATH": os.environ["PATH"], **own, **environment}
        command = [sys.executable, "-m", *module.split()]
        process = await asyncio.to_thread(children.spawn, module, command, log=log, environment=variables)
        self.processes.append(process)
        return process

    def url(self, service: str) -> str:
        """The address of a service's API."""
        return f"http://127.0.0.1:{self._ports[service]}"

    def client(
        self, service: str, role: str | Sequence[str] = "ministry", area: str | Sequence[str] = "ID", **claims: Any
    ) -> httpx.AsyncClient:
        """An HTTP client of one API with a token of that role in that area, open as long as the house.

        `sub` names another person, `institution` the caller's own. Where several services run, what a request waits for
        comes by itself, and it is sent again until then.
        """
        token = self.issuer.mint(role, area, **claims)
        headers = {"Authorization": f"Bearer {token}"}
        transport = (
            _Patient(verify=AUTHORITIES) if len(self.services) > 1 else httpx.AsyncHTTPTransport(verify=AUTHORITIES)
        )
        client = httpx.AsyncClient(base_url=self.url(service), headers=headers, timeout=30, transport=transport)
        self._clients.append(client)
        return client

    async def fetch(self, service: str, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of a service's database, for what no answer shows."""
        connection = await asyncpg.connect(self.dsn(service), server_settings={"search_path": "live, public"})
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def execute(self, service: str, script: str) -> None:
        """Runs SQL in a service's database, several statements if need be: for faults that are made by hand."""
        connection = await asyncpg.connect(self.dsn(service), server_settings={"search_path": "live, public"})
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def _as_administrator(self, service: str, statement: str) -> None:
        connection = await asyncpg.connect(self.cluster(service).dsn("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def caught_up(self, *consumers: str) -> None:
        """Waits until everything that registry and activities have recorded is applied by the consuming services."""
        for service in ("registry", "activities"):
            if service in self.services:
                await until(partial(self._published, service), f"{service} has published its outbox")
        for service in consumers or tuple(s for s in ("activities", "reporting") if s in self.services):
            await until(partial(self._applied, service), f"{service} has applied all events")

    async def _published(self, service: str) -> bool:
        for task in self._workers.get(service, []):
            if task.done():
                task.result()
        return not (await self.fetch(service, "SELECT count(*) AS n FROM outbox WHERE pending"))[0]["n"]

    async def _applied(self, service: str) -> bool:
        for task in self._workers.get(service, []):
            if task.done():
                task.result()
        ends = await self.ends()
        rows = await self.fetch(service, "SELECT topic, partition, next_offset FROM position")
        places = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        read = {f"{self.prefix}.{topic}" for topic in READ[service]}
        wanted = {key: end for key, end in ends.items() if key[0] in read}
        return all(places.get(key, 0) >= end for key, end in wanted.items())

    async def ends(self) -> dict[tuple[str, int], int]:
        """The end of every partition of this house's topics that hold facts."""
        settings = self.settings(self.services[0])
        names = [topic.name for topic in kafka.declared(settings) if topic.partitions > 1]
        partitions = [TopicPartition(name, number) for name in names for number in range(kafka.PARTITIONS)]
        _, ends = await kafka.bounds(settings, partitions)
        return {(partition.topic, partition.partition): end for partition, end in ends.items()}

    async def _open_api(self, service: str) -> None:
        app = APPS[service](self.settings(service, "api"), clock=self._clocks.get(service, self.clock))
        listener = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sends at once only on what says so
        listener.bind(("127.0.0.1", 0))
        self._ports[service] = listener.getsockname()[1]
        config = uvicorn.Config(app, http=Connection, log_level="warning", access_log=False, timeout_keep_alive=60)
        server = uvicorn.Server(config)
        server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # the test owns the signals
        task = asyncio.create_task(server.serve(sockets=[listener]))
        self._apis.append(_Api(server, task, listener))
        await until(lambda: _started(server, task), f"{service} answers")


class _Patient(httpx.AsyncHTTPTransport):
    """Sends a request again whose answer is that what it waits for has not arrived yet, as every client should: how long
    a busy machine takes is not what a test is about. After a minute the answer stands."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        for _ in range(30):
            if answer.status_code not in NOT_YET or "Retry-After" not in answer.headers:
                break
            await answer.aread()
            await asyncio.sleep(0.1)  # the answer itself took the two seconds of the server's own waiting
            answer = await super().handle_async_request(request)
        return answer


async def _started(server: uvicorn.Server, task: "asyncio.Task[None]") -> bool:
    if task.done():
        task.result()
    return server.started
