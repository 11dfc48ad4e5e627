"""A seeded writer at the one address, and what must hold of what it was promised, asked of the public API only.

It takes institutions from draft to verified and tells activities that were held. What was answered is remembered with its
sequence; what had no answer, with its key, so that it can be sent again.
"""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.containers.installation import DISTRICT, REGENCY, VILLAGES, Installation, Silence, until

STEPS = (("submission", "integration"), ("review", "district-facilitator"), ("verification", "regency-officer"))
HELD_ON, PERIOD = "2026-03-20", "2026-03"
PAUSE = 0.02


@dataclass(frozen=True)
class Request:
    """A POST that can be sent again: same key, same body."""

    path: str
    role: str
    body: dict[str, Any]
    key: str
    if_match: str | None = None


@dataclass
class Writer:
    """Writes one after the other. `acknowledged` holds the highest sequence that was answered, by path of the record."""

    installation: Installation
    seed: int
    acknowledged: dict[str, int] = field(default_factory=dict)
    verified: Counter[str] = field(default_factory=Counter)
    """Institutions whose verification was answered, by village."""
    told: int = 0
    """Activities whose telling was answered."""
    unanswered: list[tuple[Request, str]] = field(default_factory=list)
    """With the village: what was asked without an answer."""
    positions: dict[str, str] = field(default_factory=dict)
    """The newest position by service."""
    answers: int = 0
    lead: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    """Active institutions that others had registered, by region."""
    _failure: BaseException | None = None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311  # to be repeatable, not secret

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Writes go on until the end of the block. A refusal that nobody expects fails the block."""
        stop = threading.Event()
        thread = threading.Thread(target=self._write_until, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        if self._failure:
            raise self._failure

    def more(self, count: int) -> None:
        """Returns when that many more writes were answered than now."""
        wanted = self.answers + count

        def reached() -> bool:
            if self._failure:
                raise self._failure
            return self.answers >= wanted

        until(reached, f"{count} more writes are answered")

    def begin(self) -> None:
        """Verifies the institution that will hold the activities, and waits until activities knows it."""
        self.before = self._active()
        while not self.lead:
            self._institution(VILLAGES[0])
            self.lead = next(
                (path.rpartition("/")[2] for path, sequence in self.acknowledged.items() if sequence == 4), ""
            )

        def known() -> bool:
            params = {"lead_institution_id": self.lead}
            headers = {"Wahana-At-Least": self.positions["registry"]}
            answer = self.installation.ask(
                "GET", "/activities/v1/activities", "regency-officer", REGENCY, params=params, headers=headers
            )
            return answer.status_code == httpx.codes.OK

        until(known, "activities knows the institution")

    def one(self) -> None:
        """An institution's whole way, or an activity it held; stops where an answer fails to come."""
        if self.lead and self.random.random() < 0.4:
            self._activity()
        else:
            self._institution(self.random.choice(VILLAGES))

    def _institution(self, village: str) -> None:
        identity = str(self._uuid())
        registration = {
            "id": identity, "type": self.random.choice(("ARS", "KUBE", "SNM", "LBD")), "name": f"Arisan {identity[:8]}",
            "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum", "village": village, "active_from": "2020-02-01",
        }  # fmt: skip
        if not self._said(Request("/registry/v1/institutions", "integration", registration, self._key()), village):
            return
        for sequence, (step, role) in enumerate(STEPS, start=1):
            path = f"/registry/v1/institutions/{identity}/{step}"
            if not self._said(Request(path, role, {}, self._key(), f'"{sequence}"'), village):
                return

    def _activity(self) -> None:
        body = {
            "id": str(self._uuid()), "title": "Kerja bakti", "kind": "gotong_royong", "village": VILLAGES[0],
            "lead_institution_id": self.lead,
            "completion": {"held_from": HELD_ON, "held_until": HELD_ON, "invited": {"total": 10}, "attended": {"total": 7}},
        }  # fmt: skip
        self._said(Request("/activities/v1/activities", "integration", body, self._key()), VILLAGES[0])

    def settle(self) -> int:
        """Sends each request without an answer twice more: both times the same answer, of one effect. How many there were."""
        for request, village in (waiting := self.unanswered):
            first = self._answer(request)
            second = self._send(request)
            assert first.status_code in (200, 201), first.text
            assert (second.status_code, second.json()) == (first.status_code, first.json())
            self._keep(request, first, village)
        self.unanswered = []
        return len(waiting)

    def check(self) -> None:
        """Nothing acknowledged is lost, and the numbers are those of what was acknowledged, at every level."""
        for path, sequence in self.acknowledged.items():
            found = self.installation.ask("GET", path, "regency-officer", REGENCY)
            assert found.status_code == httpx.codes.OK, f"{path}: {found.text}"
            assert int(found.headers["ETag"].strip('"')) == sequence, path
        until(lambda: self._counted() == self._expected(), "the numbers have caught up")
        assert self._counted() == self._expected()

    def _expected(self) -> dict[str, Any]:
        verified = {village: self.verified[village] for village in VILLAGES}
        in_district = sum(count for village, count in verified.items() if village.startswith(DISTRICT))
        regions = {**verified, DISTRICT: in_district, **dict.fromkeys((REGENCY, "32", "ID"), self.verified.total())}
        return {
            **{r: self.before[r] + count for r, count in regions.items()},
            "attended": (7 * self.told, 10 * self.told),
        }

    def _counted(self) -> dict[str, Any]:
        at_least = ",".join(self.positions.values())
        attended = self.installation.value("PRT-02", "ID", PERIOD, at_least)
        return self._active(at_least) | {"attended": (attended["numerator"], attended["denominator"])}

    def _active(self, at_least: str = "") -> dict[str, Any]:
        regions = (*VILLAGES, DISTRICT, REGENCY, "32", "ID")
        return {region: self.installation.value("LEM-01", region, PERIOD, at_least)["numerator"] for region in regions}

    def _write_until(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self.one()
                time.sleep(PAUSE)
        except BaseException as error:  # told in the test's own thread
            self._failure = error

    def _said(self, request: Request, village: str) -> bool:
        """Whether it was acknowledged. If not it is remembered, and its record left alone."""
        try:
            answer = self._send(request)
        except Silence:
            self.unanswered.append((request, village))
            time.sleep(0.1)
            return False
        assert answer.status_code in (200, 201), f"{request.path}: {answer.status_code} {answer.text}"
        self._keep(request, answer, village)
        return True

    def _send(self, request: Request) -> httpx.Response:
        headers = {"Idempotency-Key": request.key, **({"If-Match": request.if_match} if request.if_match else {})}
        return self.installation.ask("POST", request.path, request.role, REGENCY, json=request.body, headers=headers)

    def _keep(self, request: Request, answer: httpx.Response, village: str) -> None:
        record = answer.json()
        path = f"{'/'.join(request.path.split('/')[:4])}/{record['id']}"
        self.acknowledged[path] = max(record["sequence"], self.acknowledged.get(path, 0))
        position = answer.headers["Wahana-Position"]
        self.positions[position.partition("/")[0]] = position
        self.verified[village] += request.path.endswith("/verification")
        self.told += request.path.endswith("/activities")
        self.answers += 1

    def _answer(self, request: Request) -> httpx.Response:
        answer: httpx.Response = until(lambda: self._send(request), f"{request.path} is answered")
        return answer

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def _key(self) -> str:
        return f"{self.random.getrandbits(64):x}"
