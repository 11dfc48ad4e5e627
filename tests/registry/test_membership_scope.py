"""Who sees and keeps memberships and officers: the institution's seat decides, wherever the people live."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    events,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)
from tests.registry.members import JOINED, LEFT, MEMBERSHIPS, OFFICERS, Members


@pytest.fixture
def members(registry_api: House) -> Members:
    return Members(registry_api)


async def test_a_member_may_live_anywhere(members: Members) -> None:
    # OpenSID#5250, #9658: for years nobody from outside the village could be a member.
    outsider, nowhere = await members.person(village=ELSEWHERE), await members.person(village=...)
    institution = await members.institution()
    body = await members.joined(outsider, institution)
    await members.joined(nowhere, institution)
    assert len(await members.listed(MEMBERSHIPS, region=VILLAGE)) == 2
    (told,) = await events(members.house, body["id"])
    assert {str(id) for id in told["region_ids"]} == {institution["village_id"], outsider["village_id"]}
    there = members.house.client("registry", "village-operator", ELSEWHERE)
    assert await members.listed(MEMBERSHIPS, there) == []


async def test_what_lies_outside_the_area_does_not_exist_there(members: Members) -> None:
    institution, person = await members.institution(), await members.person()
    membership = await members.joined(person, institution)
    officer = await members.appointed(person, institution)
    stranger = members.house.client("registry", "village-operator", VILLAGE_NEXT)
    their_own = record(
        await stranger.post(
            "/v1/people", json={"name": "Budi", "nik_absence": "belum_punya", "sex": "L", "village": VILLAGE_NEXT}
        ),
        201,
    )
    for collection, body, patch in (
        (MEMBERSHIPS, membership, {"spells": [{"joined_on": "2020-06-01"}]}),
        (OFFICERS, officer, {"role": "wakil"}),
    ):
        for answer in (
            await stranger.get(f"/v1/{collection}/{body['id']}"),
            await stranger.get(f"/v1/{collection}/{body['id']}/history"),
            await patched(stranger, body, patch, collection),
            await step(stranger, body, "departure", LEFT, collection),
            await step(stranger, body, "voiding", {"reason": "Salah input"}, collection),
        ):
            problem(answer, 404, "not-found")
        page = record(await stranger.get(f"/v1/{collection}", params={"count": "true", "region": REGENCY}))
        assert (page["items"], page["count"]) == ([], 0)
        mine = record(await members.operator.get(f"/v1/{collection}", params={"count": "true"}))
        assert mine["count"] == 1
    for collection, body in (
        (MEMBERSHIPS, {"joined_on": JOINED}),
        (OFFICERS, {"role": "pembina", "since": JOINED}),
    ):
        for subjects, at in (
            ({"person_id": their_own["id"], "institution_id": institution["id"]}, "institution"),
            ({"person_id": person["id"], "institution_id": institution["id"]}, "institution"),
        ):
            answer = await stranger.post(f"/v1/{collection}", json=body | subjects)
            assert faults(answer) == {(f"/{at}_id", f"{at}-unknown")}
        answer = await members.operator.post(
            f"/v1/{collection}", json=body | {"person_id": their_own["id"], "institution_id": institution["id"]}
        )
        assert faults(answer) == {("/person_id", "person-unknown")}


async def test_an_institutions_operator_keeps_the_members_of_its_own_only(members: Members) -> None:
    # OpenSID#10395: all depended on the village's operator; a group could not keep its own list.
    own, other = await members.institution(), await members.institution(name="Arisan Mawar")
    foreign = await members.joined(institution=other)
    chair = members.house.client("registry", "institution-operator", VILLAGE, institution=own["id"])
    person = await registered_by(chair)
    body = record(await chair.post("/v1/memberships", json=of(person, own, joined_on=JOINED)), 201)
    term = record(await chair.post("/v1/officers", json=of(person, own, role="bendahara", since=JOINED)), 201)
    assert [m["id"] for m in await members.listed(MEMBERSHIPS, chair)] == [body["id"]]
    assert [o["id"] for o in await members.listed(OFFICERS, chair)] == [term["id"]]
    problem(await chair.get(f"/v1/memberships/{foreign['id']}"), 404, "not-found")
    problem(await step(chair, foreign, "departure", LEFT, MEMBERSHIPS), 404, "not-found")
    answer = await chair.post("/v1/memberships", json=of(person, other, joined_on=JOINED))
    assert faults(answer) == {("/institution_id", "institution-unknown")}
    await take(chair, term, "departure", LEFT, OFFICERS)
    await take(chair, body, "departure", LEFT, MEMBERSHIPS)


def of(person: dict[str, Any], institution: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"person_id": person["id"], "institution_id": institution["id"]} | more


async def registered_by(client: httpx.AsyncClient) -> dict[str, Any]:
    body = {"name": "Ketut", "nik_absence": "belum_punya", "sex": "L"}
    return record(await client.post("/v1/people", json=body), 201)


async def test_roles_without_a_right_to_people_see_and_write_no_memberships(members: Members) -> None:
    body = await members.joined()
    for role, area in (("province-officer", "32"), ("ministry", "ID"), ("public", "ID")):
        client = members.house.client("registry", role, area)
        for collection in (MEMBERSHIPS, OFFICERS):
            problem(await client.get(f"/v1/{collection}"), 403, "forbidden")
            problem(await client.post(f"/v1/{collection}", json={}), 403, "forbidden")
        problem(await step(client, body, "departure", LEFT, MEMBERSHIPS), 403, "forbidden")


async def test_named_members_are_counted_by_sex_today_and_once_beside_the_declared_ones(members: Members) -> None:
    institution = await members.institution(members={"female": 20, "male": 4})
    her = await members.person()
    again = await members.person(name="Siti A.")
    him, unknown = await members.person(sex="L"), await members.person(sex="tidak_diketahui")
    for person in (her, again, him, unknown):
        await members.joined(person, institution)
    await members.left(await members.joined(await members.person(sex="L"), institution))
    wrong = await members.joined(await members.person(sex="L"), institution)
    await take(members.operator, wrong, "voiding", {"reason": "Salah orang"}, MEMBERSHIPS)
    assert await named(members, institution) == {"female": 2, "male": 1, "unknown": 1}
    link = {"of": her["id"], "reason": "Orang yang sama"}
    await take(members.operator, again, "duplicate-link", link, "people")
    assert await named(members, institution) == {"female": 1, "male": 1, "unknown": 1}
    (duplicate,) = await members.listed(MEMBERSHIPS, person=again["id"])
    assert (duplicate["person_id"], duplicate["canonical_person_id"]) == (again["id"], her["id"])
    empty = await members.institution(name="Arisan Kosong")
    assert await named(members, empty) == {"female": 0, "male": 0, "unknown": 0}


async def named(members: Members, institution: dict[str, Any]) -> dict[str, int]:
    """The named members of an institution, whose declared ones stay as they are."""
    body = record(await members.operator.get(f"/v1/institutions/{institution['id']}"))
    assert body["members"] == institution["members"]
    return dict(body["named_members"])


async def test_a_duplicates_membership_supports_the_office_of_who_it_stands_for(members: Members) -> None:
    institution = await members.institution()
    kept, duplicate = await members.person(), await members.person(name="Siti A.")
    membership = await members.joined(duplicate, institution)
    assert (await members.appoint(kept, institution)).status_code == 422
    await take(members.operator, duplicate, "duplicate-link", {"of": kept["id"], "reason": "Sama"}, "people")
    term = await members.appointed(kept, institution)
    refused = await step(members.operator, membership, "departure", LEFT, MEMBERSHIPS)
    assert problem(refused, 409, "still-in-office")["officers"][0]["id"] == term["id"]


async def test_an_appointment_and_a_departure_at_once_leave_no_officer_who_is_no_member(members: Members) -> None:
    institution, person = await members.institution(), await members.person()
    membership = await members.joined(person, institution)
    gone, appointed = await asyncio.gather(
        step(members.operator, membership, "departure", LEFT, MEMBERSHIPS), members.appoint(person, institution)
    )
    assert (gone.status_code, appointed.status_code) in ((200, 422), (409, 201))
