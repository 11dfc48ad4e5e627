"""The feed by right and by area: sheets need one right, help another, and what is outside the area is not there."""

from typing import Any

import httpx

from shared.events import activities as contracts
from tests.activities.helping import Helping
from tests.activities.world import NEXT_DISTRICT, NEXT_VILLAGE, PAPUA, World
from tests.house import until

ACTIVITY, SHEET = "activities.activity.v1", "activities.attendance-sheet.v1"
BENEFIT, REFERRAL = "activities.benefit.v1", "activities.referral.v1"


async def _published(world: World) -> bool:
    rows = await world.house.fetch("activities", "SELECT count(*) AS n FROM outbox WHERE feed_position IS NULL")
    return not rows[0]["n"]


async def _told(client: httpx.AsyncClient, **parameters: Any) -> list[tuple[str, str]]:
    """What the feed tells a caller: topic and village of each event."""
    answer = await client.get("/v1/events", params=parameters)
    assert answer.status_code == 200, answer.text
    return [(item["dataschema"].rpartition(":")[2], item["data"]["village_id"]) for item in answer.json()["items"]]


async def test_events_about_people_and_help_need_rights_of_their_own_and_lie_in_the_area(world: World) -> None:
    helping = await Helping.made(world)
    held = await world.posted(world.held())
    people = [{"person_id": str(helping.elder), "role": "warga"}]
    sheet = await world.client().post("/v1/attendance-sheets", json={"activity_id": held["id"], "people": people})
    assert sheet.status_code == 201, sheet.text
    here = await helping.stored(helping.benefit())
    away = await helping.stored(helping.benefit(village=PAPUA))
    referral = await helping.stored(helping.referral(village=NEXT_DISTRICT))
    await until(lambda: _published(world), "the outbox is published")

    of_help = [(BENEFIT, here["village_id"]), (BENEFIT, away["village_id"]), (REFERRAL, referral["village_id"]),
               (BENEFIT, referral["village_id"])]  # fmt: skip
    regency = await _told(world.client("regency-officer", "32.04"))
    assert [one for one in regency if one[0] in (BENEFIT, REFERRAL)] == of_help
    assert {topic for topic, _ in regency} == {ACTIVITY, SHEET, BENEFIT, REFERRAL}
    # The seat of who gave is told of what it gave elsewhere; the place is told too, of what was given there only.
    assert await _told(world.client("regency-officer", "94.01")) == [(BENEFIT, away["village_id"])]
    assert await _told(world.client("regency-officer", "32.04.06")) == of_help[2:]
    for role, area in (("village-operator", "32.04.05.2001"), ("integration", "32.04"), ("ministry", "ID")):
        client = world.client(role, area)
        assert {topic for topic, _ in await _told(client)} == {ACTIVITY}, role
        for topic in (SHEET, BENEFIT, REFERRAL):
            assert await _told(client, type=topic) == [], (role, topic)
    assert await _told(world.client("regency-officer", "32.03")) == []
    assert await _told(world.client("regency-officer", NEXT_VILLAGE)) == []
    officer = world.client("regency-officer", "32.04")
    for state in contracts.STATES:
        found = await _told(officer, type=state.topic())
        assert [topic for topic, _ in found] == [topic for topic, _ in regency if topic == state.topic()]
    assert (await officer.get("/v1/events", params={"type": "registry.person.v1"})).status_code == 400
    for client in (world.client("public", "ID"), world.client("institution-operator", institution=world.lead)):
        assert (await client.get("/v1/events")).status_code == 403


async def test_the_area_that_a_benefit_leaves_by_a_correction_is_told(world: World) -> None:
    helping = await Helping.made(world)
    made = await helping.stored(helping.benefit(village=PAPUA))
    moved = await helping.step(made, "correction", {"reason": "Salah desa", "village": NEXT_DISTRICT})
    assert moved.status_code == 200, moved.text
    await until(lambda: _published(world), "the outbox is published")
    for area, sequences in (("94.01", [1, 2]), ("32.04.06", [2]), ("32.04.05", [1, 2])):
        items = (await world.client("regency-officer", area).get("/v1/events")).json()["items"]
        assert [item["sequence"] for item in items] == sequences, area
