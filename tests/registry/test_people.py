"""People: registered once per NIK in sight, masked in every answer, seen only where they live, are kept or belong."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from shared.clock import SettableClock
from tests import personal
from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)
from tests.registry.people import ADDRESS, WHY, Keepers, looked_up, registration

SITI = personal.PEOPLE[0]


@pytest.fixture
def keepers(registry_api: House) -> Keepers:
    return Keepers(registry_api)


async def _events(house: House, id: str) -> list[Any]:
    return await house.fetch("registry", "SELECT * FROM outbox WHERE subject_id = $1 ORDER BY id", id)


async def test_a_person_is_registered_masked_and_told_without_what_identifies_them(keepers: Keepers) -> None:
    answer = await keepers.operator.post(
        ADDRESS, json=registration(consents=[{"purpose": "pendataan", "given_on": "2026-01-10"}])
    )
    body = record(answer, 201)
    assert answer.headers["Location"] == f"{ADDRESS}/{body['id']}"
    assert (answer.headers["ETag"], body["sequence"]) == ('"1"', 1)
    assert body["nik"] == f"{SITI.nik[:6]}**********"
    assert body["phone"] == f"***********{SITI.phone[-3:]}"
    assert (body["name"], body["birth_year"], body["birth_date_known"]) == (SITI.name, SITI.birth_date.year, True)
    assert (body["village"], body["kept_in"], body["warnings"]) == (VILLAGE, VILLAGE, [])
    for part in (SITI.nik[6:], SITI.phone[3:10], SITI.birth_date.isoformat()):
        assert part not in answer.text
    assert await keepers.read(body) == body
    (event,) = await _events(keepers.house, body["id"])
    assert event["type"] == "registry.person.registered.v1"
    (row,) = await keepers.house.fetch("registry", "SELECT * FROM person")
    for text in (str(dict(event)), row["nik"], row["nik_index"], row["phone"]):
        assert not personal.found_in(text)
    assert body["id"][14] == "4"


async def test_the_numbers_are_shown_to_who_may_see_them_and_each_time_it_is_written_down(keepers: Keepers) -> None:
    body = await keepers.registered()
    address = f"{ADDRESS}/{body['id']}/disclosure"
    reader = keepers.house.client("registry", "integration", VILLAGE)
    problem(await reader.post(address, json=WHY), 403, "forbidden")
    assert faults(await keepers.operator.post(address, json={})) == {("/reason", "missing")}
    problem(await keepers.next.post(address, json=WHY), 404, "not-found")
    for _ in range(2):
        answer = await keepers.operator.post(address, json=WHY, headers={"Idempotency-Key": "sekali"})
        assert answer.headers["Cache-Control"] == "no-store"
        assert record(answer) == {
            "id": body["id"], "nik": SITI.nik, "phone": SITI.phone, "birth_date": SITI.birth_date.isoformat(),
        }  # fmt: skip
    seen = await keepers.house.fetch("registry", "SELECT * FROM audit_entry WHERE action = 'seen'")
    assert [(entry["record_id"], entry["disclosed"], entry["reason"]) for entry in seen] == [
        (body["id"], ["birth_date", "nik", "phone"], WHY["reason"])
    ] * 2
    assert not personal.found_in(str([dict(entry) for entry in seen]))
    assert not await keepers.house.fetch("registry", "SELECT FROM idempotency_key")


async def test_one_nik_is_one_person_in_sight_and_may_be_another_record_out_of_sight(keepers: Keepers) -> None:
    body = await keepers.registered()
    for client in (keepers.operator, keepers.facilitator):
        again = problem(await client.post(ADDRESS, json=registration(name="Lain")), 409, "person-already-registered")
        assert again["person_id"] == body["id"]
    other = await keepers.registered(by=keepers.next, village=VILLAGE_NEXT)
    assert await looked_up(keepers.next, nik=SITI.nik) == [other["id"]]
    assert set(await looked_up(keepers.officer, nik=SITI.nik)) == {body["id"], other["id"]}
    without = await keepers.registered(1, nik=..., nik_absence="belum_punya")
    problem(await patched(keepers.operator, without, {"nik": SITI.nik}, "people"), 409, "person-already-registered")
    void = await take(keepers.operator, body, "voiding", WHY, "people")
    assert void["voided"]
    record(await patched(keepers.operator, without, {"nik": SITI.nik}, "people"))


async def test_twenty_registrations_of_one_nik_at_once_make_one_person(keepers: Keepers) -> None:
    clients = [keepers.operator, keepers.facilitator]
    answers = await asyncio.gather(*(clients[n % 2].post(ADDRESS, json=registration()) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    (created,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert {answer.json()["person_id"] for answer in answers if answer.status_code == 409} == {created}
    assert len(await keepers.house.fetch("registry", "SELECT FROM person")) == 1


async def test_people_are_found_by_number_or_name_in_the_body_and_never_in_the_address(keepers: Keepers) -> None:
    body = await keepers.registered()
    await keepers.registered(1)
    dotted = " ".join((SITI.nik[:6], SITI.nik[6:12], SITI.nik[12:]))
    assert await looked_up(keepers.operator, nik=dotted) == [body["id"]]
    for name in ("xqzwarga00", SITI.name.upper(), "sitti xqzwarga00"):
        assert (await looked_up(keepers.operator, name=name))[0] == body["id"]
    assert await looked_up(keepers.operator, nik=personal.PEOPLE[9].nik) == []
    for stranger in (keepers.next, keepers.house.client("registry", "village-operator", ELSEWHERE)):
        assert await looked_up(stranger, nik=SITI.nik) == []
        assert await looked_up(stranger, name=SITI.name) == []
    lookup = "/v1/person-lookups"
    assert faults(await keepers.operator.post(lookup, json={})) == {("", "one-of")}
    assert faults(await keepers.operator.post(lookup, json={"nik": "12"})) == {("/nik", "nik-malformed")}
    assert faults(await keepers.operator.post(lookup, json={"name": ".."})) == {("/name", "nothing-to-search")}
    for query in (f"q={SITI.name}", f"nik={SITI.nik}", "sort=name"):
        assert (await keepers.operator.get(f"{ADDRESS}?{query}")).status_code == 400


async def test_a_person_is_seen_where_they_live_and_where_they_are_kept_and_nowhere_else(keepers: Keepers) -> None:
    here = await keepers.registered()
    guest = await keepers.registered(1, village=VILLAGE_OVER)
    nowhere = await keepers.registered(2, village=...)
    assert [one["kept_in"] for one in (here, guest, nowhere)] == [VILLAGE] * 3
    assert nowhere["village"] is None

    async def listed(client: httpx.AsyncClient, query: str = "") -> set[str]:
        answer = record(await client.get(f"{ADDRESS}?count=true&{query}"))
        assert answer["count"] == len(answer["items"])
        return {item["id"] for item in answer["items"]}

    everybody = {one["id"] for one in (here, guest, nowhere)}
    assert await listed(keepers.operator) == await listed(keepers.officer) == everybody
    assert await listed(keepers.over) == {guest["id"]}
    assert await listed(keepers.officer, "region=32.04.06") == {guest["id"]}
    assert await listed(keepers.officer, "sex=L") == {guest["id"]}
    for stranger in (keepers.next, keepers.house.client("registry", "regency-officer", "31.71")):
        assert await listed(stranger) == set()
        for address in (f"{ADDRESS}/{here['id']}", f"{ADDRESS}/{here['id']}/history"):
            problem(await stranger.get(address), 404, "not-found")
        problem(await patched(stranger, here, {"name": "Lain"}, "people"), 404, "not-found")
        problem(await step(stranger, here, "voiding", WHY, "people"), 404, "not-found")
    for role in ("province-officer", "ministry", "public"):
        client = keepers.house.client("registry", role, "ID")
        problem(await client.get(ADDRESS), 403, "forbidden")


async def test_who_keeps_a_record_must_be_said_when_it_does_not_follow(keepers: Keepers) -> None:
    officer = keepers.officer
    outside = registration(village=ELSEWHERE)
    assert faults(await officer.post(ADDRESS, json=outside)) == {("/kept_in", "keeper-unknown")}
    assert faults(await officer.post(ADDRESS, json=outside | {"kept_in": ELSEWHERE})) == {
        ("/kept_in", "outside-your-area")
    }
    body = record(await officer.post(ADDRESS, json=outside | {"kept_in": VILLAGE_OVER}), 201)
    assert (body["village"], body["kept_in"]) == (ELSEWHERE, VILLAGE_OVER)
    moved = record(await patched(keepers.over, body, {"village": VILLAGE}, "people"))
    (last, *_) = reversed(await _events(keepers.house, body["id"]))
    assert len(last["region_ids"]) == 3  # the village left, the one moved to, and the one that keeps the record
    given = record(await patched(officer, moved, {"kept_in": VILLAGE}, "people"))
    problem(await keepers.over.get(f"{ADDRESS}/{body['id']}"), 404, "not-found")
    assert given["sequence"] == 3


async def test_an_operator_of_an_institution_sees_those_it_keeps_and_its_members(keepers: Keepers) -> None:
    institution = await People(keepers.house).registered()
    own = keepers.house.client("registry", "institution-operator", VILLAGE, institution=institution["id"])
    mine = await keepers.registered(by=own, village=VILLAGE_OVER)
    assert (mine["kept_in"], mine["kept_by_institution"]) == (VILLAGE, institution["id"])
    other = await keepers.registered(1)
    assert await looked_up(own, name="xqzwarga") == [mine["id"]]
    problem(await own.get(f"{ADDRESS}/{other['id']}"), 404, "not-found")
    problem(await own.post(f"{ADDRESS}/{mine['id']}/disclosure", json=WHY), 403, "forbidden")
    assert await keepers.read(mine)
    record(await patched(own, mine, {"village": VILLAGE}, "people"))
    lost = keepers.house.client("registry", "institution-operator", VILLAGE, institution=mine["id"])
    problem(await lost.post(ADDRESS, json=registration(2)), 403, "own-institution-unknown")


async def test_a_member_from_elsewhere_is_seen_where_the_institution_is(keepers: Keepers) -> None:
    institution = await People(keepers.house).registered()
    own = keepers.house.client("registry", "institution-operator", VILLAGE, institution=institution["id"])
    member, officer = (
        await keepers.registered(0, by=keepers.over, village=VILLAGE_OVER),
        await keepers.registered(1, by=keepers.over, village=VILLAGE_OVER),
    )
    for client in (keepers.operator, own):
        assert await looked_up(client, name="xqzwarga") == []
    joined = {"person_id": member["id"], "institution_id": institution["id"], "joined_on": "2021-03-01"}
    record(await keepers.officer.post("/v1/memberships", json=joined), 201)
    term = {"person_id": officer["id"], "institution_id": institution["id"], "role": "pembina", "since": "2022-01-01"}
    record(await keepers.officer.post("/v1/officers", json=term), 201)
    for client in (keepers.operator, keepers.facilitator, own):
        assert set(await looked_up(client, name="xqzwarga")) == {member["id"], officer["id"]}
        assert (await keepers.read(member, client))["name"] == personal.PEOPLE[0].name
        listed = record(await client.get(f"{ADDRESS}?count=true"))
        assert listed["count"] == 2
    assert await looked_up(keepers.next, name="xqzwarga") == []


async def test_who_sees_a_person_as_a_member_alone_changes_nothing_of_their_record(keepers: Keepers) -> None:
    institution = await People(keepers.house).registered()
    own = keepers.house.client("registry", "institution-operator", VILLAGE, institution=institution["id"])
    member = await keepers.registered(by=keepers.over, village=VILLAGE_OVER)
    here = await keepers.registered(1)
    joined = {"person_id": member["id"], "institution_id": institution["id"], "joined_on": "2021-03-01"}
    joined = record(await keepers.officer.post("/v1/memberships", json=joined), 201)
    link = WHY | {"of": here["id"]}
    for client in (own, keepers.operator, keepers.facilitator):
        assert await keepers.read(member, client)
        answers = [await patched(client, member, {"phone": None}, "people")]
        answers += [await step(client, member, name, WHY, "people") for name in ("voiding", "separation")]
        if client is not own:
            answers.append(await step(client, member, "duplicate-link", link, "people"))
        for answer in answers:
            assert VILLAGE_OVER in problem(answer, 403, "person-kept-elsewhere")["detail"]
    problem(await step(keepers.facilitator, member, "erasure", WHY, "people"), 403, "person-kept-elsewhere")
    assert await keepers.read(member, keepers.over) == member
    record(await patched(keepers.over, member, {"phone": None}, "people"))


async def test_a_change_is_told_once_and_what_changes_nothing_is_not_told(
    keepers: Keepers, clock: SettableClock
) -> None:
    body = await keepers.registered()
    clock.instant = datetime(2026, 3, 16, tzinfo=UTC)
    same = record(
        await patched(keepers.operator, body, {"nik": SITI.nik, "phone": SITI.phone, "village": VILLAGE}, "people")
    )
    assert same == body
    changed = record(await patched(keepers.operator, body, {"name": "Siti Xqzwarga00 Aminah", "phone": None}, "people"))
    assert (changed["sequence"], changed["phone"], changed["nik"]) == (2, None, body["nik"])
    problem(await patched(keepers.operator, body, {"name": "Lain"}, "people"), 412, "stale-etag")
    year = record(
        await patched(keepers.operator, changed, {"birth_year": 1960, "birth_year_source": "perkiraan"}, "people")
    )
    assert (year["birth_date_known"], year["birth_year"], year["birth_year_source"]) == (False, 1960, "perkiraan")
    none = record(await patched(keepers.operator, year, {"nik_absence": "menolak"}, "people"))
    assert (none["nik"], none["nik_absence"]) == (None, "menolak")
    assert await looked_up(keepers.operator, nik=SITI.nik) == []
    again = record(await patched(keepers.operator, none, {"nik": SITI.nik}, "people"))
    assert (again["nik"], again["nik_absence"]) == (body["nik"], None)
    history = (await keepers.operator.get(f"{ADDRESS}/{body['id']}/history")).json()
    assert [entry["type"].split(".")[2] for entry in history] == ["registered"] + ["changed"] * 4
    assert not personal.found_in(str(history))
    entries = await keepers.house.fetch(
        "registry", "SELECT * FROM audit_entry WHERE record_id = $1 ORDER BY id", body["id"]
    )
    assert [entry["action"] for entry in entries] == ["registered"] + ["changed"] * 4
    assert not personal.found_in(str([dict(entry) for entry in entries]))
    (row,) = await keepers.house.fetch("registry", "SELECT nik, nik_index FROM person")
    assert row["nik"].split(":")[1] not in str([dict(entry) for entry in entries])


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"nik": ...}, ("/nik_absence", "nik-absence-required")),
    ({"nik_absence": "menolak"}, ("/nik_absence", "nik-and-absence")),
    ({"nik": "0"}, ("/nik", "nik-placeholder")),
    ({"nik": "-"}, ("/nik", "nik-placeholder")),
    ({"nik": ""}, ("/nik", "nik-placeholder")),
    ({"nik": "0000000000000000"}, ("/nik", "nik-placeholder")),
    ({"nik": 3204004512870001}, ("/nik", "string-type")),
    ({"nik": "320400451287000"}, ("/nik", "nik-malformed")),
    ({"sex": "X"}, ("/sex", "enum")),
    ({"birth_date": "2026-03-16"}, ("/birth_date", "in-the-future")),
    ({"birth_date": "1849-01-01"}, ("/birth_date", "birth-too-early")),
    ({"birth_year": 1980}, ("/birth_year", "birth-date-and-year")),
    ({"birth_date": ..., "birth_year": 1980}, ("/birth_year_source", "birth-year-source-required")),
    ({"birth_date": ..., "birth_year": 2027, "birth_year_source": "dokumen"}, ("/birth_year", "in-the-future")),
    ({"village": "32.04.05.2999"}, ("/village", "region-unknown")),
    ({"village": "32.04.05"}, ("/village", "region-wrong-level")),
    ({"kept_in": VILLAGE_NEXT}, ("/kept_in", "outside-your-area")),
    ({"phone": "12"}, ("/phone", "phone-malformed")),
    ({"id": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"}, ("/id", "id-not-random")),
    ({"alamat": "Jl. Melati"}, ("/alamat", "extra-forbidden")),
    (
        {"consents": [{"purpose": "pendataan", "given_on": "2026-02-01", "withdrawn_on": "2026-01-31"}]},
        ("/consents/0/withdrawn_on", "withdrawn-before-given"),
    ),
    ({"consents": [{"purpose": "pendataan", "given_on": "2026-03-16"}]}, ("/consents/0/given_on", "in-the-future")),
]


async def test_what_cannot_be_is_refused_by_field_and_nothing_is_stored(keepers: Keepers) -> None:
    for changes, fault in WRONG:
        answer = await keepers.operator.post(ADDRESS, json=registration(**changes))
        assert faults(answer) == {fault}, changes
        assert SITI.nik not in answer.text
    assert not await keepers.house.fetch("registry", "SELECT FROM person")
    assert not await keepers.house.fetch("registry", "SELECT FROM outbox WHERE topic = 'registry.person.v1'")


async def test_a_nik_that_tells_another_sex_or_birth_is_a_warning(keepers: Keepers) -> None:
    odd = await keepers.registered(sex="L", birth_date="1999-09-09")
    assert {(one["pointer"], one["code"]) for one in odd["warnings"]} == {
        ("/sex", "nik-tells-another-sex"), ("/birth_date", "nik-tells-another-birth"),
    }  # fmt: skip
    english = await keepers.operator.get(f"{ADDRESS}/{odd['id']}", headers={"Accept-Language": "en"})
    assert english.json()["warnings"][0]["message"].startswith("The NIK tells another sex")
    fitting = {"sex": SITI.sex, "birth_date": SITI.birth_date.isoformat()}
    assert record(await patched(keepers.operator, odd, fitting, "people"))["warnings"] == []


async def test_a_taken_id_is_told_and_an_offline_id_is_kept(keepers: Keepers) -> None:
    id = "7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"
    assert (await keepers.registered(id=id))["id"] == id
    problem(await keepers.operator.post(ADDRESS, json=registration(1, id=id)), 409, "id-taken")


async def test_the_area_of_a_regency_lists_by_page_without_names_in_the_cursor(keepers: Keepers) -> None:
    ids = {(await keepers.registered(place))["id"] for place in range(5)}
    seen: list[str] = []
    address: str | None = f"{ADDRESS}?limit=2&region={REGENCY}"
    while address:
        answer = await keepers.officer.get(address)
        seen += [item["id"] for item in record(answer)["items"]]
        address = answer.links["next"]["url"] if "next" in answer.links else None
    assert (len(seen), set(seen)) == (5, ids)
