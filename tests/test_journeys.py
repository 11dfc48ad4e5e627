"""The main job, end to end over real HTTP, Kafka and PostgreSQL: register, verify, act, report."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.house import House, until

VILLAGE, DISTRICT, REGENCY = "32.04.05.2001", "32.04.05", "32.04"
INDICATORS = ("LEM-01", "PRT-02", "SOL-03", "TPD-01", "TRH-02", "KSB-01", "STR-01")


def ok(response: httpx.Response, status: int = 200) -> Any:
    """The answer's body; the body is the message when the status is another."""
    assert response.status_code == status, response.text
    return response.json()


async def verified_institution(house: House, name: str, kind: str) -> tuple[str, str]:
    """Registers, submits, reviews and verifies; gives the id and the position of the last write."""
    operator = house.client("registry", "village-operator", VILLAGE, sub="operator")
    facilitator = house.client("registry", "district-facilitator", DISTRICT, sub="tksk")
    officer = house.client("registry", "regency-officer", REGENCY, sub="dinsos")
    body = {
        "type": kind, "name": name, "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
        "village": VILLAGE, "active_from": "2020-01-01", "members": {"female": 12, "male": 8},
    }  # fmt: skip
    registered = await operator.post("/v1/institutions", json=body)
    record = ok(registered, 201)
    etag = registered.headers["ETag"]
    steps = ((operator, "submission"), (facilitator, "review"), (officer, "verification"))
    position = ""
    for client, step in steps:
        answer = await client.post(f"/v1/institutions/{record['id']}/{step}", json={}, headers={"If-Match": etag})
        ok(answer)
        etag, position = answer.headers["ETag"], answer.headers["Wahana-Position"]
    return record["id"], position


async def values(house: House, region: str, period: str, at_least: str) -> dict[str, Any]:
    """Numerator, denominator and value of every indicator."""
    ministry = house.client("reporting", "ministry", "ID")
    found = {}
    for code in INDICATORS:
        answer = await ministry.get(
            f"/v1/indicators/{code}/values", params={"region": region, "period": period, "at_least": at_least}
        )
        (value,) = ok(answer)["items"]
        found[code] = (value["numerator"], value["denominator"], value["value"])
    return found


async def test_two_institutions_act_together_and_every_level_shows_it(house: House) -> None:
    arisan, first = await verified_institution(house, "Arisan Mawar", "ARS")
    kube, second = await verified_institution(house, "KUBE Melati", "KUBE")
    before = await values(house, VILLAGE, "2026-03", f"{first},{second}")
    assert before["LEM-01"] == (2, 1, 2.0)
    assert before["SOL-03"][0] == 0

    operator = house.client("activities", "village-operator", VILLAGE, sub="operator")
    body = {
        "title": "Gotong royong saluran air", "kind": "gotong_royong", "objective": "Saluran lancar",
        "target_group": {"members": True}, "village": VILLAGE, "lead_institution_id": arisan,
        "co_organiser_ids": [kube], "plan": {"planned_from": "2026-03-20", "planned_until": "2026-03-20"},
    }  # fmt: skip
    answer = await operator.post(
        "/v1/activities", json=body, headers={"Wahana-At-Least": f"{first},{second}", "Idempotency-Key": "journey"}
    )
    activity = ok(answer, 201)
    house.clock.instant = datetime(2026, 3, 21, 3, tzinfo=UTC)
    completion = {
        "held_from": "2026-03-20", "held_until": "2026-03-20", "invited": {"total": 40},
        "attended": {"total": 30, "by_sex": {"female": 18, "male": 12}},
    }  # fmt: skip
    done = await operator.post(
        f"/v1/activities/{activity['id']}/completion", json=completion, headers={"If-Match": answer.headers["ETag"]}
    )
    ok(done)
    for region, villages in ((VILLAGE, 1), (DISTRICT, None), (REGENCY, None), ("ID", None)):
        after = await values(house, region, "2026-03", done.headers["Wahana-Position"])
        assert after["LEM-01"][0] == 2
        assert after["PRT-02"] == (30, 40, 75.0)
        assert after["SOL-03"][0] == 1
        assert after["TPD-01"] == (1, 1, 100.0)
        assert after["TRH-02"] == (1, 1, 100.0)
        assert after["KSB-01"][:2] == (0, 2)
        assert villages is None or after["SOL-03"][1] == villages


async def test_what_no_number_comes_from_does_not_age_the_numbers(house: House) -> None:
    operator = house.client("registry", "village-operator", VILLAGE)
    person = {"name": "Warga Contoh", "nik_absence": "tidak_dicatat", "sex": "P", "birth_year": 1990,
              "birth_year_source": "pengakuan", "village": VILLAGE}  # fmt: skip
    ok(await operator.post("/v1/people", json=person), 201)
    await house.caught_up()
    ((stored,),) = await house.fetch("registry", "SELECT clock_timestamp()")
    ministry = house.client("reporting", "ministry", "ID")

    async def contains_that_moment() -> bool:
        told = ok(await ministry.get("/v1/indicators/LEM-01/values", params={"region": VILLAGE, "period": "2026-03"}))
        return told["as_of"] is not None and datetime.fromisoformat(told["as_of"]) >= stored

    await until(contains_that_moment, "the numbers are of a moment after a person was registered")
