"""What registry keeps about institutions and networks, from recording it over HTTP to the numbers and their reasons."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.codes import FacilityClass
from tests.house import House
from tests.registry.institutions import VILLAGE, People, record, step, take
from tests.registry.members import Members
from tests.registry.networks import Circle
from tests.registry.parts import assessment, document, facility

LAST = "2026-03-31"


@pytest.fixture
def people(house: House) -> People:
    return People(house)


async def ratios(house: House, period: str, *indicators: str) -> dict[str, tuple[int, int]]:
    """Numerators and denominators of the village."""
    profile = record(await house.client("reporting").get(f"/v1/profiles/{VILLAGE}", params={"period": period}))
    told = {item["indicator"]: (item["numerator"], item["denominator"]) for item in profile["items"]}
    return {code: told[code] for code in indicators}


async def whys(house: House, indicator: str, period: str, **asked: str) -> list[str]:
    """The English reasons of a number's records in the village."""
    query = {"region": VILLAGE, "period": period, **asked}
    answer = await house.client("reporting").get(f"/v1/indicators/{indicator}/explanation", params=query)
    return [item["why"]["en"] for item in record(answer)["items"]]


async def complete(house: House, people: People) -> dict[str, Any]:
    """A verified KUBE with papers and officers until the end of March 2026, and usable facilities."""
    kube = await people.verified(type="KUBE", name="KUBE Mawar")
    for kind in ("pengesahan", "aturan_tertulis", "buku_kas"):
        body = document(kube, kind=kind, valid_until=LAST if kind == "pengesahan" else None)
        record(await people.operator.post("/v1/documents", json=body), 201)
    members = Members(house)
    for role in ("ketua", "sekretaris"):
        person = await members.person()
        await members.joined(person, kube)
        await members.appointed(person, kube, role=role, valid_until=LAST)
    for kind in FacilityClass:
        item = record(await people.operator.post("/v1/facilities", json=facility(kube, facility_class=kind)), 201)
        await take(people.operator, item, "checks", {"on": "2025-04-20", "condition": "rusak_ringan"}, "facilities")
    record(await people.facilitator.post("/v1/assessments", json=assessment(kube, on="2024-04-10")), 201)
    return kube


async def test_papers_officers_facilities_and_stage_become_numbers_that_expire_by_themselves(
    house: House, people: People
) -> None:
    await complete(house, people)
    await Circle(house).active()
    await people.verified(name="Arisan Melati")
    await house.caught_up()
    asked = ("LEM-02", "LEM-03", "LEM-04", "SAR-01", "KSB-02")
    assert await ratios(house, "2026-03", *asked) == {
        "LEM-02": (1, 1), "LEM-03": (4, 8), "LEM-04": (1, 1), "SAR-01": (1, 2), "KSB-02": (2, 2),
    }  # fmt: skip
    assert await whys(house, "LEM-04", "2026-03") == ["berkembang by the assessment of 2024-04-10"]
    assert await whys(house, "SAR-01", "2026-03") == ["usable: Tenda (tempat), Tenda (alat), Tenda (administrasi)"]
    covering = "covered by «WKSBM Cileunyi»: active, legalised, ketua and sekretaris in office"
    assert await whys(house, "LEM-02", "2026-03") == [covering]

    for service in ("registry", "activities", "reporting"):
        await house.stop_worker(service)
    house.clock.instant = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert await ratios(house, "2026-04", *asked) == {
        "LEM-02": (1, 1), "LEM-03": (2, 8), "LEM-04": (0, 0), "SAR-01": (0, 2), "KSB-02": (2, 2),
    }  # fmt: skip
    assert await whys(house, "LEM-03", "2026-04") == [
        "2 of 4 items; has: written rules, cash book or member book; lacks: ketua and sekretaris in office, "
        "legalisation (ended 2026-04-01)"
    ]
    assert await whys(house, "LEM-04", "2026-04", records="excluded", type="KUBE") == [
        "the last assessment, of 2024-04-10, is 24 months old"
    ]
    assert await ratios(house, "2027-12", "LEM-02") == {"LEM-02": (1, 1)}
    assert await ratios(house, "2028-01", "LEM-02") == {"LEM-02": (0, 1)}, "the network's decree has run out"


async def test_merged_institutions_survive_in_the_last_of_a_chain_and_count_once(house: House, people: People) -> None:
    first, second, third = [await people.verified(name=f"Arisan {n}") for n in ("Satu", "Dua", "Tiga")]
    for one, other, on in ((first, second, "2025-10-05"), (second, third, "2026-02-03")):
        now = record(await people.officer.get(f"/v1/institutions/{one['id']}"))
        record(
            await step(people.officer, now, "merger", {"successor_id": other["id"], "on": on, "reason": "Musyawarah"})
        )
    await house.caught_up()
    answer = await house.client("reporting").get(
        "/v1/indicators/KSB-02/values", params={"region": VILLAGE, "period": "2025-09..2026-03"}
    )
    told = [(item["numerator"], item["denominator"]) for item in record(answer)["items"]]
    assert told == [(3, 3)] * 7
    assert (await ratios(house, "2026-03", "LEM-01"))["LEM-01"][0] == 1
    assert await whys(house, "KSB-02", "2026-03") == [
        "active on 2025-03-31 and on 2026-03-31; 2 active on 2025-03-31 merged into it and going on in it on 2026-03-31"
    ]
