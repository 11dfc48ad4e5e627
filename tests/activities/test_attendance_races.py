"""Sheets at the same time as one another, as corrections and as voidings: nobody is named twice, and nothing deadlocks."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.activities.sheets import Sheets, named
from tests.activities.world import COMPLETION, PAPUA, faults

pytestmark = pytest.mark.without_worker

WHY = {"reason": "Salah catat"}


async def test_of_twenty_sheets_that_name_somebody_at_once_one_is_recorded(sheets: Sheets) -> None:
    (person,) = await sheets.people(1)
    twins = await sheets.people(10, duplicate_of=person)
    others = await sheets.people(20)
    activity = await sheets.world.posted(sheets.world.held())
    same = [person, *twins] * 2
    answers = await asyncio.gather(
        *(sheets.post(activity, named([other, one])) for other, one in zip(others, same, strict=False))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 19}
    told = {tuple(faults(answer)) for answer in answers if answer.status_code == 422}
    assert told == {(("/people/1/person_id", "person-listed-twice"),)}
    assert (await sheets.activity(activity))["named"] == 2
    assert len(await sheets.pairs()) == 2


async def test_sheets_of_different_people_at_once_are_all_recorded_and_counted(sheets: Sheets) -> None:
    people = await sheets.people(20)
    activity = await sheets.world.posted(sheets.world.held())
    answers = await asyncio.gather(*(sheets.post(activity, named([one])) for one in people))
    assert {answer.status_code for answer in answers} == {201}
    events = await sheets.world.events(activity["id"])
    assert [one["named"] for one in events] == list(range(21))


async def test_sheets_against_corrections_agree_with_the_activity_in_the_end(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(10)
    activity = await world.posted(world.held())
    first = await sheets.recorded(activity, people[:1])

    async def corrected(day: int) -> httpx.Response:
        now = await sheets.activity(activity)
        change = {"completion": {"held_until": f"2026-03-{day:02}"}, "village": PAPUA, **WHY}
        return await world.step(now, "correction", change)

    answers = await asyncio.gather(
        *(sheets.post(activity, named([one])) for one in people[1:]), *(corrected(day) for day in range(2, 7))
    )
    assert {answer.status_code for answer in answers} <= {200, 201, 412}
    last = await sheets.activity(activity)
    assert last["named"] == 10
    listed = (await world.client().get("/v1/attendance-sheets", params={"activity_id": activity["id"]})).json()["items"]
    assert {(one["held_on"], one["village"]) for one in listed} == {(last["completion"]["held_until"], last["village"])}
    told = [await world.events(one["id"]) for one in listed]
    assert {(events[-1]["held_on"], events[-1]["village_id"]) for events in told} == {
        (last["completion"]["held_until"], last["village_id"])
    }
    assert first["id"] in {one["id"] for one in listed}


async def test_a_sheet_against_the_voiding_of_its_activity_is_refused_or_counts_nowhere(sheets: Sheets) -> None:
    world = sheets.world
    people = await sheets.people(8)
    for start in range(0, 8, 4):
        activity = await world.posted(world.held(completion=COMPLETION))
        voiding, *answers = await asyncio.gather(
            world.step(activity, "voiding", WHY),
            *(sheets.post(activity, named([one])) for one in people[start : start + 4]),
        )
        if voiding.status_code == 412:  # a sheet came first: it changed the version that was read
            assert (await world.step(await sheets.activity(activity), "voiding", WHY)).status_code == 200
        assert {answer.status_code for answer in answers} <= {201, 409}
        for answer in answers:
            if answer.status_code == 201:
                assert (await world.events(answer.json()["id"]))[-1]["held_on"] is None
