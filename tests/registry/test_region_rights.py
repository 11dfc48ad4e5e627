"""Rights follow a region that is recoded, and to whoever took over from it by decision; of a split, what was decided."""

from typing import Any
from uuid import UUID

import httpx

from shared.areas import Standing, meanings
from tests.house import House, until
from tests.registry.institutions import DISTRICT, VILLAGE, VILLAGE_NEXT, record, registration
from tests.registry.region_changes import SPLIT, Ministry

A, B, C, D = (UUID(int=number) for number in range(1, 5))


def test_old_codes_mean_the_region_that_had_them_or_its_decided_successors() -> None:
    regions = {
        A: Standing("93.01", True),
        B: Standing("91.02", False),
        C: Standing("91.03", False),
        D: Standing("95", True),
    }
    ended = {"91.01": A, "91.02": B, "91.03": C}
    links = {B: [C], C: [A, D]}
    assert meanings(ended, links, regions) == {"91.01": ("93.01",), "91.02": ("93.01", "95"), "91.03": ("93.01", "95")}


def test_a_region_that_ended_without_a_decided_successor_leaves_no_area() -> None:
    assert meanings({"91.02": B}, {}, {B: Standing("91.02", False)}) == {"91.02": ()}


def test_a_region_that_goes_on_keeps_its_own_code_beside_what_was_split_off_with_the_rights() -> None:
    regions = {A: Standing("32.04.05", True), B: Standing("32.04.47", True)}
    assert meanings({}, {A: [B]}, regions) == {"32.04.05": ("32.04.05", "32.04.47")}


async def villages(client: httpx.AsyncClient) -> list[str]:
    """The villages of the institutions that a caller sees, through every door that shows them."""
    page: dict[str, Any] = record(await client.get("/v1/institutions?count=true&sort=id"))
    assert page["count"] == len(page["items"])
    for item in page["items"]:
        assert record(await client.get(f"/v1/institutions/{item['id']}"))["village"] == item["village"]
    return sorted(item["village"] for item in page["items"])


async def test_a_token_with_an_old_code_sees_exactly_what_the_regions_people_should_see(registry_api: House) -> None:
    def holder(area: str, role: str = "village-operator") -> httpx.AsyncClient:
        return registry_api.client("registry", role, area)

    here, there = holder(VILLAGE), holder(VILLAGE_NEXT)
    record(await here.post("/v1/institutions", json=registration()), 201)
    record(await there.post("/v1/institutions", json=registration(village=VILLAGE_NEXT)), 201)
    district = holder(DISTRICT, "district-facilitator")
    assert await villages(district) == [VILLAGE, VILLAGE_NEXT]
    ministry = Ministry(registry_api)
    follows, stays = SPLIT, [{**SPLIT[0], "rights_follow": []}, SPLIT[1]]
    await ministry.applied(*stays)
    moved = "32.04.47.2001"

    async def sees(client: httpx.AsyncClient, *wanted: str) -> None:
        async def so() -> bool:
            return await villages(client) == list(wanted)

        await until(so, f"sees {wanted}")

    await sees(there, moved)
    await sees(here, VILLAGE)
    await sees(district, VILLAGE)  # rights in the new district were not decided
    answer = await there.post("/v1/institutions", json=registration(village=moved, name="Arisan Mawar"))
    assert record(answer, 201)["village"] == moved
    neighbour = record(await here.get("/v1/institutions"))["items"][0]["id"]
    assert (await there.get(f"/v1/institutions/{neighbour}")).status_code == 404
    # A second split, with the rights: the holder of the old district keeps both parts.
    part = {
        **follows[0],
        "region": DISTRICT,
        "into": [{"code": "32.04.48", "name": "Cileunyi Timur"}],
        "rights_follow": ["32.04.48"],
    }
    away = {"kind": "transfer", "region": VILLAGE, "parent": "32.04.48", "code": "32.04.48.2001"}
    await ministry.applied(part, away, effective_on="2026-03-10")
    await sees(district, "32.04.48.2001")
    await sees(here, "32.04.48.2001")
    # A merger: the people of the village that ended go on in the one that took over.
    await ministry.applied(
        {"kind": "merge", "regions": [moved], "into": "32.04.47.2002", "name": "Cileunyi"}, effective_on="2026-03-12"
    )
    await sees(there, "32.04.47.2002", "32.04.47.2002")


async def test_a_token_with_a_code_of_before_the_shipped_lineage_is_good_for_the_region_of_today(
    registry_api: House,
) -> None:
    operator = registry_api.client("registry", "regency-officer", "91.04")
    answer = await operator.post("/v1/institutions", json=registration(village="94.01.01.1008"))
    assert record(answer, 201)["village"] == "94.01.01.1008"
    assert await villages(operator) == ["94.01.01.1008"]
    province = registry_api.client("registry", "province-officer", "91")
    assert await villages(province) == []
