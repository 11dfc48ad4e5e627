"""The work queue: what waits for me, since when, and never what I wrote myself or may not decide."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.region_changes.models import RegionChange
from shared import database
from shared.codes import RegionChangeState
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REGENCY,
    REQUESTS,
    VILLAGE,
    VILLAGE_OVER,
    People,
    along,
    record,
    take,
)
from tests.registry.networks import Circle

ITEMS = "/v1/work-items"


async def work(client: httpx.AsyncClient, **filters: Any) -> list[tuple[str, str, str]]:
    """Kind, task and id of what waits for somebody, in order."""
    return [(i["kind"], i["task"], i["id"]) for i in record(await client.get(ITEMS, params=filters))["items"]]


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_a_registration_waits_for_each_step_of_its_way_and_for_its_makers_once_returned(people: People) -> None:
    made = await people.registered()
    assert await work(people.facilitator) == [], "a draft waits for nobody"
    made = await take(people.operator, made, "submission")
    waits = ("institution", "review", made["id"])
    assert await work(people.facilitator) == [waits]
    assert await work(people.officer) == [waits]
    assert await work(people.operator) == [], "who may not decide has nothing to decide"
    made = await take(people.facilitator, made, "review")
    assert await work(people.officer) == [("institution", "verification", made["id"])]
    made = await take(people.officer, made, "return", {"reason": "Anggota belum sesuai"})
    assert await work(people.officer) == []
    assert await work(people.operator) == [("institution", "correction", made["id"])]
    other = people.house.client("registry", "village-operator", VILLAGE, sub="operator-2")
    assert await work(other) == [], "it was returned to those who wrote it"
    made = await take(people.operator, made, "submission")
    await take(people.operator, made, "voiding", {"reason": "Salah input"})
    assert await work(people.officer) == []


async def test_what_waits_longest_stands_first_and_its_age_counts_from_its_last_step(people: People) -> None:
    clock = people.house.clock
    young, old = await people.submitted(name="Arisan Muda"), await people.registered(name="Arisan Tua")
    clock.instant = datetime(2026, 3, 1, 12, tzinfo=UTC)
    old = await take(people.operator, old, "submission")
    clock.instant = datetime(2026, 3, 20, 11, tzinfo=UTC)
    document = {"institution_id": old["id"], "kind": "pengesahan", "number": "141/12", "dated_on": "2025-03-10"}
    record(await people.operator.post("/v1/documents", json=document), 201)
    first = record(await people.facilitator.get(ITEMS, params={"limit": 1, "count": True}))
    (item,) = first["items"]
    assert (item["id"], item["since"], item["age_days"]) == (old["id"], "2026-03-01T12:00:00Z", 18)
    assert (item["name"], item["village"], item["institution_id"]) == ("Arisan Tua", VILLAGE, old["id"])
    assert first["count"] == 2
    rest = record(await people.facilitator.get(ITEMS, params={"limit": 1, "cursor": first["next"]}))
    assert ([i["id"] for i in rest["items"]], rest["next"]) == ([young["id"]], None)
    stale = record(await people.operator.get(f"/v1/institutions/{old['id']}"))
    assert item["sequence"] == stale["sequence"], "it names the version that a step is meant for"


async def test_nothing_waits_for_who_wrote_it_or_for_another_area(people: People) -> None:
    both = people.house.client("registry", "district-facilitator", DISTRICT, sub="both")
    made = record(await both.post("/v1/institutions", json={**_body(), "name": "Arisan Sendiri"}), 201)
    await take(both, made, "submission")
    assert await work(both) == []
    assert await work(people.facilitator) == [("institution", "review", made["id"])]
    for area in (ELSEWHERE[:5], "32.04.06"):
        elsewhere = people.house.client("registry", "regency-officer", area)
        body = record(await elsewhere.get(ITEMS, params={"count": True}))
        assert (body["items"], body["count"]) == ([], 0)
    assert await work(people.province) == [], "a province verifies and does not review"


def _body() -> dict[str, Any]:
    return {
        "type": "ARS", "name": "Arisan", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum", "village": VILLAGE,
        "active_from": "2020-02-01",
    }  # fmt: skip


async def test_a_change_request_waits_and_a_move_only_for_who_covers_both_villages(people: People) -> None:
    made = await people.verified()
    request = await people.proposed(made, village=VILLAGE_OVER)
    request = await along(people.operator, request, "submission")
    assert await work(people.facilitator) == [("change-request", "review", request["id"])]
    await along(people.facilitator, request, "review")
    one = people.house.client("registry", "regency-officer", DISTRICT, sub="one-district")
    assert await work(one) == []
    assert await work(people.officer, kind="change-request", task="verification") == [
        ("change-request", "verification", request["id"])
    ]
    assert await work(people.officer, kind="institution") == []
    request = record(await people.officer.get(f"/v1/{REQUESTS}/{request['id']}"))
    await along(people.officer, request, "return")
    assert await work(people.operator) == [("change-request", "correction", request["id"])]


async def test_an_institution_s_operator_sees_what_of_its_own_was_returned_to_it(people: People) -> None:
    made = await people.registered()
    own = people.house.client("registry", "institution-operator", VILLAGE, institution=made["id"])
    made = await take(own, made, "submission")
    assert await work(own) == []
    await take(people.officer, made, "return", {"reason": "Belum lengkap"})
    assert await work(own) == [("institution", "correction", made["id"])]


async def test_a_formed_network_waits_for_a_verifier_of_its_whole_territory_who_wrote_none_of_it(
    registry_api: House,
) -> None:
    circle = Circle(registry_api)
    territory = [{"village": VILLAGE}, {"village": VILLAGE_OVER}]
    keeper = registry_api.client("registry", "regency-officer", REGENCY, sub="keeper")
    body = await circle.begun(keeper, territory=territory)
    assert await work(circle.officer) == []
    for _ in range(2):
        await circle.joined(body)
    for role in ("ketua", "sekretaris"):
        await circle.appointed(body, role)
    formed = await take(keeper, await circle.now(body), "formation", {"on": "2026-03-05"}, "networks")
    (item,) = record(await circle.officer.get(ITEMS))["items"]
    assert (item["kind"], item["task"], item["id"]) == ("network", "legalisation", formed["id"])
    assert (item["age_days"], item["name"]) == (10, "WKSBM Cileunyi")
    assert await work(circle.facilitator) == [], "one of its villages is outside"
    assert await work(keeper) == [], "who wrote it legalises nothing"
    await take(circle.officer, formed, "legalisation", {"number": "141/07", "on": "2026-03-10"}, "networks")
    assert await work(circle.officer) == []


async def test_a_network_formed_today_waits_since_no_later_than_now(registry_api: House) -> None:
    circle = Circle(registry_api)
    keeper = registry_api.client("registry", "regency-officer", REGENCY, sub="keeper")
    body = await circle.begun(keeper)
    for _ in range(2):
        await circle.joined(body)
    for role in ("ketua", "sekretaris"):
        await circle.appointed(body, role)
    registry_api.clock.instant = datetime(2026, 3, 15, 18, tzinfo=UTC)  # one o'clock of the 16th there
    await take(keeper, await circle.now(body), "formation", {"on": "2026-03-16"}, "networks")
    (item,) = record(await circle.officer.get(ITEMS))["items"]
    assert (item["age_days"], item["since"]) == (0, "2026-03-15T15:00:00Z")


async def test_a_region_change_waits_for_somebody_else_than_who_proposed_it(registry_api: House) -> None:
    engine = database.open_engine(registry_api.settings("registry").as_owner(), pool_size=1)
    at = datetime(2026, 3, 10, tzinfo=UTC)
    async with database.transaction(database.sessions(engine)) as session:
        session.add(
            RegionChange(
                id=UUID(int=1), sequence=1, state=RegionChangeState.PROPOSED, decree="Perda 1/2026", decreed_on=at.date(),
                effective_on=at.date(), operations=[], subjects={}, proposed_by="one", proposed_at=at, changed_at=at,
            )
        )  # fmt: skip
    await engine.dispose()
    one, other = (registry_api.client("registry", "ministry", "ID", sub=sub) for sub in ("one", "other"))
    assert await work(one) == []
    assert await work(other) == [("region-change", "application", str(UUID(int=1)))]
    assert await work(registry_api.client("registry", "regency-officer", REGENCY)) == []
