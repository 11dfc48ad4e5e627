"""Planning an activity, and recording one that was held."""

from tests.activities.world import World


async def test_a_plan_is_stored_with_its_event_and_can_be_read(world: World) -> None:
    async with world.client() as operator:
        answer = await operator.post("/v1/activities", json=world.planned(village="3204052001"))
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert answer.headers["Location"] == f"/v1/activities/{made['id']}"
        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["Wahana-Position"] == f"activities/{made['id']}@1"
        read = await operator.get(answer.headers["Location"])
    assert read.json() == made
    assert made["village"] == "32.04.05.2001"
    assert made["lead_institution_name"] == "Arisan Mawar"
    assert made["status"] == "direncanakan"
    assert made["plan_versions"] == [
        {"planned_from": "2026-03-20", "planned_until": "2026-03-20", "recorded_on": "2026-03-15"}
    ]
    (event,) = await world.events(made["id"])
    assert event["type"] == "planned"
    assert event["plan"] == made["plan_versions"]
