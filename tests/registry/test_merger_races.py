"""What is written about an institution while it is merged: it waits for the merger, and then is refused."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests.house import House, until
from tests.registry.institutions import People, faults, record, step
from tests.registry.members import Members
from tests.registry.networks import Circle, told

DAY = "2026-02-01"
WAITING = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Act = Callable[[], Awaitable[httpx.Response]]


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


@contextlib.asynccontextmanager
async def _held(house: House, membership: dict[str, Any]) -> AsyncIterator[None]:
    """A membership's row that nobody else can change: a merger of its institution halts half-way."""
    connection = await asyncpg.connect(house.dsn("registry"))
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM membership WHERE id = $1 FOR UPDATE", membership["id"])
            yield
    finally:
        await connection.close()


async def during_a_merger(people: People, first: dict[str, Any], act: Act) -> httpx.Response:
    """The answer to what begins while `first`, which has a member, is merged into another, which succeeds."""
    member = await Members(people.house).joined(institution=first)
    second = await people.verified(name="Arisan Penerus")

    async def waiting(count: int) -> bool:
        return bool((await people.house.fetch("registry", WAITING))[0]["n"] >= count)

    async with _held(people.house, member):
        body = {"successor_id": second["id"], "on": DAY, "reason": "Musyawarah warga"}
        merger = asyncio.create_task(step(people.officer, first, "merger", body))
        await until(lambda: waiting(1), "the merger to reach the members")
        late = asyncio.ensure_future(act())

        async def answered_or_waiting() -> bool:
            return late.done() or await waiting(2)

        await until(answered_or_waiting, "what came late to wait for the merger")
    record(await merger)
    return await late


async def test_who_joins_while_the_institution_is_merged_is_refused(people: People) -> None:
    first = await people.verified(name="Arisan Satu")
    members = Members(people.house)
    person = await members.person()
    answer = await during_a_merger(people, first, lambda: members.join(person, first, DAY))
    assert faults(answer) == {("/joined_on", "institution-closed")}


async def test_nobody_is_appointed_in_an_institution_while_it_is_merged(people: People) -> None:
    first = await people.verified(name="Sinoman Satu", type="OSN")
    members = Members(people.house)
    person = await members.person()
    answer = await during_a_merger(people, first, lambda: members.appoint(person, first, since=DAY))
    assert faults(answer) == {("/since", "institution-closed")}


async def test_no_network_gains_an_institution_while_it_is_merged(people: People) -> None:
    first = await people.verified(name="Arisan Satu")
    circle = Circle(people.house)
    network = await circle.begun()

    async def join() -> httpx.Response:
        body = {"network_id": network["id"], "institution_id": first["id"], "joined_on": DAY}
        return await circle.operator.post("/v1/network-memberships", json=body)

    answer = await during_a_merger(people, first, join)
    assert faults(answer) == {("/joined_on", "institution-closed")}


async def test_a_network_gets_no_institution_back_while_it_is_merged(people: People) -> None:
    first = await people.verified(name="Arisan Satu")
    circle = Circle(people.house)
    membership = await circle.joined(await circle.begun(), first)
    left = {"left_on": "2025-06-01", "reason": "Berhenti"}
    gone = record(await step(circle.operator, membership, "departure", left, "network-memberships"))
    back = {"joined_on": DAY}
    answer = await during_a_merger(
        people, first, lambda: step(circle.operator, gone, "readmission", back, "network-memberships")
    )
    assert faults(answer) == {("/joined_on", "institution-closed")}
    assert [fact for _, fact in await told(people.house, membership["id"])] == ["joined", "left"]
