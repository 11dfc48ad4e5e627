"""Clients that hang up in the middle of every kind of request, and requests that wait for what another holds."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from shared import database
from shared.clock import SettableClock
from tests.activities.announcer import Announcer
from tests.activities.world import HERE, World
from tests.house import House, until

POOL = 8
SEED = 20261126
BOTH = ("registry", "activities")
OPEN = """
    SELECT usename, state, query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND usename LIKE 'wahana_%' AND (xact_start IS NOT NULL OR state LIKE 'idle in transaction%')
"""


@dataclass(frozen=True)
class Sent:
    """A request as bytes, and how to send it again."""

    service: str
    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any] | None = None
    key: str = field(default_factory=lambda: str(uuid4()))

    def all_headers(self) -> dict[str, str]:
        """With what a body needs."""
        more = {"Content-Type": "application/json", "Idempotency-Key": self.key} if self.body is not None else {}
        return {**self.headers, **more}

    def content(self) -> bytes:
        """The body, the same bytes each time."""
        return b"" if self.body is None else json.dumps(self.body).encode()

    def written(self) -> bytes:
        """As it stands on the wire; the connection is kept."""
        body = self.content()
        lines = {**self.all_headers(), "Host": "localhost", "Content-Length": str(len(body))}
        head = f"{self.method} {self.path} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items()
        )
        return head.encode() + b"\r\n" + body


@pytest.fixture
async def world(
    servers: Servers, templates: dict[str, str], issuer: Issuer, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    """Registry and activities, whose requests wait a third of a second for a lock instead of ten."""
    monkeypatch.setitem(database.LONGEST_WAIT, "lock_timeout", "300ms")
    async with House(servers, templates, issuer, clock, BOTH, workers=()) as house:
        yield await World.made(house, Announcer(house, None))


def requests(world: World) -> list[Sent]:
    """One of each kind: read by a session, written on the bare driver, by a session, begun on the driver, in a batch,
    waiting for what has not arrived, with a repeatable pull's look at open transactions."""
    house = world.house
    headers = {
        service: {"Authorization": house.client(service, "village-operator", HERE).headers["Authorization"]}
        for service in BOTH
    }

    def of(service: str, method: str, path: str, body: dict[str, Any] | None = None, **more: str) -> Sent:
        return Sent(service, method, path, {**headers[service], **more}, body)

    name = uuid4().hex
    person = {"id": str(uuid4()), "name": f"Siti {name}", "nik_absence": "belum_punya", "sex": "P", "village": HERE}
    institution = {
        "id": str(uuid4()), "type": "ARS", "name": f"Arisan {name}", "origin": "tumbuh", "village": HERE,
        "legal_status": "tidak_berbadan_hukum", "active_from": "2020-02-01",
    }  # fmt: skip
    operation = {"client_id": name, "operation": "record_activity", "body": world.held(id=str(uuid4()))}
    return [
        of("registry", "GET", "/v1/people?limit=5"),
        of("registry", "GET", "/v1/institutions?changed_since=2020-01-01T00:00:00Z"),
        of("registry", "POST", "/v1/institutions", institution),
        of("registry", "POST", "/v1/people", person),
        of("activities", "POST", "/v1/activities", world.held(id=str(uuid4()))),
        of("activities", "POST", "/v1/batches", {"operations": [operation]}),
        of("activities", "GET", "/v1/activities?changed_since=2020-01-01T00:00:00Z"),
        of("activities", "POST", "/v1/activities", world.held(id=str(uuid4())),
           **{"Wahana-At-Least": f"registry/{world.lead}@1"}),
        of("activities", "GET", "/v1/activities", None, **{"Wahana-At-Least": f"registry/{world.lead}@7"}),
    ]  # fmt: skip


async def hang_up(house: House, request: Sent, chance: random.Random) -> None:
    """Sends a request or a part of it, perhaps behind one that was answered on the same connection, and cuts it off."""
    data = request.written()
    port = int(house.url(request.service).rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        if chance.random() < 0.3:
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await reader.readuntil(b'{"status":"ok"}')
        writer.write(data if chance.random() < 0.75 else data[: chance.randrange(len(data))])
        await writer.drain()
        await asyncio.sleep(chance.random() ** 2 * 0.08)
    writer.transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def test_whoever_hangs_up_leaves_no_transaction_no_half_write_and_one_effect_when_sent_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    house, chance = world.house, random.Random(SEED)  # noqa: S311  # choices of a test
    sent = [request for _ in range(18) for request in requests(world)]
    chance.shuffle(sent)
    for start in range(0, len(sent), 18):
        await asyncio.gather(*(hang_up(house, one, chance) for one in sent[start : start + 18]))
    await _quiet(house)
    assert "request.failed" not in capsys.readouterr().out, "a client that hangs up is no failure of ours"
    await _pools_serve(world)
    written = [one for one in sent if one.body is not None]
    before = await _stored(house, written)
    assert 0 < len(before) < len(written), "some were stored, some were not"
    for _ in range(2):
        answers = await asyncio.gather(*(_until_answered(house, one) for one in written))
        assert {answer.status_code for answer in answers} == {200, 201}, [one.text for one in answers if one.is_error]
    after = await _stored(house, written)
    assert after.keys() == {_id(one) for one in written}
    assert set(after.values()) == {(1, 1)}, "one row and one event each, whatever became of the first try"
    await _quiet(house)


async def test_a_request_waits_for_a_lock_within_bounds_and_those_who_hung_up_hold_no_connection(world: World) -> None:
    house = world.house
    operator = house.client("registry", "village-operator", HERE)
    body = {"name": "Siti Aminah", "nik_absence": "belum_punya", "sex": "P", "village": HERE}
    person = (await operator.post("/v1/people", json=body)).json()
    holder = await asyncpg.connect(house.dsn("registry"))
    try:
        async with holder.transaction():
            await holder.execute("SELECT FROM person WHERE id = $1 FOR UPDATE", UUID(person["id"]))
            change = Sent(
                "registry", "POST", f"/v1/people/{person['id']}/voiding",
                {"Authorization": operator.headers["Authorization"], "If-Match": f'"{person["sequence"]}"'},
                {"reason": "Salah input"},
            )  # fmt: skip
            refused = await _again(house, change)
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2"), refused.text
            for _ in range(2 * POOL):
                await _sent_and_left(house, change)
            await _pools_serve(world)
            assert (await operator.get(f"/v1/people/{person['id']}")).json()["sequence"] == person["sequence"]
        await _quiet(house)
        # One of those who left may have been next in turn: an answer that nobody heard, and one effect all the same.
        assert (await _again(house, change)).status_code in (200, 412)
        told = await house.fetch(
            "registry", "SELECT type FROM outbox WHERE subject_id = $1 ORDER BY sequence", person["id"]
        )
        assert [row["type"].split(".")[2] for row in told] == ["registered", "voided"]
    finally:
        await holder.close()


async def _sent_and_left(house: House, request: Sent) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(house.url(request.service).rpartition(":")[2]))
    writer.write(request.written().replace(request.key.encode(), str(uuid4()).encode()))
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.transport.abort()


async def _again(house: House, request: Sent) -> httpx.Response:
    async with httpx.AsyncClient(base_url=house.url(request.service), timeout=60) as client:
        return await client.request(
            request.method, request.path, content=request.content(), headers=request.all_headers()
        )


async def _until_answered(house: House, request: Sent) -> httpx.Response:
    """As every client should: who is told to try again later does."""
    while (answer := await _again(house, request)).status_code == 503:
        assert "Retry-After" in answer.headers
    return answer


def _id(request: Sent) -> str:
    body = request.body or {}
    return str((body["operations"][0]["body"] if "operations" in body else body)["id"])


async def _stored(house: House, written: list[Sent]) -> dict[str, tuple[int, int]]:
    """Of those that are stored in any way, how many rows and events there are."""
    found: dict[str, tuple[int, int]] = {}
    for service, tables in (("registry", ("person", "institution")), ("activities", ("activity",))):
        rows = " UNION ALL ".join(f"SELECT id, 1 AS row, 0 AS event FROM {table}" for table in tables)
        counted = await house.fetch(
            service,
            f"SELECT id, sum(row) AS rows, sum(event) AS events FROM ({rows} UNION ALL SELECT subject_id, 0, 1 FROM outbox)"
            " AS told WHERE id = ANY($1::uuid[]) GROUP BY id",
            [_id(one) for one in written if one.service == service],
        )
        found |= {str(row["id"]): (row["rows"], row["events"]) for row in counted}
    return found


async def _quiet(house: House) -> None:
    for service in BOTH:

        async def closed(service: str = service) -> bool:
            return not await house.fetch(service, OPEN)

        await until(closed, f"no transaction of {service} is open")


async def _pools_serve(world: World) -> None:
    """Twice as many requests at once as either pool of an API has connections."""
    for service, path in (
        ("registry", "/v1/institutions"),
        ("registry", "/v1/people"),
        ("activities", "/v1/activities"),
    ):
        client = world.house.client(service, "integration", "32.04")
        answers = await asyncio.gather(*(client.get(f"{path}?limit=1") for _ in range(2 * POOL)))
        assert [answer.status_code for answer in answers] == [200] * (2 * POOL), service
