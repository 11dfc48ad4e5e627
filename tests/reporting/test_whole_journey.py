"""A month of a village through the three services over HTTP: reported, accepted, with a training and a value practised."""

from datetime import UTC, datetime
from typing import Any

from tests.house import House
from tests.registry.institutions import VILLAGE, People, record


async def profile(house: House, region: str, period: str) -> dict[str, tuple[Any, Any, Any]]:
    """Numerator, denominator and reason of every indicator."""
    answer = await house.client("reporting").get(f"/v1/profiles/{region}", params={"period": period})
    return {
        item["indicator"]: (item["numerator"], item["denominator"], item["reason"]) for item in record(answer)["items"]
    }


async def test_a_village_that_reports_its_month_is_no_longer_silent(house: House) -> None:
    people = People(house)
    operator = house.client("activities", "village-operator", VILLAGE)
    district = house.client("activities", "district-facilitator", VILLAGE[:8])
    house.clock.instant = datetime(2026, 3, 5, 5, tzinfo=UTC)
    await house.caught_up()
    assert (await profile(house, VILLAGE, "2026-02"))["SOL-03"] == (0, 1, "not_reported")
    body = {"village": VILLAGE, "month": "2026-02", "nihil": True}
    told = record(await operator.post("/v1/village-reports", json=body), 201)
    accepted = record(
        await district.post(
            f"/v1/village-reports/{told['id']}/acceptance", headers={"If-Match": f'"{told["sequence"]}"'}
        )
    )
    await house.caught_up()
    asked = {"region": VILLAGE, "period": "2026-Q1", "at_least": f"activities/{told['id']}@{accepted['sequence']}"}
    (item,) = record(await house.client("reporting").get("/v1/completeness", params=asked))["items"]
    assert [item[name] for name in ("villages", "reported", "accepted", "in_time", "coverage")] == [1, 1, 1, 1, 100]
    assert [month["accepted"] for month in item["months"]] == [0, 1, 0]
    found = await profile(house, VILLAGE, "2026-02")
    assert (found["SOL-03"], found["TRH-01"]) == ((0, 1, None), (0, 0, "no_denominator"))

    kube = await people.verified(type="KUBE", name="KUBE Mawar", active_from="2024-01-01")
    value = record(
        await people.operator.post("/v1/cultural-values", json={
            "name": "Rewang", "kind": "tradisi", "description": "Warga membantu yang punya hajat.", "villages": [VILLAGE],
            "observations": [{"state": "dijalankan", "on": "2026-01-10", "evidence": "Foto kegiatan."}],
        }), 201,
    )  # fmt: skip
    await house.caught_up()
    training = {
        "title": "Pelatihan", "kind": "pelatihan", "village": VILLAGE, "lead_institution_id": kube["id"],
        "target_institution_ids": [kube["id"]], "cultural_value_ids": [value["id"]],
        "completion": {"held_from": "2026-03-03", "held_until": "2026-03-03", "attended": {"total": 12}},
    }  # fmt: skip
    record(await operator.post("/v1/activities", json=training), 201)
    await house.caught_up()
    found = await profile(house, VILLAGE, "2026-03")
    assert {code: found[code] for code in ("STR-02", "BUD-01", "TRH-01", "SOL-01")} == {
        "STR-02": (1, 1, None), "BUD-01": (1, 1, None), "TRH-01": (0, 1, None), "SOL-01": (0, 0, "no_denominator"),
    }  # fmt: skip
    query = {"region": VILLAGE, "period": "2026-03"}
    answer = record(await house.client("reporting").get("/v1/indicators/BUD-01/explanation", params=query))
    assert [(each["noun"], each["name"], each["village"]) for each in answer["items"]] == [
        ("cultural-value", "Rewang", VILLAGE)
    ]
