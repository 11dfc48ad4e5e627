"""Sheets of who came: with the completion or after it, late, withdrawn, corrected, voided; each person once."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.activities.sheets import ANGGOTA, RELAWAN, Sheets, named
from tests.activities.world import COMPLETION, HERE, PAPUA, faults

pytestmark = pytest.mark.without_worker

WHY = {"reason": "Salah catat"}


async def test_a_completed_activity_is_recorded_with_who_came(sheets: Sheets) -> None:
    world = sheets.world
    member, resident, far = *await sheets.people(2), *await sheets.people(1, PAPUA)
    await world.announcer.membership(UUID(member), world.lead)
    await world.announcer.arrived()
    people = [*named([member, far], ANGGOTA), *named([resident], RELAWAN, 4)]
    body = world.held(completion=COMPLETION | {"attendance": {"people": people}})
    answer = await world.client().post("/v1/activities", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["named"] == 3
    assert answer.headers["Wahana-Position"] == f"activities/{made['id']}@1,activities/{made['sheet_id']}@1"
    told = [(one["pointer"], one["code"]) for one in made["warnings"]]
    assert told == [("/completion/attendance/people/1/role", "no-member-that-day")]
    read = await world.client().get(f"/v1/attendance-sheets/{made['sheet_id']}")
    assert read.headers["ETag"] == '"1"'
    sheet = read.json()
    assert [(one["person_id"], one["member_that_day"]) for one in sheet["people"]] == [
        (member, True), (far, False), (resident, False),
    ]  # fmt: skip
    assert (sheet["people_count"], sheet["volunteer_hours"], sheet["held_on"]) == (3, 4, "2026-03-01")
    (activity,), (event,) = await world.events(made["id"]), await world.events(made["sheet_id"])
    assert (activity["type"], activity["named"]) == ("recorded", 3)
    assert event["type"] == "recorded"
    assert event["people"] == people
    same = ("held_on", "village_id", "activity_id", "organiser_ids")
    assert {name: event[name] for name in same} == {name: sheet[name] for name in same}


async def test_the_completion_of_a_plan_names_who_came_by_an_id_of_yours(sheets: Sheets) -> None:
    people, mine = await sheets.people(2), str(uuid7())
    planned = await sheets.world.posted(
        sheets.world.planned(plan={"planned_from": "2026-03-01", "planned_until": "2026-03-01"})
    )
    counted = {"held_from": "2026-03-01", "held_until": "2026-03-01", "attended": {"total": 1}}
    body = counted | {"attendance": {"sheet_id": mine, "people": named(people)}}
    answer = await sheets.world.step(planned, "completion", body)
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["sequence"], done["named"], done["sheet_id"]) == (2, 2, mine)
    assert answer.headers["Wahana-Position"] == f"activities/{done['id']}@2,activities/{mine}@1"
    assert [(one["pointer"], one["code"]) for one in done["warnings"]] == [
        ("/attended/total", "more-named-than-counted")
    ]


async def test_an_id_that_is_taken_is_named_be_it_the_activitys_or_the_sheets(sheets: Sheets) -> None:
    (person,) = await sheets.people(1)
    mine, sheet = str(uuid7()), str(uuid7())
    attendance = {"sheet_id": sheet, "people": named([person])}
    body = sheets.world.held(id=mine, completion=COMPLETION | {"attendance": attendance})
    await sheets.world.posted(body)
    for id, other, taken in ((mine, str(uuid7()), mine), (str(uuid7()), sheet, sheet)):
        completion = COMPLETION | {"attendance": attendance | {"sheet_id": other}}
        again = await sheets.world.client().post("/v1/activities", json=body | {"id": id, "completion": completion})
        assert again.json()["type"].endswith(":id-taken")
        assert taken in again.json()["detail"]
    assert await sheets.world.stored() == (1, 2)


async def test_each_person_is_named_once_whatever_record_of_it(sheets: Sheets) -> None:
    world = sheets.world
    first, second = await sheets.people(2)
    (twin,) = await sheets.people(1, duplicate_of=UUID(first))
    gone = [*await sheets.people(1, voided=True), *await sheets.people(1, erased=True), str(uuid7())]
    unknown = [(f"/people/{place}/person_id", "person-unknown") for place in range(3)]
    activity = await world.posted(world.held())
    assert faults(await sheets.post(activity, named(gone))) == unknown
    twice = await sheets.post(activity, named([first, second, first, twin]))
    assert faults(twice) == [(f"/people/{place}/person_id", "person-listed-twice") for place in (2, 3)]
    inline = world.held(completion=COMPLETION | {"attendance": {"people": named([first, twin])}})
    refused = await world.client().post("/v1/activities", json=inline)
    assert faults(refused) == [("/completion/attendance/people/1/person_id", "person-listed-twice")]
    await sheets.recorded(activity, [first])
    for again in (first, twin):
        other = await sheets.post(activity, named([second, again]))
        assert faults(other) == [("/people/1/person_id", "person-listed-twice")]
    assert (await sheets.activity(activity))["named"] == 1
    assert len(await sheets.pairs()) == 1
    elsewhere = await world.posted(world.held(title="Lain"))
    await sheets.recorded(elsewhere, [twin])


async def test_people_are_registered_late_withdrawn_and_corrected_with_the_activity_told_anew(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(4)
    activity = await world.posted(world.held())
    sheet = await sheets.recorded(activity, people[:2])
    answer = await sheets.step(sheet, "registrations", {"people": named(people[2:], RELAWAN, 3)})
    late = answer.json()
    assert (answer.status_code, late["sequence"], late["people_count"]) == (200, 2, 4), answer.text
    assert answer.headers["Wahana-Position"] == f"activities/{sheet['id']}@2,activities/{activity['id']}@3"
    less = (await sheets.step(late, "withdrawals", {"person_ids": [people[0]], **WHY})).json()
    assert [one["person_id"] for one in less["people"]] == people[1:]
    change = {"people": [{"person_id": people[1], "role": RELAWAN, "volunteer_hours": 24},
                         {"person_id": people[2], "volunteer_hours": None}]}  # fmt: skip
    corrected = (await sheets.step(less, "correction", change | WHY)).json()
    assert [(one["role"], one["volunteer_hours"]) for one in corrected["people"]] == [
        ("relawan", 24), ("relawan", None), ("relawan", 3),
    ]  # fmt: skip
    nothing = await sheets.step(corrected, "correction", change | WHY)
    assert nothing.json()["sequence"] == corrected["sequence"] == 4
    assert [(one["type"], one["named"]) for one in await world.events(activity["id"])] == [
        ("recorded", 0), ("attendance_recorded", 2), ("attendance_recorded", 4), ("attendance_recorded", 3),
    ]  # fmt: skip
    assert [one["type"] for one in await world.events(sheet["id"])] == [
        "recorded",
        "registered",
        "withdrawn",
        "corrected",
    ]
    # Who was withdrawn may stand in another sheet.
    await sheets.recorded(activity, [people[0]])
    history = (await world.client().get(f"/v1/attendance-sheets/{sheet['id']}/history")).json()
    assert [one["reason"] for one in history] == [None, None, "Salah catat", "Salah catat"]
    assert len(history[2]["changes"]["people"]["before"]) == 4
    (entry,) = await world.house.fetch(
        "activities",
        "SELECT before::text FROM audit_entry WHERE record_type = 'attendance_sheet' AND action = 'withdrawn'",
    )
    assert people[0] in entry["before"]


async def test_what_is_wrong_with_a_sheet_is_told_at_its_element_and_nothing_is_stored(sheets: Sheets) -> None:
    world = sheets.world
    one, other = await sheets.people(2)
    activity = await world.posted(world.held())
    planned = await world.posted(world.planned())
    cases: list[tuple[list[dict[str, Any]], list[tuple[str, str]]]] = [
        (named([one], hours=25), [("/people/0/volunteer_hours", "more-hours-than-the-days-have")]),
        (named([one], hours=-1), [("/people/0/volunteer_hours", "greater-than-equal")]),
        ([{"person_id": one, "role": "tamu"}], [("/people/0/role", "enum")]),
        ([{"person_id": one}], [("/people/0/role", "missing")]),
        ([], [("/people", "too-short")]),
        (named([one] * 501), [("/people", "too-long")]),
    ]
    for people, expected in cases:
        assert faults(await sheets.post(activity, people)) == expected
    assert faults(await sheets.post({"id": str(uuid7())}, named([one]))) == [("/activity_id", "activity-unknown")]
    early = await sheets.post(planned, named([one]))
    assert (early.status_code, early.json()["type"]) == (409, "urn:wahana:problem:activity-not-completed")
    assert await sheets.pairs() == []
    sheet = await sheets.recorded(activity, [one])
    strange = [("/person_ids/1", "person-not-in-sheet"), ("/person_ids/2", "person-listed-twice")]
    assert faults(await sheets.step(sheet, "withdrawals", {"person_ids": [one, other, one], **WHY})) == strange
    wrong = {"people": [{"person_id": one, "role": None}, {"person_id": other}], **WHY}
    assert faults(await sheets.step(sheet, "correction", wrong)) == [("/people/1/person_id", "person-not-in-sheet")]
    roleless = await sheets.step(sheet, "correction", {"people": wrong["people"][:1], **WHY})
    assert faults(roleless) == [("/people/0/role", "role-missing")]
    taken = await sheets.post(activity, named([other]), id=sheet["id"])
    assert taken.json()["type"].endswith(":id-taken")
    stale = await sheets.step(sheet | {"sequence": 9}, "voiding", WHY)
    assert stale.status_code == 412
    assert len(await sheets.pairs()) == 1


async def test_three_thousand_people_in_sheets_of_five_hundred(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(3001)
    body = world.held(completion={"held_from": "2026-03-01", "held_until": "2026-03-01", "attended": {"total": 3000}})
    activity = await world.posted(body)
    made = [await sheets.recorded(activity, people[n : n + 500]) for n in range(0, 3000, 500)]
    assert (await sheets.activity(activity))["named"] == 3000
    full = await sheets.step(made[0], "registrations", {"people": named(people[3000:])})
    assert faults(full) == [("/people", "sheet-full")]
    seventh = await sheets.recorded(activity, people[3000:])
    assert [one["code"] for one in seventh["warnings"]] == ["more-named-than-counted"]
    listed = (
        await world.client().get("/v1/attendance-sheets", params={"activity_id": activity["id"], "count": True})
    ).json()
    assert listed["count"] == 7
    assert sum(one["people_count"] for one in listed["items"]) == 3001
    assert "people" not in listed["items"][0]


async def test_a_voided_sheet_frees_its_people_and_stays_readable(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(2)
    activity = await world.posted(world.held())
    sheet = await sheets.recorded(activity, people)
    voided = (await sheets.step(sheet, "voiding", WHY)).json()
    assert (voided["voided"], voided["people_count"]) == (True, 2)
    assert (await sheets.activity(activity))["named"] == 0
    await sheets.recorded(activity, people)
    for step, body in (("registrations", {"people": named(people)}), ("voiding", WHY)):
        again = await sheets.step(voided, step, body)
        assert (again.status_code, again.json()["type"]) == (409, "urn:wahana:problem:sheet-voided")
    shown = {
        which: [one["id"] == sheet["id"] for one in await _listed(sheets, voided=which)]
        for which in ("false", "true", "any")
    }
    assert shown == {"false": [False], "true": [True], "any": [False, True]}


async def test_sheets_follow_their_activity_when_it_is_corrected_or_voided(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(3)
    activity = await world.posted(world.held())
    sheet, gone = await sheets.recorded(activity, people[:2]), await sheets.recorded(activity, people[2:])
    await sheets.step(gone, "voiding", WHY)
    unchanged = (await world.step(await sheets.activity(activity), "correction", {"title": "Lain", **WHY})).json()
    assert len(await world.events(sheet["id"])) == 1
    moved = {
        "completion": {"held_until": "2026-03-02"},
        "co_organiser_ids": [str(world.helper)],
        "village": PAPUA,
        **WHY,
    }
    answer = await world.step(unchanged, "correction", moved)
    assert answer.status_code == 200, answer.text
    followed = (await world.events(sheet["id"]))[-1]
    assert (followed["type"], followed["held_on"]) == ("activity_followed", "2026-03-02")
    assert followed["organiser_ids"] == [str(world.lead), str(world.helper)]
    read = (await world.client().get(f"/v1/attendance-sheets/{sheet['id']}")).json()
    assert (read["village"], read["sequence"]) == (PAPUA, 2)
    assert (await world.step(answer.json(), "voiding", WHY)).status_code == 200
    assert [one["held_on"] for one in await world.events(sheet["id"])] == ["2026-03-01", "2026-03-02", None]
    assert len(await world.events(gone["id"])) == 2
    refused = await sheets.step(read | {"sequence": 3}, "registrations", {"people": named(people[2:])})
    assert refused.json()["type"].endswith(":activity-not-completed")


async def test_sheets_are_seen_where_the_activity_is_and_changed_where_it_is_led(sheets: Sheets) -> None:
    world = sheets.world
    (person,) = await sheets.people(1)
    activity = await world.posted(world.held(village=PAPUA, co_organiser_ids=[str(world.far)]))
    sheet = await sheets.recorded(activity, [person])
    address = f"/v1/attendance-sheets/{sheet['id']}"
    readers = {
        world.client(): 200,
        world.client(area=PAPUA): 200,
        world.client("institution-operator", HERE, institution=world.lead): 200,
        world.client("institution-operator", PAPUA, institution=world.far): 200,
        world.client("institution-operator", HERE, institution=world.helper): 404,
        world.client(area="32.04.06.2001"): 404,
        world.client("province-officer", "32"): 403,
        world.client("ministry", "ID"): 403,
    }
    for client, status in readers.items():
        assert (await client.get(address)).status_code == status
        assert (await client.get(f"{address}/history")).status_code == status
        listed = await client.get("/v1/attendance-sheets")
        assert status == 403 or len(listed.json()["items"]) == (status == 200)
    there = world.client(area=PAPUA)
    assert (await sheets.step(sheet, "voiding", WHY, there)).json()["type"].endswith(":lead-outside-your-area")
    outside = world.client(area="32.04.06.2001")
    assert (await sheets.step(sheet, "voiding", WHY, outside)).status_code == 404
    assert faults(await sheets.post(activity, named([person]), outside)) == [("/activity_id", "activity-unknown")]


async def _listed(sheets: Sheets, **filters: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await sheets.world.client().get("/v1/attendance-sheets", params={"sort": "-changed_at", **filters})
    ).json()["items"]
    return items


async def test_who_was_invited_may_be_told_before_anybody_is_counted_or_named(sheets: Sheets) -> None:
    world = sheets.world
    body = world.held(completion=COMPLETION | {"attended": None})
    activity = await world.posted(body)
    assert (activity["completion"]["invited"]["total"], activity["completion"]["attended"]) == (20, None)
    await sheets.recorded(activity, await sheets.people(2))
    told = (await world.events(activity["id"]))[-1]
    assert (told["type"], told["invited"]["total"], told["attended"], told["named"]) == (
        "attendance_recorded", 20, None, 2,
    )  # fmt: skip
    now = await sheets.activity(activity)
    counted = await world.step(now, "correction", {"completion": {"attended": {"total": 12}}, **WHY})
    again = await world.step(counted.json(), "correction", {"completion": {"attended": None}, **WHY})
    assert (counted.status_code, again.json()["completion"]["attended"]) == (200, None)
