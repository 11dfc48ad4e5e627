"""Reading institutions: filters, search, order, pages, and that nothing outside the caller's area shows anywhere."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import SettableClock
from tests.house import House, until
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    faults,
    problem,
    record,
    registration,
    take,
)

ADDRESS = "/v1/institutions"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def _names(client: Any, query: str = "") -> list[str]:
    return [item["name"] for item in record(await client.get(f"{ADDRESS}?{query}"))["items"]]


async def test_a_list_is_filtered_by_area_type_state_and_change(people: People, clock: SettableClock) -> None:
    for name, village in (("Anggrek", VILLAGE), ("Bakung", VILLAGE_NEXT), ("Cempaka", VILLAGE_OVER)):
        record(await people.officer.post(ADDRESS, json=registration(name=name, village=village)), 201)
    clock.instant = datetime(2026, 3, 16, tzinfo=UTC)
    kube = await people.verified(name="Dahlia", type="KUBE")
    await take(people.officer, kube, "dormancy", {"since": "2026-01-01", "reason": "Sepi"})
    await take(people.operator, await people.registered(name="Eceng"), "voiding", {"reason": "Salah input"})
    officer = people.officer
    assert await _names(officer) == ["Anggrek", "Bakung", "Cempaka", "Dahlia"]
    assert await _names(officer, f"region={DISTRICT}") == ["Anggrek", "Bakung", "Dahlia"]
    assert await _names(officer, f"region={VILLAGE_NEXT.replace('.', '')}") == ["Bakung"]
    assert await _names(officer, "region=ID&sort=-name") == ["Dahlia", "Cempaka", "Bakung", "Anggrek"]
    assert await _names(officer, "region=31.71") == []
    assert await _names(officer, "type=KUBE") == ["Dahlia"]
    assert await _names(officer, "verification=terverifikasi") == ["Dahlia"]
    assert await _names(officer, "operation=vakum") == ["Dahlia"]
    assert await _names(officer, "changed_since=2026-03-15T23:00:00Z") == ["Dahlia"]
    assert await _names(officer, "voided=true") == ["Eceng"]
    assert record(await officer.get(f"{ADDRESS}?limit=1&count=true"))["count"] == 4
    assert record(await officer.get(f"{ADDRESS}?limit=1"))["count"] is None


async def test_a_list_is_filtered_by_activity_ppks_kind_and_funding(people: People) -> None:
    iuran, apbdes = {"source": "iuran", "yearly_amount": 2400000}, {"source": "apbdes"}
    for name, field, kinds, funding in (
        ("Anggrek", "pangan", ["LUT", "FM"], [iuran, apbdes]),
        ("Bakung", "ekonomi", ["FM"], [apbdes]),
        ("Cempaka", "pangan", [], []),
    ):
        await people.registered(name=name, activity_fields=[field], ppks_kinds=kinds, funding_sources=funding)
    for query, names in (
        ("activity_field=pangan", ["Anggrek", "Cempaka"]),
        ("ppks_kind=FM", ["Anggrek", "Bakung"]),
        ("funding_source=apbdes", ["Anggrek", "Bakung"]),
        ("funding_source=iuran", ["Anggrek"]),
        ("activity_field=pangan&ppks_kind=FM&funding_source=apbdes", ["Anggrek"]),
        ("activity_field=ekonomi&ppks_kind=LUT", []),
    ):
        assert await _names(people.operator, query) == names, query
    refused = await people.operator.get(f"{ADDRESS}?ppks_kind=iuran")
    assert faults(refused, 400, "bad-request") == {("ppks_kind", "enum")}


async def test_a_name_is_found_in_any_spelling(people: People) -> None:
    await people.registered(name="Sinoman Karya Muda", local_name="Jimpitan Ngremboko")
    await people.registered(name="Lumbung Désa 100% Rukun")
    assert await _names(people.operator, "q=sinomn karya") == ["Sinoman Karya Muda"]
    assert await _names(people.operator, "q=NGREMBOKO") == ["Sinoman Karya Muda"]
    assert await _names(people.operator, "q=lumbung desa") == ["Lumbung Désa 100% Rukun"]
    assert await _names(people.operator, "q=koperasi") == []
    assert await _names(people.operator, "q=a_y") == []


async def test_pages_over_equal_names_neither_repeat_nor_lose_a_record(people: People) -> None:
    ids = {(await people.registered(name="Arisan Melati"))["id"] for _ in range(7)}
    for sort in ("name", "-name", "changed_at", "-changed_at", "id"):
        seen: list[str] = []
        address: str | None = f"{ADDRESS}?limit=3&sort={sort}&q=melati"
        while address:
            answer = await people.operator.get(address)
            seen += [item["id"] for item in record(answer)["items"]]
            address = answer.links["next"]["url"] if "next" in answer.links else None
        assert len(seen) == 7
        assert set(seen) == ids


async def test_wrong_parameters_are_named(people: People) -> None:
    await people.registered()
    await people.registered()
    first = record(await people.operator.get(f"{ADDRESS}?limit=1"))
    for query, slug, fault in (
        ("region=99", "region-unknown", ("region", "region-unknown")),
        ("region=desa", "not-a-region-code", ("region", "not-a-region-code")),
        ("type=NBL", "bad-request", ("type", "enum")),
        ("sort=village", "bad-request", ("sort", "enum")),
        ("limit=201", "bad-request", ("limit", "less-than-equal")),
        ("changed_since=2026-03-15T00:00:00", "bad-request", ("changed_since", "timezone-aware")),
        ("q=%00%00", "nothing-to-search", ("q", "nothing-to-search")),
        ("q=..", "nothing-to-search", ("q", "nothing-to-search")),
        ("kind=ARS", "unknown-parameter", ("kind", "unknown-parameter")),
        (f"sort=id&cursor={first['next']}", "cursor-not-of-this-list", ("cursor", "cursor-not-of-this-list")),
    ):
        assert fault in faults(await people.operator.get(f"{ADDRESS}?{query}"), 400, slug), query
    problem(await people.operator.get(f"{ADDRESS}/satu"), 400, "bad-request")
    problem(await people.operator.get(f"{ADDRESS}/0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"), 404, "not-found")


async def test_nothing_of_another_area_shows_in_lists_counts_search_records_or_history(people: People) -> None:
    body = await people.verified(name="Arisan Rahasia")
    request = await people.proposed(body, name="Arisan Rahasia Baru")
    house = people.house
    strangers = [
        house.client("registry", "village-operator", VILLAGE_NEXT),
        house.client("registry", "district-facilitator", "32.04.06"),
        house.client("registry", "regency-officer", "31.71"),
        house.client("registry", "institution-operator", VILLAGE),
    ]
    for stranger in strangers:
        for query in ("count=true", "count=true&q=rahasia", f"count=true&region={REGENCY}"):
            listed = record(await stranger.get(f"{ADDRESS}?{query}"))
            assert (listed["items"], listed["next"], listed["count"]) == ([], None, 0)
        listed = record(await stranger.get("/v1/change-requests?count=true"))
        assert (listed["items"], listed["count"]) == ([], 0)
        for address in (
            f"{ADDRESS}/{body['id']}",
            f"{ADDRESS}/{body['id']}/history",
            f"/v1/change-requests/{request['id']}",
        ):
            problem(await stranger.get(address), 404, "not-found")
    for role, area in (("district-facilitator", DISTRICT), ("province-officer", "32"), ("ministry", "ID")):
        parent = house.client("registry", role, area)
        assert record(await parent.get(f"{ADDRESS}?count=true"))["count"] == 1
    problem(await house.client("registry", "public").get(ADDRESS), 403, "forbidden")


async def test_the_feed_shows_a_village_its_own_institutions_only(registry: House) -> None:
    people = People(registry)
    body = await people.registered()
    elsewhere = registry.client("registry", "village-operator", ELSEWHERE)
    record(await elsewhere.post(ADDRESS, json=registration(village=ELSEWHERE)), 201)
    await registry.caught_up()

    async def subjects(client: Any) -> list[str]:
        feed = record(await client.get("/v1/events?type=registry.institution.v1"))
        return [item["subject"] for item in feed["items"]]

    assert await until(lambda: subjects(people.operator), "the feed shows the registration") == [body["id"]]
    assert len(await subjects(registry.client("registry", "ministry"))) == 2


async def test_a_list_can_be_read_while_records_are_written(people: People) -> None:
    await asyncio.gather(*(people.registered(name=f"Arisan {number}") for number in range(12)))
    assert len(await _names(people.operator, "limit=200")) == 12
