"""Partners: of any region, seen from below it and from above; a person's name is told to few and published never."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.clock import SettableClock
from shared.events import registry as contract
from tests.house import House, until
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REASON,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    People,
    events,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)

ADDRESS = "/v1/partners"
PARTNERS = "partners"
PERSON = "Haji Rahasia Dermawan"
CONTACT = {"name": "Ibu Wati Rahasia", "phone": "0812-0000-1234", "email": "wati@contoh.example"}


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


def partner(**changes: Any) -> dict[str, Any]:
    body = {"kind": "dunia_usaha", "name": "PT Sinar Cileunyi", "region": VILLAGE} | changes
    return {name: value for name, value in body.items() if value is not ...}


async def _registered(client: Any, **changes: Any) -> dict[str, Any]:
    return record(await client.post(ADDRESS, json=partner(**changes)), 201)


async def _names(client: Any, query: str = "") -> list[str | None]:
    return [item["name"] for item in record(await client.get(f"{ADDRESS}?{query}"))["items"]]


async def test_a_partner_lives_from_registration_to_voiding_one_event_a_step(people: People) -> None:
    answer = await people.officer.post(ADDRESS, json=partner(region="3204", contact=CONTACT))
    body = record(answer, 201)
    assert answer.headers["Location"] == f"{ADDRESS}/{body['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert (body["region"], body["region_name"], body["voided"]) == (REGENCY, "Kabupaten Bandung", False)
    assert body["contact"] == {**CONTACT, "phone": "+6281200001234", "address": None}
    read = await people.officer.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, '"1"')
    same = record(await patched(people.officer, body, {"kind": "dunia_usaha"}, PARTNERS))
    assert same["sequence"] == 1
    moved = record(await patched(people.officer, body, {"region": VILLAGE, "contact": {"phone": None}}, PARTNERS))
    assert (moved["region"], moved["sequence"], moved["contact"]["phone"]) == (VILLAGE, 2, None)
    assert moved["contact"]["name"] == CONTACT["name"]
    problem(await patched(people.officer, body, {"name": "Lain"}, PARTNERS), 412, "stale-etag")
    voided = await take(people.operator, moved, "voiding", REASON, PARTNERS)
    assert voided["voided"] is True
    problem(await patched(people.operator, voided, {"name": "Lain"}, PARTNERS), 409, "record-not-changeable")
    problem(await step(people.operator, voided, "voiding", REASON, PARTNERS), 409, "record-not-changeable")
    told = await events(people.house, body["id"])
    assert [e["type"].split(".")[2] for e in told] == ["registered", "changed", "voided"]
    assert {str(id) for id in told[1]["region_ids"]} == {body["region_id"], moved["region_id"]}
    for event in told:
        assert not any(secret in event["data"] for secret in CONTACT.values())
    state = contract.Partner.model_validate_json(told[0]["data"])
    assert json.loads(state.model_dump_json()) == json.loads(told[0]["data"])
    history: Any = record(await people.officer.get(f"{ADDRESS}/{body['id']}/history"))
    assert [(entry["by"], entry["reason"]) for entry in history][2] == (f"village-operator@{VILLAGE}", REASON["reason"])
    assert await _names(people.officer) == []
    assert await _names(people.officer, "voided=true") == ["PT Sinar Cileunyi"]


async def test_a_person_is_named_to_those_who_may_read_people_and_nowhere_else(people: People) -> None:
    body = await _registered(people.officer, kind="perorangan", name=PERSON, region=REGENCY, contact=CONTACT)
    assert body["name"] == PERSON
    await _registered(people.officer, name="Yayasan Rahasia", kind="badan_lembaga")
    address = f"{ADDRESS}/{body['id']}"
    assert record(await people.operator.get(address))["name"] == PERSON
    for reader in (people.province, people.house.client("registry", "ministry")):
        shown = record(await reader.get(address))
        assert (shown["name"], shown["contact"], shown["kind"]) == (None, None, "perorangan")
        assert await _names(reader) == [None, "Yayasan Rahasia"]
    # Neither a search nor a cursor, which both stand in addresses that are logged, leads to the name.
    assert await _names(people.officer, "q=rahasia") == ["Yayasan Rahasia"]
    first = record(await people.officer.get(f"{ADDRESS}?limit=1"))
    assert [item["name"] for item in first["items"]] == [PERSON]
    following = record(await people.officer.get(f"{ADDRESS}?limit=1&cursor={first['next']}"))
    assert [item["name"] for item in following["items"]] == ["Yayasan Rahasia"]
    renamed = record(await patched(people.officer, body, {"name": f"{PERSON} Muda"}, PARTNERS))
    record(await patched(people.officer, renamed, {"contact": None}, PARTNERS))
    rows = await people.house.fetch(
        "registry",
        "SELECT (SELECT json_agg(o) FROM outbox o)::text || (SELECT json_agg(a) FROM audit_entry a)::text AS all",
    )
    written = rows[0]["all"]
    assert "Yayasan Rahasia" in written
    for secret in (PERSON, *CONTACT.values()):
        assert secret not in written
    history = json.dumps(record(await people.officer.get(f"{address}/history")))
    assert PERSON not in history
    corrected = record(await patched(people.officer, renamed | {"sequence": 3}, {"kind": "lks", "name": "LKS Dermawan"}, PARTNERS))  # fmt: skip
    assert (corrected["name"], record(await people.province.get(address))["name"]) == ("LKS Dermawan", "LKS Dermawan")


async def test_a_partner_is_seen_from_its_region_from_above_and_from_below(people: People) -> None:
    house = people.house
    ministry = house.client("registry", "ministry")
    kept = {
        "nation": await _registered(ministry, name="Kementerian", kind="instansi", region="id"),
        "province": await _registered(people.province, name="Dinas Provinsi", kind="pemda", region="32"),
        "regency": await _registered(people.officer, name="Dinas Kabupaten", kind="pemda", region=REGENCY),
        "village": await _registered(people.operator, name="Toko Desa"),
    }
    next_door = house.client("registry", "village-operator", VILLAGE_NEXT)
    capital = house.client("registry", "village-operator", ELSEWHERE)
    for reader, seen in (
        (ministry, {"nation", "province", "regency", "village"}),
        (people.province, {"nation", "province", "regency", "village"}),
        (people.officer, {"nation", "province", "regency", "village"}),
        (people.facilitator, {"nation", "province", "regency", "village"}),
        (people.operator, {"nation", "province", "regency", "village"}),
        (next_door, {"nation", "province", "regency"}),
        (capital, {"nation"}),
    ):
        assert record(await reader.get(f"{ADDRESS}?count=true"))["count"] == len(seen)
        for where, body in kept.items():
            for address in (f"{ADDRESS}/{body['id']}", f"{ADDRESS}/{body['id']}/history"):
                assert (await reader.get(address)).status_code == (200 if where in seen else 404), (where, address)
            if where not in seen:
                problem(await patched(reader, body, {"name": "Lain"}, PARTNERS), 404, "not-found")
                problem(await step(reader, body, "voiding", REASON, PARTNERS), 404, "not-found")
    assert await _names(people.operator, f"region={DISTRICT}") == ["Toko Desa"]
    problem(await patched(people.operator, kept["regency"], {"name": "Lain"}, PARTNERS), 403, "partner-of-wider-area")
    problem(await step(people.operator, kept["nation"], "voiding", REASON, PARTNERS), 403, "partner-of-wider-area")
    assert record(await people.officer.get(f"{ADDRESS}/{kept['regency']['id']}"))["sequence"] == 1
    told = {where: (await events(house, body["id"]))[0]["region_ids"] for where, body in kept.items()}
    assert told["nation"] is None, "what belongs to the nation is told to everybody"
    assert [str(id) for id in told["regency"]] == [kept["regency"]["region_id"]]


async def test_an_institutions_operator_sees_its_own_partners_only_and_keeps_none(people: People) -> None:
    institution = await people.registered()
    other = await people.registered(name="Arisan Lain")
    ours = await _registered(people.operator, name="Mitra Kami")
    await _registered(people.operator, name="Mitra Lain")
    for party, mate in ((institution, ours), (other, await _registered(people.officer, name="Mitra Sebelah"))):
        agreement = {"partner_id": mate["id"], "institution_ids": [party["id"]], "title": "MoU", "since": "2026-01-01"}
        record(await people.operator.post("/v1/partnerships", json=agreement), 201)
    own = people.house.client("registry", "institution-operator", VILLAGE, institution=institution["id"])
    assert await _names(own) == ["Mitra Kami"]
    problem(await own.post(ADDRESS, json=partner()), 403, "forbidden")
    problem(await patched(own, ours, {"name": "Lain"}, PARTNERS), 403, "forbidden")
    assert await _names(people.house.client("registry", "institution-operator", VILLAGE)) == []
    problem(await people.house.client("registry", "public").get(ADDRESS), 403, "forbidden")


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"region": "32.04.05.2999"}, ("/region", "region-unknown")),
    ({"region": "3204050001"}, ("/region", "region-code-malformed")),
    ({"region": REGENCY}, ("/region", "outside-your-area")),
    ({"region": ELSEWHERE}, ("/region", "outside-your-area")),
    ({"region": ...}, ("/region", "missing")),
    ({"kind": "mitra"}, ("/kind", "enum")),
    ({"name": "  "}, ("/name", "string-too-short")),
    ({"name": "PT\u0000"}, ("/name", "control-character")),
    ({"contact": {"phone": "hubungi saya"}}, ("/contact/phone", "phone-malformed")),
    ({"contact": {"email": "wati"}}, ("/contact/email", "email-malformed")),
    ({"contact": {"nik": "1"}}, ("/contact/nik", "extra-forbidden")),
    ({"voided": True}, ("/voided", "extra-forbidden")),
]


async def test_bad_input_is_named_and_leaves_nothing(people: People) -> None:
    for changes, fault in WRONG:
        assert faults(await people.operator.post(ADDRESS, json=partner(**changes))) == {fault}, changes
    body = await _registered(people.operator, id="0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f")
    problem(await people.operator.post(ADDRESS, json=partner(id=body["id"], name="Lain")), 409, "id-taken")
    for patch, fault in (
        ({"name": None}, ("/name", "missing")),
        ({"region": REGENCY}, ("/region", "outside-your-area")),
        ({"kind": None}, ("/kind", "missing")),
    ):
        assert faults(await patched(people.operator, body, patch, PARTNERS)) == {fault}, patch
    for query, slug, parameter in (
        ("region=99", "region-unknown", "region"),
        ("kind=mitra", "bad-request", "kind"),
        ("q=..", "nothing-to-search", "q"),
        ("type=lks", "unknown-parameter", "type"),
    ):
        assert {name for name, _ in faults(await people.operator.get(f"{ADDRESS}?{query}"), 400, slug)} == {parameter}
    rows = await people.house.fetch(
        "registry",
        "SELECT (SELECT count(*) FROM partner) || '/' || (SELECT count(*) FROM outbox"
        " WHERE topic = 'registry.partner.v1') AS kept",
    )
    assert rows[0]["kept"] == "1/1"


async def test_partners_are_listed_by_kind_name_and_change(people: People, clock: SettableClock) -> None:
    await _registered(people.officer, name="Bank Sampah Melati", kind="badan_lembaga")
    await _registered(people.officer, name="Universitas Cileunyi", kind="perguruan_tinggi", region=REGENCY)
    clock.instant = datetime(2026, 3, 16, tzinfo=UTC)
    await _registered(people.officer, name="Apotek Sehat")
    assert await _names(people.officer) == ["Apotek Sehat", "Bank Sampah Melati", "Universitas Cileunyi"]
    assert await _names(people.officer, "sort=-name&limit=1") == ["Universitas Cileunyi"]
    assert await _names(people.officer, "kind=perguruan_tinggi") == ["Universitas Cileunyi"]
    assert await _names(people.officer, "q=univrsitas") == ["Universitas Cileunyi"]
    assert await _names(people.officer, "changed_since=2026-03-15T23:00:00Z") == ["Apotek Sehat"]
    pages: list[str | None] = []
    address: str | None = f"{ADDRESS}?limit=2&sort=-changed_at"
    while address:
        answer = await people.officer.get(address)
        pages += [item["name"] for item in record(answer)["items"]]
        address = answer.links["next"]["url"] if "next" in answer.links else None
    assert len(pages) == len(set(pages)) == 3


async def test_the_feed_tells_a_partner_to_those_who_see_it(registry: House) -> None:
    people = People(registry)
    kept = [
        await _registered(registry.client("registry", "ministry"), kind="instansi", region="ID"),
        await _registered(people.officer, region=REGENCY),
        await _registered(people.operator),
    ]
    await registry.caught_up()

    async def told(client: Any) -> list[str]:
        feed = record(await client.get("/v1/events?type=registry.partner.v1"))
        return [item["subject"] for item in feed["items"]]

    ids = [body["id"] for body in kept]
    assert await until(lambda: told(people.operator), "the feed shows partners") == ids
    assert await told(registry.client("registry", "village-operator", VILLAGE_NEXT)) == ids[:2]
    assert await told(registry.client("registry", "village-operator", ELSEWHERE)) == ids[:1]
    assert await told(registry.client("registry", "integration", REGENCY)) == ids
