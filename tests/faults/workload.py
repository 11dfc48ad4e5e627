"""Acknowledged writes: what happens in registry and activities, told through the public HTTP APIs, and what was answered.

Every write that was answered is remembered with its sequence; every request without an answer with its key, so that the
oracle can ask again. Choices are seeded; only their interleaving differs from run to run.
"""

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import orjson

from tests.faults import telling
from tests.faults.telling import Step, Teller, Told
from tests.house import House, until

REGENCY = "32.04"
NO_ANSWER = 503
"""With this status nothing is promised: the write may be stored or not."""
WITHIN = 90.0
"""Seconds in which what had no answer must be given one when it is asked again."""


@dataclass(frozen=True)
class Request:
    """A POST that can be sent again: same key, same body."""

    service: str
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Record:
    """A subject as its last answer showed it, and the steps that still lie before it."""

    service: str
    collection: str
    id: str
    sequence: int
    steps: list[Step]
    held: bool = False


@dataclass
class Workload:
    """Writers on one house. `acknowledged` holds the highest sequence that was answered, by service and subject."""

    house: House
    seed: int = 1
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    unanswered: list[Request] = field(default_factory=list)
    answers: int = 0
    """How many writes were acknowledged."""
    silences: int = 0
    """How many had no answer that promises anything when they were sent first: a broken connection, or 503."""
    refusals: int = 0
    """How many of those were told so: 503."""
    _open: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  # to be repeatable, not secret
        self.teller = Teller(self.random, self.identity, lambda: self.house.clock.now().date())
        self._tokens = {role: self.house.issuer.mint(role, REGENCY) for role in telling.ROLES}
        self._clients = {
            service: self.house.client(service, "integration", REGENCY) for service in ("registry", "activities")
        }

    @property
    def leads(self) -> list[str]:
        """Verified institutions that activities knows."""
        return self.teller.cohort.leads

    def send_to(self, service: str, address: str) -> None:
        """Writes of a service go to another of its processes from now on, each on a connection of its own: none that the
        process has closed meanwhile is met again."""
        self._clients[service].base_url = address
        self._clients[service].headers["Connection"] = "close"

    async def prepare(self) -> None:
        """Registers those of whom activities tell something, and waits until activities knows them."""

        async def whole(told: Told) -> None:
            record = await self._made(told)
            while record.steps:
                await self._step(record)

        await telling.assemble(self.teller, whole)
        await self.house.caught_up("activities")

    @contextlib.asynccontextmanager
    async def running(self, writers: int = 4) -> AsyncIterator[None]:
        """Writes go on until the end of the block. A refusal that nobody expects ends the block at once."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(writers):
                group.create_task(self._write_until(stop))
            try:
                yield
            finally:
                stop.set()

    async def write(self, count: int, writers: int = 4) -> None:
        """That many writes."""

        async def share(own: int) -> None:
            for _ in range(own):
                await self._one()

        await asyncio.gather(*(share(count // writers) for _ in range(writers)))

    async def more(self, count: int) -> None:
        """Returns when that many more writes were acknowledged than now."""
        wanted = self.answers + count

        async def reached() -> bool:
            return self.answers >= wanted

        await until(reached, f"{count} more acknowledged writes")

    async def ask_again(self) -> None:
        """Sends each request without an answer twice more with its key: both times the same answer, of one effect."""

        # As many at a time as write: a slow machine leaves hundreds, and a request waits ten seconds for a connection.
        turns = asyncio.Semaphore(8)

        async def ask(request: Request) -> None:
            async with turns:
                first, second = await self._heard(request), await self._heard(request)
            assert first.status_code in (200, 201), first.text
            assert (second.status_code, second.json()) == (first.status_code, first.json())
            assert second.headers["Idempotency-Replayed"] == "true"
            self._acknowledge(first)

        await asyncio.gather(*(ask(request) for request in self.unanswered))
        self.unanswered.clear()

    def registration(self, identity: uuid.UUID) -> Request:
        """The registration of an institution in one of the villages."""
        return self._request(self.teller.institution(str(identity)))

    async def planned(self) -> Record:
        """One activity, told and left as it is."""
        return await self._made(self.teller.activity())

    def identity(self) -> str:
        """A new id."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    async def _write_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._one()

    async def _one(self) -> None:
        """One write: the next step of a record that has one, or a new record."""
        if self._open and self.random.random() < 0.6:
            record = self._open.pop(self.random.randrange(len(self._open)))
            if await self._step(record):
                self._left(record)
            return
        self._left(await self._made(self.teller.anything()))

    def _left(self, record: Record) -> None:
        """The record waits for its next step; an activity that was held and has none, for who came."""
        if record.steps:
            self._open.append(record)
        elif record.held:
            self.teller.cohort.held.append(record.id)

    async def _made(self, told: Told) -> Record:
        made = await self._told(self._request(told))
        steps = list(told.steps) if made else []
        return Record(told.service, told.collection, told.body["id"], 1, steps, told.held and made)

    async def _step(self, record: Record) -> bool:
        who, step, body = record.steps.pop(0)
        path = f"/v1{step}" if step.startswith("/") else f"/v1/{record.collection}/{record.id}/{step}"
        headers = self._headers(who) | {"If-Match": f'"{record.sequence}"'}
        if not await self._told(Request(record.service, path, orjson.dumps(body), headers)):
            return False
        # A correction to what is so already is answered, and makes no new version.
        record.sequence = self.acknowledged[record.service, record.id]
        return True

    def _request(self, told: Told) -> Request:
        return Request(told.service, f"/v1/{told.collection}", orjson.dumps(told.body), self._headers(told.by))

    def _headers(self, who: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._tokens[who]}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{self.random.getrandbits(64):x}",
        }

    async def _told(self, request: Request) -> bool:
        """Whether it was acknowledged; if it was not, it is remembered and its subject left alone."""
        try:
            answer = await self._send(request)
        except httpx.TransportError:
            self._unheard(request)
            return False
        if answer.status_code == NO_ANSWER:
            self.refusals += 1
            self._unheard(request)
            await asyncio.sleep(0.05)  # a database that is away refuses at once
            return False
        assert answer.status_code in (200, 201), f"{request.path} {request.body!r}: {answer.text}"
        self._acknowledge(answer)
        self.answers += 1
        return True

    def _unheard(self, request: Request) -> None:
        self.unanswered.append(request)
        self.silences += 1

    async def _heard(self, request: Request) -> httpx.Response:
        """An answer that is one: a crowded machine's database may still keep a request waiting too long, and it is told so."""
        answer = await self._send(request)
        ends = asyncio.get_running_loop().time() + WITHIN
        while answer.status_code == NO_ANSWER and asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(0.5)
            answer = await self._send(request)
        return answer

    async def _send(self, request: Request) -> httpx.Response:
        return await self._clients[request.service].post(request.path, content=request.body, headers=request.headers)

    def _acknowledge(self, answer: httpx.Response) -> None:
        """Remembers what the answer promises: a part's position is its institution's, a sheet names its activity too."""
        for position in answer.headers["Wahana-Position"].split(","):
            service, _, subject = position.partition("/")
            identity, _, sequence = subject.partition("@")
            key = service, identity
            self.acknowledged[key] = max(int(sequence), self.acknowledged.get(key, 0))
