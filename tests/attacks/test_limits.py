"""One caller among many: what it may ask in a time, at once, and for how long."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from services.registry.app import ROUTERS as REGISTRY
from shared import counters, edge
from shared.counters import Counters
from shared.rates import Cost
from tests.activities.helping import Helping
from tests.house import House, until
from tests.registry.institutions import VILLAGE, record, registration

SLOW = [{"request_seconds": 2, "requests_at_once": 4}]
FEW = [{"rate_reads": "3/hour", "rate_writes": "2/hour;100/day", "rate_lookups": "1/hour", "rate_open": "2/hour",
        "rate_refused_tokens": "2/hour"}]  # fmt: skip
NIK = {"nik": "3204050101800001"}


def _limited(answer: httpx.Response, cost: Cost, amount: int) -> None:
    assert (answer.status_code, answer.json()["type"]) == (429, "urn:wahana:problem:too-many-requests"), answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert answer.headers["RateLimit-Policy"] == f'"{cost}";q={amount};w=3600'
    assert answer.headers["RateLimit"].startswith(f'"{cost}";r=0;t=')


@pytest.mark.parametrize("narrow_house", FEW, indirect=True, ids=["few"])
async def test_each_cost_has_its_limit_and_each_caller_its_own(narrow_house: House) -> None:
    greedy = narrow_house.client("registry", "village-operator", VILLAGE, sub="rakus")
    modest = narrow_house.client("registry", "village-operator", VILLAGE, sub="sederhana")
    for left in (2, 1, 0):
        answer = await greedy.get("/v1/institutions")
        assert (answer.status_code, answer.headers["RateLimit"].partition(";t=")[0]) == (200, f'"reads";r={left}')
    _limited(await greedy.get("/v1/institutions"), Cost.READ, 3)
    _limited(await greedy.get("/v1/people"), Cost.READ, 3)

    made = record(await greedy.post("/v1/institutions", json=registration()), 201)
    # What is refused counts too: trying out is what a limit is against.
    assert (await greedy.post("/v1/institutions", json={})).status_code == 422
    _limited(await greedy.post("/v1/institutions", json=registration()), Cost.WRITE, 2)
    changes = {"If-Match": "*", "Content-Type": "application/merge-patch+json"}
    _limited(await greedy.patch(f"/v1/institutions/{made['id']}", json={}, headers=changes), Cost.WRITE, 2)
    assert record(await modest.get("/v1/institutions", params={"count": "true"}))["count"] == 1

    assert record(await greedy.post("/v1/person-lookups", json=NIK))["items"] == []
    _limited(await greedy.post("/v1/person-lookups", json=NIK), Cost.LOOKUP, 1)
    _limited(await greedy.post(f"/v1/people/{made['id']}/disclosure", json={"reason": "Perlu"}), Cost.LOOKUP, 1)
    assert (await modest.post("/v1/person-lookups", json=NIK)).status_code == 200
    told = (await modest.get("/metrics")).text
    assert 'wahana_rate_limited_requests_total{cost="lookups"}' in told
    assert 'wahana_rate_half_used_total{cost="writes"}' in told


def test_whatever_shows_who_somebody_is_counts_as_a_lookup() -> None:
    found = {
        route.path
        for router in REGISTRY
        for route in router.routes
        if isinstance(route, edge.Route) and route.cost is Cost.LOOKUP
    }
    assert found == {"/v1/person-lookups", "/v1/people/{id}/disclosure", "/v1/families/{id}/disclosure"}


@pytest.mark.parametrize("narrow_house", FEW, indirect=True, ids=["few"])
async def test_an_address_that_guesses_tokens_is_not_listened_to_and_its_neighbours_are(narrow_house: House) -> None:
    honest = narrow_house.client("registry", "village-operator", VILLAGE, sub="jujur")
    later = narrow_house.client("registry", "village-operator", VILLAGE, sub="menyusul")
    assert (await honest.get("/v1/institutions")).status_code == 200
    async with httpx.AsyncClient(base_url=narrow_house.url("registry"), trust_env=False) as guesser:
        guesses = [(await guesser.get("/v1/people", headers={"Authorization": f"Bearer a.b.{n}"})) for n in range(3)]
        assert [answer.status_code for answer in guesses] == [401, 401, 429]
        # Without any token there is nothing to check, and nothing to guess.
        assert (await guesser.get("/v1/people")).status_code == 401
    # Who was believed before goes on from the same address; who was not has to wait.
    assert (await honest.get("/v1/institutions")).status_code == 200
    _limited(await later.get("/v1/institutions"), Cost.REFUSED_TOKEN, 2)


async def test_a_batch_counts_each_of_its_operations(helping: Helping, monkeypatch: pytest.MonkeyPatch) -> None:
    client = helping.world.client()
    operation = {"operation": "record_activity", "body": {}}
    sent = [operation | {"client_id": f"00000000-0000-4000-8000-{number:012}"} for number in range(5)]
    before = await client.post("/v1/batches", json={"operations": sent[:1]})
    after = await client.post("/v1/batches", json={"operations": sent})
    assert [_left(before) - _left(after), after.status_code] == [5, 200]


def _left(answer: httpx.Response) -> int:
    return int(answer.headers["RateLimit"].partition("r=")[2].partition(";")[0])


def test_counters_take_no_more_room_than_they_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST", 100)
    found = Counters()
    for number in range(1000):
        assert found.incr(f"caller {number}", 3600) == 1
        assert len(found._found) <= 100
    assert found.incr("caller 999", 3600) == 2
    assert found.reset() > 0
    assert (found.get("caller 999"), found.check()) == (0, True)


class Held:
    """A lock on institutions that holds every request about them until it is let go."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def __aenter__(self) -> "Held":
        self._connection = await asyncpg.connect(self.house.dsn("registry"))
        await self._connection.execute("BEGIN; LOCK TABLE institution IN ACCESS EXCLUSIVE MODE")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def waiting(self, requests: int) -> None:
        """Returns once so many requests wait for the lock."""
        query = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

        async def reached() -> Any:
            return (await self.house.fetch("registry", query))[0]["n"] >= requests

        await until(reached, f"{requests} requests wait")


@pytest.mark.parametrize("narrow_house", SLOW, indirect=True, ids=["two seconds"])
async def test_a_request_that_takes_too_long_is_ended_and_leaves_nothing(narrow_house: House) -> None:
    client = narrow_house.client("registry", "village-operator", VILLAGE)
    key = {"Idempotency-Key": "satu"}

    async def known() -> bool:  # the first request of a process waits for the issuer's keys, too
        return (await client.get("/v1/institutions")).status_code == 200

    await until(known, "the keys are read")
    async with Held(narrow_house):
        for _ in range(2):
            ended = await client.post("/v1/institutions", json=registration(), headers=key)
            assert (ended.status_code, ended.json()["type"]) == (503, "urn:wahana:problem:took-too-long")
            assert ended.headers["Retry-After"] == "5"
    left = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"

    async def gone() -> bool:
        return await narrow_house.fetch("registry", left) == []

    await until(gone, "no transaction is left")
    assert await narrow_house.fetch("registry", "SELECT id FROM institution") == []
    assert await narrow_house.fetch("registry", "SELECT key FROM idempotency_key") == []
    made = await client.post("/v1/institutions", json=registration(), headers=key)
    assert (made.status_code, "Idempotency-Replayed" in made.headers) == (201, False)


@pytest.mark.parametrize("narrow_house", [{"requests_at_once": 4}], indirect=True, ids=["four"])
async def test_more_at_once_than_the_house_holds_are_asked_to_come_again(narrow_house: House) -> None:
    greedy, second, third = (
        narrow_house.client("registry", "village-operator", VILLAGE, sub=name) for name in ("rakus", "kedua", "ketiga")
    )
    async with Held(narrow_house) as held:
        waiting = [asyncio.create_task(greedy.get("/v1/institutions")) for _ in range(2)]
        await held.waiting(2)
        own = await greedy.get("/v1/institutions")
        assert (own.status_code, own.headers["Retry-After"]) == (429, "1")
        waiting += [asyncio.create_task(second.get("/v1/institutions")) for _ in range(2)]
        await held.waiting(4)
        full = await third.get("/v1/institutions")
        assert (full.status_code, full.json()["type"]) == (503, "urn:wahana:problem:too-many-under-way")
        assert full.headers["Retry-After"] == "1"
        assert (await third.get("/livez")).status_code == 200
        assert (await third.get("/metrics")).status_code == 200
    assert [(await answer).status_code for answer in waiting] == [200] * 4
    assert (await third.get("/v1/institutions")).status_code == 200
