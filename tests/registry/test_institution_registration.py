"""Registering an institution: what is stored, told and answered, and what is refused with nothing stored."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.clock import SettableClock
from shared.events import registry as contract
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    VILLAGE,
    VILLAGE_NEXT,
    People,
    as_answered,
    events,
    faults,
    problem,
    record,
    registration,
    stored,
)

ADDRESS = "/v1/institutions"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_a_registered_draft_is_answered_whole_with_its_address_version_and_position(people: People) -> None:
    answer = await people.operator.post(ADDRESS, json=registration())
    body = record(answer, 201)
    assert answer.headers["Location"] == f"{ADDRESS}/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert body["verification"] == "draf"
    assert body["operation"] == "aktif"
    assert (body["village"], body["village_name"]) == (VILLAGE, "Cileunyi Kulon")
    assert body["active"] == [{"since": "2020-02-01", "until": None}]
    assert body["members"] == {"female": 20, "male": 4, "unknown": 0}
    assert body["seats"] == [{"village": VILLAGE, "village_id": body["village_id"], "since": None, "until": None}]
    read = await people.operator.get(answer.headers["Location"])
    assert read.headers["ETag"] == '"1"'
    assert as_answered(read) == body


async def test_the_event_of_a_registration_holds_the_public_state_and_nothing_of_the_actor(people: People) -> None:
    body = await people.registered(local_name="Jimpitan")
    (event,) = await events(people.house, body["id"])
    state = contract.Institution.model_validate_json(event["data"])
    assert event["type"] == "registry.institution.registered.v1"
    assert event["sequence"] == 1
    assert event["actor"] == f"village-operator@{VILLAGE}"
    assert [str(region) for region in event["region_ids"]] == [body["village_id"]]
    assert json.loads(state.model_dump_json()) == json.loads(event["data"])
    assert (state.name, state.local_name, state.verification) == ("Arisan Melati", "Jimpitan", "draf")
    assert state.seats == [contract.Seat(village_id=UUID(body["village_id"]))]
    assert "operator" not in event["data"]


async def test_the_events_of_a_whole_life_agree_with_the_published_schema(people: People) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = contract.Institution.model_json_schema(mode="serialization")
    body = await people.verified(founded_on="2019-12-01")
    for event in await events(people.house, body["id"]):
        jsonschema.validate(json.loads(event["data"]), schema)


async def test_both_spellings_of_a_village_name_the_same_village(people: People) -> None:
    assert (await people.registered(village=VILLAGE.replace(".", "")))["village"] == VILLAGE


async def test_work_begins_on_the_day_of_founding_unless_said_otherwise(people: People) -> None:
    assert (await people.registered(active_from=..., founded_on="2018-05-01"))["active_from"] == "2018-05-01"
    assert (await people.registered(active_from="2019-01-01", founded_on="2018-05-01"))["active_from"] == "2019-01-01"


async def test_names_are_kept_on_one_line_with_single_blanks(people: People) -> None:
    assert (await people.registered(name="  Arisan\n Melati   RW 03 "))["name"] == "Arisan Melati RW 03"


async def test_an_id_made_offline_is_kept_and_taken_only_once(people: People) -> None:
    id_ = "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"
    assert (await people.registered(id=id_))["id"] == id_
    before = await stored(people.house)
    problem(await people.operator.post(ADDRESS, json=registration(id=id_, name="Lain")), 409, "id-taken")
    assert await stored(people.house) == before


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"village": "32.04.05.2999"}, ("/village", "region-unknown")),
    ({"village": DISTRICT}, ("/village", "region-wrong-level")),
    ({"village": "3204050001"}, ("/village", "region-code-malformed")),
    ({"village": ELSEWHERE}, ("/village", "outside-your-area")),
    ({"village": VILLAGE_NEXT}, ("/village", "outside-your-area")),
    ({"type": "NBL"}, ("/type", "enum")),
    ({"type": "PRS"}, ("/local_name", "local-name-required")),
    ({"name": "   "}, ("/name", "string-too-short")),
    ({"name": "x" * 201}, ("/name", "string-too-long")),
    ({"name": "Arisan\u0000Melati"}, ("/name", "control-character")),
    ({"name": 5}, ("/name", "string-type")),
    ({"name": ...}, ("/name", "missing")),
    ({"active_from": ...}, ("/active_from", "start-unknown")),
    ({"active_from": "2026-03-16"}, ("/active_from", "in-the-future")),
    ({"active_from": "2026-02-30"}, ("/active_from", "date-from-datetime-parsing")),
    ({"active_from": "2020-02-01T00:00:00Z"}, ("/active_from", "date-malformed")),
    ({"active_from": 86400}, ("/active_from", "date-malformed")),
    ({"founded_on": "2021-01-01"}, ("/active_from", "active-before-founded")),
    ({"founded_on": "0026-03-01"}, ("/founded_on", "greater-than-equal")),
    ({"founded_on": "2026-04-01", "active_from": ...}, ("/founded_on", "in-the-future")),
    ({"members": {"female": -1}}, ("/members/female", "greater-than-equal")),
    ({"members": {"female": "3"}}, ("/members/female", "int-type")),
    ({"members": {"female": True}}, ("/members/female", "int-type")),
    ({"members": {"woman": 3}}, ("/members/woman", "extra-forbidden")),
    ({"members": [3]}, ("/members", "model-attributes-type")),
    ({"verification": "terverifikasi"}, ("/verification", "extra-forbidden")),
    ({"id": "satu"}, ("/id", "uuid-parsing")),
]


async def test_what_is_wrong_is_named_and_nothing_is_stored(people: People) -> None:
    for changes, fault in WRONG:
        answer = await people.operator.post(ADDRESS, json=registration(**changes))
        assert fault in faults(answer), changes
    assert await stored(people.house) == (0, 0, 0)


async def test_a_body_that_is_no_object_is_refused(people: People) -> None:
    for body in (b"{", b"[]", b'"x"', b"null", b"", b'{"name": "\xff"}', b'{"name": "\\ud800"}'):
        answer = await people.operator.post(ADDRESS, content=body, headers={"Content-Type": "application/json"})
        problem(answer, 422, "invalid-payload")
    assert await stored(people.house) == (0, 0, 0)


async def test_a_body_over_one_mebibyte_is_counted_not_believed(people: People) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(17):
            yield b"x" * 65536
        yield b'"}'

    answer = await people.operator.post(ADDRESS, content=chunks(), headers={"Content-Type": "application/json"})
    problem(answer, 413, "body-too-large")
    assert await stored(people.house) == (0, 0, 0)


async def test_the_day_is_that_of_the_village(registry_api: House, clock: SettableClock) -> None:
    clock.instant = datetime(2026, 3, 14, 15, 30, tzinfo=UTC)  # 15 March in Papua, still 14 March on Java
    ministry = {"active_from": "2026-03-15"}
    papua = registry_api.client("registry", "village-operator", "94.01")
    java = registry_api.client("registry", "village-operator", VILLAGE)
    (village,) = await registry_api.fetch(
        "registry", "SELECT code FROM region WHERE code LIKE '94.01.01.%' ORDER BY code LIMIT 1"
    )
    record(await papua.post(ADDRESS, json=registration(village=village["code"], **ministry)), 201)
    assert faults(await java.post(ADDRESS, json=registration(**ministry))) == {("/active_from", "in-the-future")}


async def test_problems_speak_indonesian_and_english_when_asked(people: People) -> None:
    wrong = registration(type="PRS")
    answer = await people.operator.post(ADDRESS, json=wrong)
    assert answer.headers["Content-Language"] == "id"
    assert answer.json()["errors"][0]["message"] == "Pranata sosial lainnya (PRS) wajib memiliki nama lokal."
    answer = await people.operator.post(ADDRESS, json=wrong, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.headers["Content-Language"] == "en"
    assert answer.json()["errors"][0]["message"] == "Type PRS needs its local name."


async def test_only_roles_that_register_may(registry_api: House) -> None:
    for role in ("public", "ministry", "province-officer"):
        client = registry_api.client("registry", role, "ID")
        problem(await client.post(ADDRESS, json=registration()), 403, "forbidden")
    assert await stored(registry_api) == (0, 0, 0)


async def test_an_institutions_operator_registers_no_other_institution(registry_api: House) -> None:
    client = registry_api.client("registry", "institution-operator", VILLAGE)
    problem(await client.post(ADDRESS, json=registration()), 403, "own-record-only")
    assert await stored(registry_api) == (0, 0, 0)
