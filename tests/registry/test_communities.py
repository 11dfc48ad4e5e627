"""Communities that are counted as one, and those of their people who are known by name."""

import asyncio
from typing import Any

import pytest

from tests import personal
from tests.house import House
from tests.registry.institutions import (
    REGENCY,
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
from tests.registry.people import WHY, Keepers

ADDRESS = "/v1/communities"
BODY: dict[str, Any] = {
    "kind": "KAT",
    "name": "Komunitas Kampung Naga",
    "village": VILLAGE,
    "households": 42,
    "people": 160,
}


@pytest.fixture
def keepers(registry_api: House) -> Keepers:
    return Keepers(registry_api)


async def registered(keepers: Keepers, **changes: Any) -> dict[str, Any]:
    return record(await keepers.operator.post(ADDRESS, json=BODY | changes), 201)


async def test_a_community_is_counted_as_told_and_changes_are_told_once(keepers: Keepers) -> None:
    body = await registered(keepers)
    assert (body["households"], body["people"], body["sequence"]) == (42, 160, 1)
    changed = record(await patched(keepers.officer, body, {"people": None, "village": VILLAGE_OVER}, "communities"))
    assert (changed["people"], changed["village"], changed["sequence"]) == (None, VILLAGE_OVER, 2)
    assert record(await patched(keepers.officer, changed, {"people": None}, "communities")) == changed
    void = await take(keepers.over, changed, "voiding", WHY, "communities")
    assert void["voided"]
    problem(await patched(keepers.over, void, {"people": 100}, "communities"), 409, "community-voided")
    told = await events(keepers.house, body["id"])
    assert [event["type"].split(".")[2] for event in told] == ["registered", "changed", "voided"]
    assert [len(event["region_ids"]) for event in told] == [1, 2, 1]
    assert BODY["name"] not in str([event["data"] for event in told])
    history = (await keepers.over.get(f"{ADDRESS}/{body['id']}/history")).json()
    assert [entry["sequence"] for entry in history] == [1, 2, 3]


async def test_a_list_is_filtered_and_shows_nothing_of_another_area(keepers: Keepers) -> None:
    naga = await registered(keepers)
    await registered(keepers, name="Komunitas Lain", kind="lainnya")

    async def names(query: str) -> list[str]:
        return [item["name"] for item in record(await keepers.officer.get(f"{ADDRESS}?{query}"))["items"]]

    assert await names(f"region={REGENCY}&sort=-name") == ["Komunitas Lain", "Komunitas Kampung Naga"]
    assert await names("kind=KAT") == await names("q=kampng naga") == ["Komunitas Kampung Naga"]
    assert await names("region=32.04.06") == []
    institution = keepers.house.client("registry", "institution-operator", VILLAGE)
    for stranger in (keepers.next, institution):
        listed = record(await stranger.get(f"{ADDRESS}?count=true"))
        assert (listed["items"], listed["count"]) == ([], 0)
        for part in ("", "/history", "/members"):
            problem(await stranger.get(f"{ADDRESS}/{naga['id']}{part}"), 404, "not-found")
        problem(await step(stranger, naga, "voiding", WHY, "communities"), 404, "not-found")
    problem(await keepers.house.client("registry", "ministry").get(ADDRESS), 403, "forbidden")


async def test_what_cannot_be_is_refused_by_field_and_nothing_is_stored(keepers: Keepers) -> None:
    for changes, fault in (
        ({"people": 41}, ("/people", "fewer-people-than-households")),
        ({"households": -1}, ("/households", "greater-than-equal")),
        ({"kind": "RT"}, ("/kind", "enum")),
        ({"village": VILLAGE_NEXT}, ("/village", "outside-your-area")),
        ({"village": "32.04.05"}, ("/village", "region-wrong-level")),
    ):
        assert faults(await keepers.operator.post(ADDRESS, json=BODY | changes)) == {fault}
    assert not await keepers.house.fetch("registry", "SELECT FROM community")


async def test_people_of_a_community_come_leave_and_come_back_under_its_version(keepers: Keepers) -> None:
    body = await registered(keepers)
    person = await keepers.registered()
    members = f"{ADDRESS}/{body['id']}/members"
    answer = await keepers.operator.post(members, json={"person_id": person["id"], "since": "2000-01-01"})
    entry = record(answer, 201)
    assert (answer.headers["Location"], answer.headers["ETag"]) == (f"{members}/{entry['id']}", '"1"')
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@2"
    assert entry["name"] == personal.PEOPLE[0].name
    again = {"person_id": person["id"], "since": "2010-01-01"}
    problem(await keepers.operator.post(members, json=again), 409, "already-in-community")
    collection = f"communities/{body['id']}/members"
    left = record(await patched(keepers.operator, entry, {"until": "2005-01-01"}, collection))
    assert (left["sequence"], left["until"]) == (2, "2005-01-01")
    back = record(await keepers.operator.post(members, json=again), 201)
    listed = record(await keepers.operator.get(f"{members}?count=true"))
    assert ([item["id"] for item in listed["items"]], listed["count"]) == ([entry["id"], back["id"]], 2)
    problem(await patched(keepers.operator, entry, {"until": None}, collection), 412, "stale-etag")
    problem(await patched(keepers.operator, left, {"until": None}, collection), 409, "already-in-community")
    await take(keepers.operator, back, "voiding", WHY, collection)
    assert record(await patched(keepers.operator, left, {"until": None}, collection))["sequence"] == 3
    assert record(await keepers.operator.get(f"{ADDRESS}/{body['id']}"))["sequence"] == 6
    assert len(await events(keepers.house, body["id"])) == 6
    noted = await keepers.house.fetch(
        "registry", "SELECT action FROM audit_entry WHERE record_type = 'community_member'"
    )
    assert sorted(row["action"] for row in noted) == ["changed", "changed", "registered", "registered", "voided"]


async def test_an_entry_of_a_member_that_cannot_be_is_refused(keepers: Keepers) -> None:
    body, person = await registered(keepers), await keepers.registered()
    hidden = await keepers.registered(2, by=keepers.over, village=VILLAGE_OVER)
    members = f"{ADDRESS}/{body['id']}/members"
    for entry, fault in (
        ({"person_id": hidden["id"]}, ("/person_id", "person-unknown")),
        ({"person_id": person["id"], "since": "1950-01-01"}, ("/since", "before-birth")),
        ({"person_id": person["id"], "since": "2026-03-16"}, ("/since", "in-the-future")),
        ({"person_id": person["id"], "since": "2020-01-02", "until": "2020-01-01"}, ("/until", "until-before-since")),
    ):
        assert faults(await keepers.operator.post(members, json=entry)) == {fault}
    answers = await asyncio.gather(
        *(keepers.operator.post(members, json={"person_id": person["id"]}) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert record(await keepers.operator.get(f"{ADDRESS}/{body['id']}"))["sequence"] == 2
