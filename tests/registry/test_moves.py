"""A seat that moves concerns two areas: both see it on its way and after, and who verifies it covers both."""

from typing import Any

import pytest

from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REQUESTS,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    along,
    events,
    patched,
    problem,
    record,
    step,
)


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_a_move_of_a_verified_record_takes_effect_with_its_verification(people: People) -> None:
    body = await people.verified()
    patch = {"village": VILLAGE_OVER, "moved_on": "2025-07-01"}
    request = record(await patched(people.operator, body, patch), 202)
    assert (request["village"], request["target_village"]) == (VILLAGE, VILLAGE_OVER)
    request = await along(people.operator, request, "submission")
    request = await along(people.facilitator, request, "review")
    problem(await step(people.facilitator, request, "verification", None, REQUESTS), 403, "outside-your-area")
    request = await along(people.officer, request, "verification")
    moved = record(await people.officer.get(f"/v1/institutions/{body['id']}"))
    assert (moved["village"], [seat["since"] for seat in moved["seats"]]) == (VILLAGE_OVER, [None, "2025-07-01"])
    assert [seat["village"] for seat in moved["seats"]] == [VILLAGE, VILLAGE_OVER]
    told = (await events(people.house, body["id"]))[-1]
    assert {str(region) for region in told["region_ids"]} == {body["village_id"], moved["village_id"]}


@pytest.mark.parametrize(("role", "area"), [("ministry", "ID"), ("province-officer", ["31", "32"])])
async def test_a_move_to_another_province_is_verified_by_who_covers_both(
    people: People, role: str, area: str | list[str]
) -> None:
    request = await people.proposed(await people.verified(), village=ELSEWHERE, moved_on="2025-07-01")
    request = await along(people.operator, request, "submission")
    request = await along(people.facilitator, request, "review")
    for client in (people.officer, people.province, people.house.client("registry", "regency-officer", "31.71")):
        problem(await step(client, request, "verification", None, REQUESTS), 403, "outside-your-area")
    house = people.house
    token = house.issuer.mint(role, area)
    verifier = house.client("registry", role, "ID")
    verifier.headers["Authorization"] = f"Bearer {token}"
    await along(verifier, request, "verification")
    assert (await _institution_of(verifier, request))["village"] == ELSEWHERE


async def _institution_of(client: Any, request: dict[str, Any]) -> dict[str, Any]:
    return record(await client.get(f"/v1/institutions/{request['institution_id']}"))


async def test_both_areas_see_a_move_before_and_after_and_the_target_takes_no_step(people: People) -> None:
    body = await people.verified()
    request = await people.proposed(body, village=VILLAGE_OVER, moved_on="2025-07-01")
    over = people.house.client("registry", "village-operator", VILLAGE_OVER)
    stranger = people.house.client("registry", "village-operator", VILLAGE_NEXT)

    async def seen(client: Any) -> list[str]:
        return [item["id"] for item in record(await client.get("/v1/change-requests"))["items"]]

    address = f"/v1/change-requests/{request['id']}"
    assert record(await over.get(address)) == request
    assert record(await over.get(f"/v1/change-requests?region={VILLAGE_OVER}"))["items"] == [request]
    problem(await step(over, request, "submission", None, REQUESTS), 403, "outside-your-area")
    problem(await patched(over, request, {"name": "Lain"}, REQUESTS), 403, "outside-your-area")
    problem(await over.get(f"/v1/institutions/{body['id']}"), 404, "not-found")
    request = await along(people.operator, request, "submission")
    request = await along(people.facilitator, request, "review")
    request = await along(people.officer, request, "verification")
    for client in (people.operator, over):
        assert record(await client.get(address))["verification"] == "terverifikasi"
        assert await seen(client) == [request["id"]]
    problem(await stranger.get(address), 404, "not-found")
    assert await seen(stranger) == []


async def test_a_proposal_that_no_longer_moves_is_no_longer_the_targets(people: People) -> None:
    request = await people.proposed(await people.verified(), village=VILLAGE_OVER, name="Arisan Mawar")
    request = record(await patched(people.operator, request, {"village": VILLAGE}, REQUESTS))
    assert request["target_village"] is None
    over = people.house.client("registry", "village-operator", VILLAGE_OVER)
    problem(await over.get(f"/v1/change-requests/{request['id']}"), 404, "not-found")
