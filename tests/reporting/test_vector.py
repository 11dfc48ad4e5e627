"""The handbook's test vector (`domain.md` §5.4), as far as the indicators reach, from registering to reading over HTTP.

Institutions I1 (arisan), I2 (KUBE) and I3 (sinoman, closed in mid-quarter) of one village; activities a1 to a4 of a quarter.
"""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import REGENCY, VILLAGE, People, take

EXPECTED: dict[str, tuple[int, int, float | None]] = {
    "PRT-02": (27, 32, 84.38), "SOL-01": (400_000, 1_000_000, 40.0), "TRH-01": (1, 3, 33.33), "SOL-03": (1, 1, 1.0), "LEM-01": (2, 1, 2.0), "TRH-02": (2, 3, 66.67),
    "TPD-01": (1, 3, 33.33), "KSB-01": (0, 2, 0.0), "STR-01": (0, 1, 0.0),
}  # fmt: skip
"""Numerator, denominator and value for the village and the first quarter of 2026. The last two are not in the handbook's
vector: of two institutions active throughout none was busy in each quarter, and nobody raised awareness."""


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


class Village:
    """The village's operator at work in activities."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.operator = house.client("activities", "village-operator", VILLAGE)

    def on(self, day: str) -> None:
        """Sets every clock to noon UTC of a day."""
        self.house.clock.instant = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)

    async def recorded(self, lead: dict[str, Any], title: str, kind: str, **more: Any) -> dict[str, Any]:
        """A new activity."""
        body = {"title": title, "kind": kind, "village": VILLAGE, "lead_institution_id": lead["id"], **more}
        return dict(ok(await self.operator.post("/v1/activities", json=body), 201))

    async def given(self, activity: dict[str, Any], source: str, value: int) -> None:
        """A contribution of money to an activity."""
        body = {"activity_id": activity["id"], "source": source, "form": "tunai", "value": value,
                "received_on": "2026-02-10"}  # fmt: skip
        ok(await self.operator.post("/v1/resources", json=body), 201)

    async def then(self, activity: dict[str, Any], step: str, **body: Any) -> dict[str, Any]:
        """The activity after a step."""
        match = {"If-Match": f'"{activity["sequence"]}"'}
        return dict(ok(await self.operator.post(f"/v1/activities/{activity['id']}/{step}", json=body, headers=match)))


def plan(day: str) -> dict[str, str]:
    return {"planned_from": day, "planned_until": day}


def held(day: str, **counts: int) -> dict[str, Any]:
    return {"held_from": day, "held_until": day, **{name: {"total": total} for name, total in counts.items()}}


async def test_the_handbooks_test_vector_comes_out_to_the_digit(house: House) -> None:
    village, people = Village(house), People(house)
    village.on("2026-01-05")
    i1 = await people.verified(name="Arisan Melati", type="ARS", active_from="2024-01-01")
    i2 = await people.verified(name="KUBE Mawar", type="KUBE", active_from="2024-01-01")
    i3 = await people.verified(name="Sinoman Muda", type="SNM", active_from="2024-01-01")
    await house.caught_up()
    a1 = await village.recorded(
        i1, "Gotong royong", "gotong_royong", plan=plan("2026-01-20"), objective="Saluran bersih",
        target_group={"members": True},
    )  # fmt: skip
    a3 = await village.recorded(i1, "Arisan", "musyawarah", plan=plan("2026-02-20"))
    a4 = await village.recorded(
        i3, "Sinoman", "layanan_kematian", plan=plan("2026-02-01"), objective="Upacara berjalan baik"
    )
    village.on("2026-02-15")
    await village.then(a1, "completion", **held("2026-01-20", invited=20, attended=15))
    await village.then(a4, "completion", **held("2026-02-01", invited=12, attended=12))
    a2 = await village.recorded(
        i2, "Bantuan", "bantuan_uang", partners=["Dinsos"], completion=held("2026-02-10", attended=6)
    )
    await village.then(a3, "cancellation", reason="Hujan lebat")
    await village.given(a1, "iuran", 300_000)
    await village.given(a2, "donasi_warga", 100_000)
    await village.given(a2, "apbd", 600_000)
    closed = await take(people.officer, i3, "closure", {"on": "2026-02-15", "reason": "Bubar"})
    assert closed["operation"] == "tutup"
    await house.caught_up()

    for region in (VILLAGE, REGENCY, "ID"):
        profile = ok(await house.client("reporting").get(f"/v1/profiles/{region}", params={"period": "2026-Q1"}))
        found = {item["indicator"]: item for item in profile["items"]}
        for indicator, (numerator, denominator, value) in EXPECTED.items():
            item = found[indicator]
            assert item["numerator"] == numerator, (region, indicator)
            assert item["status"] == "running"
            if region == VILLAGE:
                assert (item["denominator"], item["value"]) == (denominator, value), indicator
    village.on("2026-04-01")
    profile = ok(await house.client("reporting").get(f"/v1/profiles/{VILLAGE}", params={"period": "2026-Q1"}))
    assert {item["status"] for item in profile["items"]} == {"provisional"}
