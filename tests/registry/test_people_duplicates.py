"""Two records of one person: linked and separated again, both ids answering, never a chain."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.house import House
from tests.registry.institutions import VILLAGE_NEXT, events, faults, problem, record, step, take
from tests.registry.people import ADDRESS, WHY, Keepers


@pytest.fixture
def keepers(registry_api: House) -> Keepers:
    return Keepers(registry_api)


async def _linked(client: httpx.AsyncClient, person: dict[str, Any], of: dict[str, Any]) -> httpx.Response:
    return await step(client, person, "duplicate-link", WHY | {"of": of["id"]}, "people")


async def test_a_duplicate_points_to_who_stands_for_it_and_can_be_separated_again(keepers: Keepers) -> None:
    first = await keepers.registered()
    twin = await keepers.registered(by=keepers.next, village=VILLAGE_NEXT)
    problem(await _linked(keepers.next, twin, first), 422, "invalid-payload")
    linked = record(await _linked(keepers.officer, twin, first))
    assert (linked["duplicate_of"], linked["sequence"]) == (first["id"], 2)
    assert await keepers.read(first) == first
    assert (await keepers.read(twin, keepers.next))["duplicate_of"] == first["id"]
    pointing = record(await keepers.officer.get(f"{ADDRESS}?duplicates_of={first['id']}"))
    assert [item["id"] for item in pointing["items"]] == [twin["id"]]
    back = await take(keepers.officer, linked, "separation", WHY, "people")
    assert (back["duplicate_of"], back["sequence"]) == (None, 3)
    problem(await step(keepers.officer, back, "separation", WHY, "people"), 409, "no-duplicate")
    told = await events(keepers.house, twin["id"])
    assert [event["type"].split(".")[2] for event in told] == ["registered", "linked", "unlinked"]
    assert [first["id"] in event["data"] for event in told] == [False, True, False]
    assert all(len(event["region_ids"]) == 2 for event in told[1:])  # both records' villages hear of it


async def test_no_link_makes_a_chain_a_circle_or_points_to_nobody(keepers: Keepers) -> None:
    one, two, three = [await keepers.registered(place) for place in range(3)]
    operator = keepers.operator
    assert faults(await _linked(operator, one, one)) == {("/of", "duplicate-of-itself")}
    hidden = await keepers.registered(4, by=keepers.over, village="32.04.06.2003")
    for nobody in (hidden, {"id": "7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"}):
        assert faults(await _linked(operator, one, nobody)) == {("/of", "person-unknown")}
    two = record(await _linked(operator, two, one))
    assert faults(await _linked(operator, three, two)) == {("/of", "duplicate-of-a-duplicate")}
    has = problem(await _linked(operator, one, three), 409, "has-duplicates")
    assert has["duplicates"] == [two["id"]]
    problem(await _linked(operator, two, three), 409, "already-a-duplicate")
    void = await take(operator, three, "voiding", WHY, "people")
    assert faults(await _linked(operator, one, void)) == {("/of", "person-unknown")}
    problem(await _linked(operator, void, one), 409, "person-not-changeable")


async def test_of_links_at_once_in_a_circle_one_stays(keepers: Keepers) -> None:
    pairs = [[await keepers.registered(2 * n + side) for side in range(2)] for n in range(8)]

    async def both_ways(one: dict[str, Any], two: dict[str, Any]) -> list[int]:
        answers = await asyncio.gather(
            _linked(keepers.operator, one, two), _linked(keepers.officer, two, one), _linked(keepers.operator, one, two)
        )
        return sorted(answer.status_code for answer in answers)

    for codes in await asyncio.gather(*(both_ways(*pair) for pair in pairs)):
        assert codes[0] == 200
        assert codes.count(200) == 1
    chains = await keepers.house.fetch(
        "registry", "SELECT FROM person a JOIN person b ON b.id = a.duplicate_of WHERE b.duplicate_of IS NOT NULL"
    )
    assert chains == []


async def test_a_record_that_stands_for_others_is_not_voided(keepers: Keepers) -> None:
    stands = await keepers.registered()
    twin = await keepers.registered(by=keepers.next, village=VILLAGE_NEXT)
    twin = record(await _linked(keepers.officer, twin, stands))
    for sees, told in ((keepers.operator, []), (keepers.officer, [twin["id"]])):
        refused = problem(await step(sees, stands, "voiding", WHY, "people"), 409, "has-duplicates")
        assert refused["duplicates"] == told
    await take(keepers.officer, twin, "separation", WHY, "people")
    assert (await take(keepers.operator, stands, "voiding", WHY, "people"))["voided"]


async def test_of_linking_and_voiding_at_once_one_is_refused(keepers: Keepers) -> None:
    pairs = [[await keepers.registered(2 * n + side) for side in range(2)] for n in range(8)]

    async def both(stands: dict[str, Any], twin: dict[str, Any]) -> list[int]:
        answers = await asyncio.gather(
            _linked(keepers.operator, twin, stands), step(keepers.officer, stands, "voiding", WHY, "people")
        )
        return sorted(answer.status_code for answer in answers)

    for codes in await asyncio.gather(*(both(*pair) for pair in pairs)):
        assert codes in ([200, 409], [200, 422])
