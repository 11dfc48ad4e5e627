"""Reminders: what runs out soon or just did, and that nothing newer follows. The clock stands at 15 March 2026."""

from typing import Any

import httpx
import pytest

from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    VILLAGE_OVER,
    faults,
    patched,
    record,
    take,
)
from tests.registry.members import Members
from tests.registry.networks import Circle
from tests.registry.parts import document, facility

REMINDERS = "/v1/reminders"


@pytest.fixture
def members(registry_api: House) -> Members:
    return Members(registry_api)


async def due(client: httpx.AsyncClient, **filters: Any) -> list[tuple[str, str, str, int]]:
    """Kind, day, what it is and days left of each reminder, in order."""
    found = record(await client.get(REMINDERS, params=filters))["items"]
    return [(r["kind"], r["due_on"], r["what"], r["days_left"]) for r in found]


async def _documents(members: Members, institution: dict[str, Any], *ends: str, **more: Any) -> None:
    for end in ends:
        body = document(institution, valid_until=end, **more)
        record(await members.operator.post("/v1/documents", json=body), 201)


async def test_documents_are_told_from_ninety_days_after_their_end_to_the_days_asked_for(members: Members) -> None:
    institutions = [await members.institution(name=f"Arisan {place}") for place in range(5)]
    ends = ("2025-12-14", "2025-12-15", "2026-03-15", "2026-06-13", "2026-06-14")
    for institution, end in zip(institutions, ends, strict=True):
        await _documents(members, institution, end)
    assert await due(members.operator) == [
        ("document", "2025-12-15", "pengesahan", -90), ("document", "2026-03-15", "pengesahan", 0),
        ("document", "2026-06-13", "pengesahan", 90),
    ]  # fmt: skip
    assert [left for *_, left in await due(members.operator, within=91)] == [-90, 0, 90, 91]
    assert [left for *_, left in await due(members.operator, within=1)] == [-90, 0]
    answer = await members.operator.get(REMINDERS, params={"within": 367})
    assert {place for place, _ in faults(answer, 400, "bad-request")} == {"within"}


async def test_what_was_renewed_or_belongs_to_a_closed_institution_is_not_told(members: Members) -> None:
    renewed, closed, voided = [await members.institution(name=f"Arisan {place}") for place in range(3)]
    await _documents(members, renewed, "2026-04-01", "2027-04-01")
    await _documents(members, closed, "2026-04-01")
    await _documents(members, voided, "2026-04-01")
    assert len(await due(members.operator)) == 2
    closed = record(await members.operator.get(f"/v1/institutions/{closed['id']}"))
    await take(members.operator, closed, "closure", {"on": "2026-03-01", "reason": "Bubar"})
    assert len(await due(members.operator)) == 1
    voided = record(await members.operator.get(f"/v1/institutions/{voided['id']}"))
    await take(members.operator, voided, "voiding", {"reason": "Salah input"})
    assert await due(members.operator) == []


async def test_a_term_is_told_until_somebody_follows_in_a_role_of_one(members: Members) -> None:
    institution = await members.institution()
    people = [await members.person(name=f"Warga {place}") for place in range(3)]
    for person in people:
        await members.joined(person, institution)
    first, second, third = people
    await members.appointed(first, institution, valid_until="2026-03-31")
    await members.appointed(second, institution, role="anggota", valid_until="2026-03-30")
    assert await due(members.operator) == [
        ("officer-term", "2026-03-30", "anggota", 15), ("officer-term", "2026-03-31", "ketua", 16),
    ]  # fmt: skip
    await members.appointed(third, institution, since="2026-04-01")
    await members.appointed(third, institution, role="anggota", since="2026-03-31")
    assert await due(members.operator) == [("officer-term", "2026-03-30", "anggota", 15)], (
        "another anggota renews nothing"
    )
    await members.appointed(second, institution, role="anggota", since="2026-03-31")
    assert await due(members.operator) == []


async def test_a_check_is_due_twelve_months_after_it_the_day_clamped_to_the_month(members: Members) -> None:
    institution = await members.institution()
    item = record(await members.operator.post("/v1/facilities", json=facility(institution)), 201)
    assert await due(members.operator) == [], "what was never checked has no day"
    item = await take(members.operator, item, "checks", {"on": "2025-05-31", "condition": "baik"}, "facilities")
    assert await due(members.operator) == [("facility-check", "2026-05-31", "Tenda", 77)]
    item = await take(members.operator, item, "checks", {"on": "2026-03-01", "condition": "baik"}, "facilities")
    assert await due(members.operator) == []
    members.house.clock.instant = members.house.clock.instant.replace(year=2024, month=2, day=29)
    old = record(await members.operator.post("/v1/facilities", json=facility(institution, name="Kursi")), 201)
    await take(members.operator, old, "checks", {"on": "2024-02-29", "condition": "baik"}, "facilities")
    members.house.clock.instant = members.house.clock.instant.replace(year=2025, month=2, day=1)
    assert await due(members.operator) == [("facility-check", "2025-02-28", "Kursi", 27)]


async def test_a_network_s_newest_legalisation_and_its_terms_are_told_in_its_villages(registry_api: House) -> None:
    circle = Circle(registry_api)
    body = await circle.formed()
    sk = {"number": "141/07", "on": "2025-11-20", "valid_until": "2026-04-30"}
    body = await take(circle.officer, body, "legalisation", sk, "networks")
    terms = record(await circle.operator.get("/v1/network-officers", params={"network": body["id"]}))["items"]
    ketua = next(term for term in terms if term["role"] == "ketua")
    record(await patched(circle.operator, ketua, {"valid_until": "2026-05-31"}, "network-officers"))
    told = [("network-legalisation", "2026-04-30", "141/07", 46), ("network-term", "2026-05-31", "ketua", 77)]
    assert await due(circle.operator) == told
    assert await due(circle.over) == []
    body = await circle.now(body)
    renewal = {"number": "141/09", "on": "2026-03-10", "valid_until": "2028-04-30"}
    await take(circle.officer, body, "legalisation", renewal, "networks")
    assert await due(circle.operator) == told[1:]


async def test_a_partnership_is_told_to_the_area_of_a_party_unless_it_was_ended(members: Members) -> None:
    officer = members.keepers.officer
    institution = await members.institution()
    partner = record(
        await officer.post("/v1/partners", json={"kind": "dunia_usaha", "name": "PT Sinar", "region": REGENCY}), 201
    )
    body = {
        "partner_id": partner["id"], "institution_ids": [institution["id"]], "title": "Bantuan modal",
        "since": "2025-04-01", "valid_until": "2026-03-31",
    }  # fmt: skip
    agreed = record(await officer.post("/v1/partnerships", json=body), 201)
    (reminder,) = record(await members.operator.get(REMINDERS))["items"]
    assert (reminder["kind"], reminder["name"], reminder["what"]) == ("partnership", "PT Sinar", "Bantuan modal")
    await take(officer, agreed, "termination", {"on": "2026-03-01", "reason": "Selesai"}, "partnerships")
    assert await due(members.operator) == []


async def test_one_page_holds_all_kinds_by_day_and_shows_nobody_another_area(members: Members) -> None:
    institution = await members.institution()
    over = members.house.client("registry", "village-operator", VILLAGE_OVER)
    other = record(await over.post("/v1/institutions", json={**_seat(VILLAGE_OVER)}), 201)
    record(await over.post("/v1/documents", json=document(other, valid_until="2026-03-20")), 201)
    await _documents(members, institution, "2026-03-25")
    person = await members.person()
    await members.joined(person, institution)
    await members.appointed(person, institution, valid_until="2026-03-22")
    officer = members.keepers.officer
    assert [day for _, day, *_ in await due(officer)] == ["2026-03-20", "2026-03-22", "2026-03-25"]
    assert [day for _, day, *_ in await due(officer, region=VILLAGE)] == ["2026-03-22", "2026-03-25"]
    assert [day for _, day, *_ in await due(officer, kind="document")] == ["2026-03-20", "2026-03-25"]
    walked, cursor = [], None
    while True:
        page = record(await officer.get(REMINDERS, params={"limit": 1, **({"cursor": cursor} if cursor else {})}))
        walked += [item["due_on"] for item in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert walked == ["2026-03-20", "2026-03-22", "2026-03-25"]
    elsewhere = members.house.client("registry", "regency-officer", ELSEWHERE[:5])
    body = record(await elsewhere.get(REMINDERS, params={"count": True}))
    assert (body["items"], body["count"]) == ([], 0)
    own = members.house.client("registry", "institution-operator", VILLAGE, institution=other["id"])
    assert [day for _, day, *_ in await due(own)] == ["2026-03-20"]


def _seat(village: str) -> dict[str, Any]:
    return {
        "type": "ARS", "name": "Arisan Seberang", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
        "village": village, "active_from": "2020-02-01",
    }  # fmt: skip


async def test_of_many_that_run_out_on_one_day_each_stands_on_one_page_though_some_are_renewed_meanwhile(
    members: Members,
) -> None:
    institution = await members.institution()
    await members.house.execute(
        "registry",
        "INSERT INTO institution SELECT (json_populate_record(i, json_build_object('id', gen_random_uuid()))).*"
        " FROM institution i, generate_series(2, 2000)",
    )
    await _documents(members, institution, "2026-04-01")
    await members.house.execute(
        "registry",
        "INSERT INTO document SELECT (json_populate_record(d, json_build_object('id', gen_random_uuid(),"
        " 'institution_id', i.id))).* FROM document d, institution i WHERE i.id <> d.institution_id",
    )
    every = {row["id"] for row in await members.house.fetch("registry", "SELECT id::text FROM document")}
    assert len(every) == 2000
    officer = members.house.client("registry", "ministry", "ID")
    seen: list[str] = []
    page: dict[str, Any] = {"limit": 50}
    gone = ""
    while True:
        body = record(await officer.get(REMINDERS, params=page))
        seen += [item["id"] for item in body["items"]]
        if body["next"] is None:
            break
        if not gone:  # the last of the page that the cursor names, and one that is still to come
            gone = max(every - set(seen))
            await members.house.execute(
                "registry", f"UPDATE document SET voided = true WHERE id IN ('{seen[-1]}', '{gone}')"
            )
        page["cursor"] = body["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == every - {gone}
