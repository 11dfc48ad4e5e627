"""Acknowledged writes: institutions, networks and activities told through the public HTTP APIs, and what was answered.

Every write that was answered is remembered with its sequence; every request without an answer with its key, so that the
oracle can ask again. Choices are seeded; only their interleaving differs from run to run.
"""

import asyncio
import contextlib
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson

from tests.house import House, until

VILLAGES = ("32.04.05.2001", "32.04.05.2002", "32.04.05.2003", "32.04.06.2003")
REGENCY = "32.04"
NO_ANSWER = 503
"""With this status nothing is promised: the write may be stored or not."""


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
    steps: list[tuple[str, str, dict[str, Any]]]
    """(who, step, body) in the order in which they are taken; `/documents` and the like make a part of an institution."""


@dataclass
class Workload:
    """Writers on one house. `acknowledged` holds the highest sequence that was answered, by service and subject."""

    house: House
    seed: int = 1
    acknowledged: dict[tuple[str, str], int] = field(default_factory=dict)
    unanswered: list[Request] = field(default_factory=list)
    leads: list[tuple[str, str]] = field(default_factory=list)
    """Verified institutions that activities knows, with their village."""
    _open: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  # to be repeatable, not secret
        mint = self.house.issuer.mint
        self._tokens = {
            role: mint(role, REGENCY) for role in ("integration", "district-facilitator", "regency-officer")
        }
        self._clients = {
            service: self.house.client(service, "integration", REGENCY) for service in ("registry", "activities")
        }

    async def prepare(self, leads: int = 3) -> None:
        """Verifies some institutions and waits until activities knows them, so that activities can be told."""
        made = await asyncio.gather(*(self._registered() for _ in range(leads)))
        for record in made:
            while record.steps:
                await self._step(record)
            self.leads.append((record.id, VILLAGES[0]))
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

    @property
    def answers(self) -> int:
        """How many writes were acknowledged."""
        return sum(self.acknowledged.values())

    async def ask_again(self) -> None:
        """Sends each request without an answer twice more with its key: both times the same answer, of one effect."""

        # As many at a time as write: a slow machine leaves hundreds, and a request waits ten seconds for a connection.
        turns = asyncio.Semaphore(8)

        async def ask(request: Request) -> None:
            async with turns:
                first, second = await self._send(request), await self._send(request)
            assert first.status_code in (200, 201), first.text
            assert (second.status_code, second.json()) == (first.status_code, first.json())
            assert second.headers["Idempotency-Replayed"] == "true"
            self._acknowledge(first)

        await asyncio.gather(*(ask(request) for request in self.unanswered))
        self.unanswered.clear()

    async def _write_until(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._one()

    async def _one(self) -> None:
        """One write: the next step of a record that has one, or a new record."""
        if self._open and self.random.random() < 0.6:
            record = self._open.pop(self.random.randrange(len(self._open)))
            if await self._step(record) and record.steps:
                self._open.append(record)
            return
        if self.leads and self.random.random() < 0.6:
            made = await self.planned()
        else:
            made = await (self._network() if self.random.random() < 0.2 else self._registered())
        if made.steps:
            self._open.append(made)

    def registration(self, identity: uuid.UUID) -> Request:
        """The registration of an institution in one of the villages."""
        number = self.random.randrange(10_000)
        body = {
            "id": str(identity), "type": self.random.choice(("ARS", "KUBE", "SNM", "LBD")),
            "name": f"Arisan Melati {number}", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
            "village": self.random.choice(VILLAGES), "active_from": "2020-02-01",
            "members": {"female": 20, "male": number % 9},
        }  # fmt: skip
        return Request("registry", "/v1/institutions", orjson.dumps(body), self._headers("integration"))

    async def _registered(self) -> Record:
        identity = self._identity()
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("integration", "submission", {}),
            ("district-facilitator", "review", {}),
            ("regency-officer", "verification", {}),
        ]
        for kind in self.random.sample(("pengesahan", "aturan_tertulis", "buku_kas"), 2):
            paper = {"kind": kind, "number": "141/7", "dated_on": "2025-03-10", "institution_id": str(identity)}
            steps.append(("integration", "/documents", paper))
        made = await self._told(self.registration(identity))
        return Record("registry", "institutions", str(identity), 1, steps if made else [])

    async def _network(self) -> Record:
        """A network in its beginnings that comes to nothing."""
        identity = str(self._identity())
        body = {
            "id": identity, "name": "WKSBM Guyub", "territory": [{"village": self.random.choice(VILLAGES)}],
            "initiated_on": "2025-01-01",
        }  # fmt: skip
        steps: list[tuple[str, str, dict[str, Any]]] = [("integration", "voiding", {"reason": "Salah catat"})]
        made = await self._told(Request("registry", "/v1/networks", orjson.dumps(body), self._headers("integration")))
        return Record("registry", "networks", identity, 1, steps if made else [])

    async def planned(self) -> Record:
        """An activity to come that is moved and perhaps cancelled, or one of last year that is completed and corrected."""
        lead, village = self.random.choice(self.leads)
        done = self.random.random() < 0.6
        day = f"2025-{self.random.choice(('02', '05', '08', '11'))}-{self.random.randrange(1, 28):02d}"
        today = self.house.clock.now().date()
        plan = day if done else str(today + timedelta(days=self.random.randrange(2, 20)))
        body: dict[str, Any] = {
            "id": str(self._identity()),
            "title": "Kerja bakti", "kind": self.random.choice(("gotong_royong", "penyadaran", "musyawarah")),
            "village": village, "lead_institution_id": lead, "partners": ["Dinas Sosial"],
            "co_organiser_ids": [other for other, _ in self.leads if other != lead and self.random.random() < 0.5],
            "plan": {"planned_from": plan, "planned_until": plan},
        }  # fmt: skip
        held = {"held_from": day, "held_until": day, "invited": {"total": 30}, "attended": {"total": 24}}
        corrected = {"reason": "Salah hitung", "completion": {"attended": {"total": 21}}}
        moved = {name: str(today + timedelta(days=30)) for name in ("planned_from", "planned_until")}
        steps: list[tuple[str, str, dict[str, Any]]] = (
            [("integration", "completion", held), ("integration", "correction", corrected)]
            if done
            else [("integration", "rescheduling", moved), ("integration", "cancellation", {"reason": "Hujan"})]
        )
        made = await self._told(
            Request("activities", "/v1/activities", orjson.dumps(body), self._headers("integration"))
        )
        return Record("activities", "activities", body["id"], 1, steps if made else [])

    def _identity(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    async def _step(self, record: Record) -> bool:
        who, step, body = record.steps.pop(0)
        path = f"/v1{step}" if step.startswith("/") else f"/v1/{record.collection}/{record.id}/{step}"
        headers = self._headers(who) | {"If-Match": f'"{record.sequence}"'}
        record.sequence += 1
        return await self._told(Request(record.service, path, orjson.dumps(body), headers))

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
            self.unanswered.append(request)
            return False
        if answer.status_code == NO_ANSWER:
            self.unanswered.append(request)
            await asyncio.sleep(0.05)  # a database that is away refuses at once
            return False
        assert answer.status_code in (200, 201), answer.text
        self._acknowledge(answer)
        return True

    async def _send(self, request: Request) -> httpx.Response:
        return await self._clients[request.service].post(request.path, content=request.body, headers=request.headers)

    def _acknowledge(self, answer: httpx.Response) -> None:
        """Remembers what the answer promises: a part's position is its institution's."""
        service, _, subject = answer.headers["Wahana-Position"].partition("/")
        identity, _, sequence = subject.partition("@")
        key = service, identity
        self.acknowledged[key] = max(int(sequence), self.acknowledged.get(key, 0))
