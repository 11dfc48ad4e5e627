"""Row security behind the statements of activities: with their own area scope switched off, help given elsewhere, those
who came elsewhere and what others sent are still not seen."""

from typing import Any

import pytest
from sqlalchemy import true

from shared.auth import Principal
from tests.activities.helping import WHY, Helping
from tests.activities.sheets import Sheets, named
from tests.activities.world import BALI, NEXT_DISTRICT, World

pytestmark = pytest.mark.without_worker


@pytest.fixture
async def given(world: World, sheets: Sheets) -> dict[str, list[dict[str, Any]]]:
    """A benefit, a referral and a sheet of the village, by collection."""
    helping = await Helping.made(world)
    activity = await world.posted(world.held())
    benefit = await helping.stored(helping.benefit(activity_id=activity["id"]))
    sheet = await sheets.recorded(activity, await sheets.people(2))
    await world.house.execute("activities", "UPDATE outbox SET feed_position = id, pending = false")
    made = {
        "benefits": [benefit],
        "referrals": [await helping.stored(helping.referral())],
        "attendance-sheets": [sheet],
    }
    return made | {"activities": [activity]}


@pytest.mark.parametrize("area", [NEXT_DISTRICT, "51"])
async def test_a_statement_that_forgets_its_scope_still_shows_no_help_and_nobody_of_another_area(
    world: World, given: dict[str, list[dict[str, Any]]], area: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Principal, "within", lambda *_, **__: true())
    stranger = world.client("regency-officer", area)
    assert (await stranger.get(f"/v1/activities/{given['activities'][0]['id']}")).status_code == 200, (
        "no wall: no person"
    )
    for collection in ("benefits", "referrals", "attendance-sheets"):
        listed = await stranger.get(f"/v1/{collection}", params={"count": "true"})
        assert (listed.status_code, listed.json()["items"], listed.json()["count"]) == (200, [], 0), collection
        (one,) = given[collection]
        for path in (f"/v1/{collection}/{one['id']}", f"/v1/{collection}/{one['id']}/history"):
            assert (await stranger.get(path)).status_code == 404, path
        match = {"If-Match": f'"{one["sequence"]}"'}
        voided = await stranger.post(f"/v1/{collection}/{one['id']}/voiding", json=WHY, headers=match)
        assert voided.status_code == 404, (collection, voided.text)
    assert (await stranger.get("/v1/events")).json()["items"] == []
    assert (await stranger.get("/v1/audit-entries")).json()["items"] == []


async def test_help_that_another_area_recorded_keeps_an_activity_and_ids_are_taken_wherever_they_are(
    world: World, given: dict[str, list[dict[str, Any]]]
) -> None:
    """What must be known of all areas is asked of functions that tell just that."""
    (activity,), (benefit,) = given["activities"], given["benefits"]
    elsewhere = (
        "lead_village_code = '51.08.06.2001', village_code = '51.08.06.2001', lead_institution_id = gen_random_uuid()"
    )
    await world.house.execute("activities", f"UPDATE benefit SET {elsewhere} WHERE id = '{benefit['id']}'")
    assert (await world.client().get(f"/v1/benefits/{benefit['id']}")).status_code == 404
    now = (await world.client().get(f"/v1/activities/{activity['id']}")).json()
    refused = await world.step(now, "voiding", WHY)
    assert (refused.status_code, refused.json().get("benefits")) == (409, 1), refused.text
    helping = await Helping.made(world)
    operation = {
        "client_id": "1", "operation": "record_benefit", "body": helping.benefit(id=benefit["id"], given_on="2026-03-11"),
    }  # fmt: skip
    sent = await world.client().post("/v1/batches", json={"operations": [operation]})
    assert sent.status_code == 200, sent.text
    assert sent.json()["results"][0]["status"] == 409, sent.text


async def test_what_a_caller_sent_is_kept_for_that_caller_alone(world: World, sheets: Sheets) -> None:
    headers = {"Idempotency-Key": "satu"}
    here, there = world.client(), world.client(area=BALI, sub="lain")
    assert (await here.post("/v1/activities", json=world.held(), headers=headers)).status_code == 201
    again = await here.post("/v1/activities", json=world.held(), headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    refused = await there.post("/v1/activities", json=world.held(), headers=headers)
    assert "Idempotency-Replayed" not in refused.headers
    assert named([]) == []
