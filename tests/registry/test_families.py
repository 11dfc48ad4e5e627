"""Families: people who are counted as one, each in one family at a time, a head or none."""

import asyncio
from typing import Any

import httpx
import pytest

from tests import personal
from tests.house import House
from tests.registry.institutions import (
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    events,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)
from tests.registry.people import WHY, Keepers, looked_up

ADDRESS = "/v1/families"
CARD = "3204000101157001"


@pytest.fixture
def keepers(registry_api: House) -> Keepers:
    return Keepers(registry_api)


def member(person: dict[str, Any], role: str = "anak", **days: str) -> dict[str, Any]:
    return {"person_id": person["id"], "role": role, **days}


async def registered(client: httpx.AsyncClient, *members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"village": VILLAGE, "members": list(members)} | changes
    return record(await client.post(ADDRESS, json=body), 201)


async def test_a_family_is_registered_told_by_ids_and_found_by_its_card(keepers: Keepers) -> None:
    mother, father = await keepers.registered(), await keepers.registered(1, birth_date="2019-05-05")
    body = await registered(
        keepers.operator,
        member(mother, "kepala_keluarga", since="2015-01-01"),
        member(father, since="2019-05-05"),
        card=CARD,
    )
    assert body["card"] == f"{CARD[:6]}**********"
    assert [(one["name"], one["role"]) for one in body["members"]] == [
        (personal.PEOPLE[0].name, "kepala_keluarga"), (personal.PEOPLE[1].name, "anak"),
    ]  # fmt: skip
    (told,) = await events(keepers.house, body["id"])
    assert told["type"] == "registry.family.registered.v1"
    assert mother["id"] in told["data"]
    assert not personal.found_in(told["data"])
    assert CARD not in str(await keepers.house.fetch("registry", "SELECT * FROM family"))
    lookup = record(await keepers.operator.post("/v1/person-lookups", json={"family_card": CARD}))
    assert {item["id"] for item in lookup["items"]} == {mother["id"], father["id"]}
    assert (await keepers.next.post("/v1/person-lookups", json={"family_card": CARD})).json() == {"items": []}
    listed = record(await keepers.operator.get(f"{ADDRESS}?person={mother['id']}&count=true"))
    assert (listed["items"], listed["count"]) == ([body], 1)
    again = problem(
        await keepers.facilitator.post(ADDRESS, json={"village": VILLAGE, "card": CARD}),
        409,
        "family-already-registered",
    )
    assert again["family_id"] == body["id"]
    shown = record(await keepers.operator.post(f"{ADDRESS}/{body['id']}/disclosure", json=WHY))
    assert shown == {"id": body["id"], "card": CARD}
    seen = await keepers.house.fetch("registry", "SELECT * FROM audit_entry WHERE action = 'seen'")
    assert [(entry["record_type"], entry["disclosed"]) for entry in seen] == [("family", ["card"])]


async def test_a_person_is_in_one_family_at_a_time_and_may_go_to_another(keepers: Keepers) -> None:
    person = await keepers.registered()
    first = await registered(keepers.operator, member(person, "anak", since="2015-01-01"))
    other = {"village": VILLAGE, "members": [member(person, "istri", since="2020-01-01")]}
    refusal = problem(await keepers.operator.post(ADDRESS, json=other), 409, "in-another-family")
    assert refusal["family_id"] == first["id"]
    left = {"members": [member(person, "anak", since="2015-01-01", until="2020-01-01")]}
    first = record(await patched(keepers.operator, first, left, "families"))
    second = record(await keepers.operator.post(ADDRESS, json=other), 201)
    back = {"members": [member(person, since="2015-01-01")]}
    problem(await patched(keepers.operator, first, back, "families"), 409, "in-another-family")
    await take(keepers.operator, second, "voiding", WHY, "families")
    record(await patched(keepers.operator, first, back, "families"))
    assert len(await keepers.house.fetch("registry", "SELECT FROM family_member")) == 1


async def test_of_two_families_that_take_one_person_at_once_one_is_refused(keepers: Keepers) -> None:
    person = await keepers.registered()
    body = {"village": VILLAGE, "members": [member(person)]}
    answers = await asyncio.gather(*(keepers.operator.post(ADDRESS, json=body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len(await keepers.house.fetch("registry", "SELECT FROM family")) == 1


async def test_a_family_without_a_head_stands_and_a_change_is_told_once(keepers: Keepers) -> None:
    body = await registered(keepers.operator)
    assert (body["members"], body["card"]) == ([], None)
    person = await keepers.registered()
    changed = record(
        await patched(keepers.officer, body, {"members": [member(person)], "village": VILLAGE_OVER}, "families")
    )
    assert (changed["sequence"], changed["village"]) == (2, VILLAGE_OVER)
    same = {"members": [member(person)], "village": VILLAGE_OVER}
    assert record(await patched(keepers.officer, changed, same, "families")) == changed
    problem(await patched(keepers.officer, body, same, "families"), 412, "stale-etag")
    seen = record(await keepers.over.get(f"{ADDRESS}/{body['id']}"))
    assert seen["members"][0]["name"] is None  # in a family here, but no person of this village's sight
    kept = {"members": [member(person, "cucu")]}  # whoever is in it already may be sent back unseen
    assert record(await patched(keepers.over, changed, kept, "families"))["members"][0]["role"] == "cucu"
    told = await events(keepers.house, body["id"])
    assert [len(event["region_ids"]) for event in told] == [1, 2, 1]
    history = (await keepers.officer.get(f"{ADDRESS}/{body['id']}/history")).json()
    assert [entry["type"].split(".")[2] for entry in history] == ["registered", "changed", "changed"]


async def test_what_cannot_be_is_refused_by_field_and_nothing_is_stored(keepers: Keepers) -> None:
    one, two = await keepers.registered(birth_date="2019-05-05"), await keepers.registered(1)
    hidden = await keepers.registered(2, by=keepers.over, village=VILLAGE_OVER)
    for changes, fault in (
        ({"village": VILLAGE_NEXT}, ("/village", "outside-your-area")),
        ({"card": "1234"}, ("/card", "family-card-malformed")),
        ({"card": "0000000000000000"}, ("/card", "family-card-malformed")),
        ({"members": [member(hidden)]}, ("/members/0/person_id", "person-unknown")),
        ({"members": [member(two), member(one, since="2019-05-04")]}, ("/members/1/since", "before-birth")),
        ({"members": [member(one, since="2026-03-16")]}, ("/members/0/since", "in-the-future")),
        (
            {"members": [member(one, since="2020-01-01", until="2020-01-01")]},
            ("/members/0/until", "until-before-since"),
        ),
        ({"members": [member(one), member(one, "cucu")]}, ("/members/1/person_id", "member-twice")),
        (
            {"members": [member(one, "kepala_keluarga"), member(two, "kepala_keluarga")]},
            ("/members/1/role", "two-heads"),
        ),
        ({"members": [member(one, "kepala")]}, ("/members/0/role", "enum")),
    ):
        body = {"village": VILLAGE, **changes}
        assert faults(await keepers.operator.post(ADDRESS, json=body)) == {fault}, changes
    assert not await keepers.house.fetch("registry", "SELECT FROM family")


async def test_nothing_of_another_area_shows_and_an_operator_of_an_institution_keeps_no_families(
    keepers: Keepers,
) -> None:
    body = await registered(keepers.operator, card=CARD)
    institution = keepers.house.client("registry", "institution-operator", VILLAGE)
    for stranger in (keepers.next, institution):
        listed = record(await stranger.get(f"{ADDRESS}?count=true"))
        assert (listed["items"], listed["count"]) == ([], 0)
        problem(await stranger.get(f"{ADDRESS}/{body['id']}"), 404, "not-found")
        problem(await stranger.get(f"{ADDRESS}/{body['id']}/history"), 404, "not-found")
        problem(await patched(stranger, body, {"card": None}, "families"), 404, "not-found")
        problem(await step(stranger, body, "voiding", WHY, "families"), 404, "not-found")
    assert faults(await institution.post(ADDRESS, json={"village": VILLAGE})) == {("/village", "outside-your-area")}
    problem(await keepers.next.post(f"{ADDRESS}/{body['id']}/disclosure", json=WHY), 404, "not-found")


async def test_a_family_of_which_all_are_erased_loses_its_card(keepers: Keepers) -> None:
    one, two = await keepers.registered(), await keepers.registered(1)
    body = await registered(keepers.operator, member(one, "kepala_keluarga"), member(two), card=CARD)
    await take(keepers.facilitator, one, "erasure", WHY, "people")
    assert record(await keepers.operator.get(f"{ADDRESS}/{body['id']}"))["card"]
    await take(keepers.facilitator, two, "erasure", WHY, "people")
    left = record(await keepers.operator.get(f"{ADDRESS}/{body['id']}"))
    assert (left["card"], len(left["members"]), left["sequence"]) == (None, 2, 2)
    assert await looked_up(keepers.operator, family_card=CARD) == []


async def test_a_voided_family_loses_its_card_too_once_all_of_its_people_are_erased(keepers: Keepers) -> None:
    one, two = await keepers.registered(), await keepers.registered(1)
    body = await registered(keepers.operator, member(one, "kepala_keluarga"), member(two), card=CARD)
    void = await take(keepers.operator, body, "voiding", WHY, "families")
    await take(keepers.facilitator, one, "erasure", WHY, "people")
    assert record(await keepers.operator.get(f"{ADDRESS}/{void['id']}"))["card"]
    await take(keepers.facilitator, two, "erasure", WHY, "people")
    assert record(await keepers.operator.get(f"{ADDRESS}/{void['id']}"))["card"] is None
