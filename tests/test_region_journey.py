"""A district is split, end to end over real HTTP, Kafka and PostgreSQL: rights, lists and numbers follow."""

from typing import Any

import asyncpg

from services.reporting import verification
from services.reporting.periods import Period
from tests.house import House, until
from tests.registry.institutions import DISTRICT, VILLAGE_NEXT, record, registration
from tests.registry.region_changes import SPLIT, Ministry

OLD, NEW, NEW_DISTRICT = VILLAGE_NEXT, "32.04.47.2001", "32.04.47"


async def verified(house: House) -> tuple[str, str]:
    """An institution of the village that will move: its id, and the position of its last version."""
    operator = house.client("registry", "village-operator", OLD, sub="operator")
    answer = await operator.post("/v1/institutions", json=registration(village=OLD))
    institution = record(answer, 201)
    for name, role, sub in (
        ("submission", "village-operator", "operator"),
        ("review", "district-facilitator", "tksk"),
        ("verification", "regency-officer", "dinsos"),
    ):
        client = house.client("registry", role, OLD if role == "village-operator" else "32.04", sub=sub)
        headers = {"If-Match": answer.headers["ETag"]}
        answer = await client.post(f"/v1/institutions/{institution['id']}/{name}", json={}, headers=headers)
        record(answer)
    return institution["id"], answer.headers["Wahana-Position"]


def held(lead: str, day: str, village: str = OLD) -> dict[str, Any]:
    return {
        "title": f"Musyawarah {day}", "kind": "musyawarah", "village": village, "lead_institution_id": lead,
        "completion": {"held_from": day, "held_until": day},
    }  # fmt: skip


async def test_a_village_moves_into_a_new_district_with_its_rights_its_lists_and_its_numbers(house: House) -> None:
    lead, position = await verified(house)
    operator = {service: house.client(service, "village-operator", OLD, sub="operator") for service in house.services}
    reached = {"Wahana-At-Least": position}
    for day in ("2026-02-20", "2026-03-05"):
        record(await operator["activities"].post("/v1/activities", json=held(lead, day), headers=reached), 201)
    await house.caught_up()
    facilitator = {service: house.client(service, "district-facilitator", DISTRICT) for service in house.services}

    ministry = Ministry(house)
    change = await ministry.proposed(*SPLIT)
    answer = await ministry.apply(change)
    assert record(answer)["number"] == 1
    applied = answer.headers["Wahana-Position"]
    await house.caught_up()

    # The token that the operator has had all the time goes on, in all three services, under the new code.
    async def known() -> bool:
        lists = [("registry", "institutions"), ("activities", "activities")]
        answers = [await operator[service].get(f"/v1/{noun}", params={"count": True}) for service, noun in lists]
        seen = await operator["reporting"].get(f"/v1/profiles/{NEW}", params={"period": "2026-03"})
        return [record(found)["count"] for found in answers] == [1, 2] and seen.status_code == 200

    await until(known, "the operator's old token is good for the village's new code")
    [institution] = record(await operator["registry"].get("/v1/institutions"))["items"]
    assert (institution["id"], institution["village"]) == (lead, NEW)
    activities = record(await operator["activities"].get("/v1/activities", params={"region": OLD}))["items"]
    assert {activity["village"] for activity in activities} == {NEW}
    late = await operator["activities"].post("/v1/activities", json=held(lead, "2026-02-21"))
    assert [warning["code"] for warning in record(late, 201)["warnings"]] == ["region-code-ended"]
    refused = await operator["activities"].post("/v1/activities", json=held(lead, "2026-03-06"))
    assert refused.status_code == 422
    # Those of the old district keep both parts, as it was decided; nobody else gets in.
    assert record(await facilitator["registry"].get("/v1/institutions", params={"count": True}))["count"] == 1
    assert record(await facilitator["activities"].get("/v1/activities", params={"count": True}))["count"] == 3
    neighbour = house.client("activities", "village-operator", "32.04.05.2001")
    assert record(await neighbour.get("/v1/activities", params={"count": True}))["count"] == 0

    await numbers_follow(house, f"{applied},{late.headers['Wahana-Position']}")
    settings = house.settings("reporting")
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": "live"})
    assert await verification.verify(connection, Period.parse(settings.statistics_from).first) == []
    await connection.close()


async def numbers_follow(house: House, at_least: str) -> None:
    """Two meetings of February and one of March: where the village lay on the day, or where it lies now."""
    facilitator = house.client("reporting", "district-facilitator", DISTRICT)
    completed: dict[tuple[str, str, str], int] = {}
    for tree in ("as_was", "current"):
        for region in (DISTRICT, NEW_DISTRICT):
            for period in ("2026-02", "2026-03"):
                query = {"region": region, "period": period, "tree": tree, "at_least": at_least}
                answer = record(await facilitator.get("/v1/indicators/TPD-01/values", params=query))
                assert (answer["tree_version"], answer["tree_follows"]) == (1, None)
                completed[tree, region, period] = answer["items"][0]["denominator"]
    assert completed == {
        ("as_was", DISTRICT, "2026-02"): 2, ("as_was", DISTRICT, "2026-03"): 0,
        ("as_was", NEW_DISTRICT, "2026-02"): 0, ("as_was", NEW_DISTRICT, "2026-03"): 1,
        ("current", DISTRICT, "2026-02"): 0, ("current", DISTRICT, "2026-03"): 0,
        ("current", NEW_DISTRICT, "2026-02"): 2, ("current", NEW_DISTRICT, "2026-03"): 1,
    }  # fmt: skip
