"""Local cultural values: where they are practised, by whom, and how they were observed to live on."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.registry.cultural_values import observations
from services.registry.cultural_values.models import Observation
from shared.clock import SettableClock
from shared.codes import ValueState
from shared.events import registry as contract
from tests.house import House
from tests.registry.institutions import (
    DISTRICT,
    ELSEWHERE,
    REASON,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    events,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)

ADDRESS = "/v1/cultural-values"
VALUES = "cultural-values"
EVIDENCE = "Foto rahasia di balai desa"
NOBODY = "0195a7c4-8a51-7c3e-9d53-000000000000"
WIT = "94.01.01.1001"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


def seen(state: str, on: str) -> dict[str, Any]:
    return {"state": state, "on": on, "evidence": EVIDENCE}


def value(**changes: Any) -> dict[str, Any]:
    body = {
        "kind": "tradisi", "name": "Sambatan", "villages": [VILLAGE], "observations": [seen("dijalankan", "2020-01-01")],
        "description": "Membangun rumah tetangga tanpa upah.",
    } | changes  # fmt: skip
    return {name: item for name, item in body.items() if item is not ...}


async def _registered(client: Any, **changes: Any) -> dict[str, Any]:
    return record(await client.post(ADDRESS, json=value(**changes)), 201)


async def _observed(client: Any, body: dict[str, Any], state: str, on: str, **more: Any) -> dict[str, Any]:
    return record(await step(client, body, "observations", seen(state, on) | more, VALUES), 201)


async def _names(client: Any, query: str = "") -> list[str]:
    return [item["name"] for item in record(await client.get(f"{ADDRESS}?{query}"))["items"]]


async def test_a_value_lives_from_registration_through_loss_to_revival(people: People) -> None:
    institution = await people.registered()
    answer = await people.facilitator.post(
        ADDRESS,
        json=value(villages=[VILLAGE_NEXT, VILLAGE.replace(".", ""), VILLAGE], institution_ids=[institution["id"]]),
    )
    body = record(answer, 201)
    assert answer.headers["Location"] == f"{ADDRESS}/{body['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert [place["village"] for place in body["villages"]] == [VILLAGE, VILLAGE_NEXT]
    assert body["villages"][0]["village_name"] == "Cileunyi Kulon"
    assert (body["state"], body["state_since"]) == ("dijalankan", "2020-01-01")
    read = await people.facilitator.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, '"1"')
    body = await _observed(people.facilitator, body, "hilang", "2023-05-01")
    body = await _observed(people.facilitator, body, "dihidupkan_kembali", "2025-05-01")
    body = await _observed(people.facilitator, body, "memudar", "2022-05-01")
    assert [(o["on"], o["state"]) for o in body["observations"]] == [
        ("2020-01-01", "dijalankan"), ("2022-05-01", "memudar"), ("2023-05-01", "hilang"),
        ("2025-05-01", "dihidupkan_kembali"),
    ]  # fmt: skip
    assert (body["state"], body["state_since"], body["sequence"]) == ("dihidupkan_kembali", "2025-05-01", 4)
    assert body["observations"][1]["recorded_by"] == f"district-facilitator@{DISTRICT}"
    changed = record(await patched(people.facilitator, body, {"villages": [VILLAGE], "local_name": "Gugur gunung"}, VALUES))  # fmt: skip
    assert [place["village"] for place in changed["villages"]] == [VILLAGE]
    assert record(await patched(people.facilitator, changed, {"name": "Sambatan"}, VALUES))["sequence"] == 5
    problem(await patched(people.facilitator, body, {"name": "Lain"}, VALUES), 412, "stale-etag")
    voided = await take(people.operator, changed, "voiding", REASON, VALUES)
    for refused in (
        await patched(people.operator, voided, {"name": "Lain"}, VALUES),
        await step(people.operator, voided, "observations", seen("hilang", "2026-01-01"), VALUES),
    ):
        problem(refused, 409, "record-not-changeable")
    told = await events(people.house, body["id"])
    verbs = ["registered", "state_observed", "state_observed", "state_observed", "changed", "voided"]
    assert [e["type"].split(".")[2] for e in told] == verbs
    states = [contract.CulturalValue.model_validate_json(e["data"]) for e in told]
    assert [(str(s.since), s.state) for s in states[3].states] == [
        (o["on"], o["state"]) for o in body["observations"]
    ]  # fmt: skip
    both = {place["village_id"] for place in body["villages"]}
    assert {str(id) for id in states[0].village_ids} == both
    assert {str(id) for id in told[4]["region_ids"]} == both, "the village it left is told too"
    assert {str(id) for id in told[5]["region_ids"]} == {body["villages"][0]["village_id"]}
    assert not any(secret in e["data"] for e in told for secret in ("rahasia", "tetangga", "facilitator"))
    places = await people.house.fetch(
        "registry",
        "SELECT action, actor, before, after FROM audit_entry WHERE record_type = 'practice_place' ORDER BY id",
    )
    assert [row["action"] for row in places] == ["added", "added", "removed"]
    assert VILLAGE_NEXT in places[2]["before"]


async def test_an_observation_that_was_wrong_is_voided_or_replaced_and_stays_readable(people: People) -> None:
    operator = people.operator
    body = await _registered(operator)
    first = body["observations"][0]["id"]

    async def void(record_: dict[str, Any], observation: str) -> Any:
        return await step(operator, record_, f"observations/{observation}/voiding", REASON, VALUES)

    problem(await void(body, first), 409, "last-observation")
    problem(await void(body, NOBODY), 404, "not-found")
    body = await _observed(operator, body, "memudar", "2020-01-01", replaces=first)
    assert [(o["state"], o["voided"]) for o in body["observations"]] == [("dijalankan", True), ("memudar", False)]
    assert body["observations"][0]["replaced_by"] == body["observations"][1]["id"]
    fading = body["observations"][1]["id"]
    body = await _observed(operator, body, "dihidupkan_kembali", "2021-01-01")
    revival = body["observations"][2]["id"]
    body = await _observed(operator, body, "dijalankan", "2019-01-01")
    assert "2021-01-01" in problem(await void(body, fading), 409, "observation-needed")["detail"]
    body = record(await void(body, revival))
    body = record(await void(body, fading))
    assert (body["state"], body["state_since"]) == ("dijalankan", "2019-01-01")
    problem(await void(body, fading), 409, "record-not-changeable")
    assert [o["voiding_reason"] for o in body["observations"] if o["voided"]] == [None, REASON["reason"], REASON["reason"]]  # fmt: skip
    told = [e["type"].split(".")[2] for e in await events(people.house, body["id"])]
    assert told == ["registered", *(["state_corrected"] + 2 * ["state_observed"]), *2 * ["state_corrected"]]
    history: Any = record(await operator.get(f"{ADDRESS}/{body['id']}/history"))
    assert history[-1]["reason"] == REASON["reason"]


async def test_days_and_states_of_observations_that_do_not_fit_are_named(people: People, clock: SettableClock) -> None:
    operator = people.operator
    body = await _registered(operator)
    for wrong, fault in (
        (seen("memudar", "2020-01-01"), ("/on", "observed-on-that-day")),
        (seen("memudar", "2026-03-16"), ("/on", "in-the-future")),
        (seen("dihidupkan_kembali", "2021-01-01"), ("/state", "revived-without-loss")),
        (seen("dihidupkan_kembali", "2019-01-01"), ("/state", "revived-without-loss")),
        (seen("mati", "2021-01-01"), ("/state", "enum")),
        (seen("hilang", "2021-01-01") | {"evidence": " "}, ("/evidence", "string-too-short")),
        (seen("hilang", "2021-01-01") | {"replaces": NOBODY}, ("/replaces", "observation-unknown")),
    ):
        assert faults(await step(operator, body, "observations", wrong, VALUES)) == {fault}, wrong
    unconditional = await operator.post(f"{ADDRESS}/{body['id']}/observations", json=seen("hilang", "2021-01-01"))
    problem(unconditional, 428, "etag-required")
    body = await _observed(operator, body, "hilang", "2021-01-01")
    body = await _observed(operator, body, "dihidupkan_kembali", "2023-01-01")
    between = await step(operator, body, "observations", seen("dijalankan", "2022-01-01"), VALUES)
    assert faults(between) == {("/state", "revived-without-loss")}
    assert record(await operator.get(f"{ADDRESS}/{body['id']}"))["sequence"] == 3
    # 16:00 UTC on 15 March is past midnight in Papua, and there alone.
    clock.instant = datetime(2026, 3, 15, 16, tzinfo=UTC)
    today = [seen("dijalankan", "2026-03-16")]
    papua = people.house.client("registry", "village-operator", WIT)
    record(await papua.post(ADDRESS, json=value(villages=[WIT], observations=today)), 201)
    assert faults(await operator.post(ADDRESS, json=value(observations=today))) == {
        ("/observations/0/on", "in-the-future")
    }


async def test_a_registration_is_checked_as_a_whole_and_leaves_nothing(people: People) -> None:
    stranger = people.house.client("registry", "village-operator", ELSEWHERE)
    away = record(await stranger.post("/v1/institutions", json=_institution(ELSEWHERE)), 201)["id"]
    wrong: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
        ({"villages": []}, {("/villages", "too-short")}),
        ({"observations": []}, {("/observations", "too-short")}),
        ({"kind": "budaya"}, {("/kind", "enum")}),
        ({"name": "\u0000"}, {("/name", "control-character")}),
        ({"villages": [VILLAGE, VILLAGE_NEXT, "32.04.05.2999", DISTRICT], "institution_ids": [away, NOBODY],
          "observations": [seen("dijalankan", "2020-01-01"), seen("hilang", "2020-01-01"),
                           seen("dihidupkan_kembali", "2019-01-01")]},
         {("/villages/1", "outside-your-area"), ("/villages/2", "region-unknown"),
          ("/villages/3", "region-wrong-level"), ("/institution_ids/0", "institution-unknown"),
          ("/institution_ids/1", "institution-unknown"), ("/observations/1/on", "observed-on-that-day"),
          ("/observations/2/state", "revived-without-loss")}),
    ]  # fmt: skip
    for changes, expected in wrong:
        assert faults(await people.operator.post(ADDRESS, json=value(**changes))) == expected, changes
    body = await _registered(people.operator, observations=[seen("dihidupkan_kembali", "2021-01-01"), seen("hilang", "2020-01-01")])  # fmt: skip
    problem(await people.operator.post(ADDRESS, json=value(id=body["id"])), 409, "id-taken")
    for patch, fault in (
        ({"villages": None}, ("/villages", "missing")),
        ({"villages": [VILLAGE_OVER]}, ("/villages/0", "outside-your-area")),
        ({"institution_ids": [away]}, ("/institution_ids/0", "institution-unknown")),
    ):
        assert faults(await patched(people.operator, body, patch, VALUES)) == {fault}, patch
    rows = await people.house.fetch(
        "registry",
        "SELECT (SELECT count(*) FROM cultural_value), (SELECT count(*) FROM practice_place),"
        " (SELECT count(*) FROM outbox WHERE topic LIKE '%.cultural-value.v1')",
    )
    assert tuple(rows[0]) == (1, 1, 1)


async def test_a_value_is_seen_from_each_of_its_villages_and_changed_by_who_keeps_them_all(people: People) -> None:
    house = people.house
    institution = await people.registered()
    body = await _registered(people.officer, villages=[VILLAGE, VILLAGE_OVER], institution_ids=[institution["id"]])
    address = f"{ADDRESS}/{body['id']}"
    observation = body["observations"][0]["id"]
    own = house.client("registry", "institution-operator", VILLAGE, institution=institution["id"])
    for reader, refusal in (
        (people.operator, "villages-outside-your-area"),
        (people.facilitator, "villages-outside-your-area"),
        (own, "own-record-only"),
    ):
        assert record(await reader.get(f"{ADDRESS}?count=true"))["count"] == 1
        assert record(await reader.get(address)) == body
        for refused in (
            await patched(reader, body, {"name": "Lain"}, VALUES),
            await step(reader, body, "observations", seen("hilang", "2021-01-01"), VALUES),
            await step(reader, body, "voiding", REASON, VALUES),
        ):
            problem(refused, 403, refusal)
    problem(await own.post(ADDRESS, json=value()), 403, "own-record-only")
    for stranger in (
        house.client("registry", "village-operator", VILLAGE_NEXT),
        house.client("registry", "regency-officer", "31.71"),
        house.client("registry", "institution-operator", VILLAGE, institution=str(uuid4())),
        house.client("registry", "institution-operator", VILLAGE),
    ):
        listed = record(await stranger.get(f"{ADDRESS}?count=true&q=sambatan"))
        assert (listed["items"], listed["count"]) == ([], 0)
        for refused in (
            await stranger.get(address),
            await stranger.get(f"{address}/history"),
            await patched(stranger, body, {"name": "Lain"}, VALUES),
            await step(stranger, body, "observations", seen("hilang", "2021-01-01"), VALUES),
            await step(stranger, body, f"observations/{observation}/voiding", REASON, VALUES),
        ):
            problem(refused, 404, "not-found")
    assert len(await events(house, body["id"])) == 1


async def test_values_are_listed_by_place_kind_state_and_name(people: People) -> None:
    institution = await people.registered()
    await _registered(people.officer, name="Sinoman", local_name="Rewang", villages=[VILLAGE_OVER])
    await _registered(people.officer, name="Nyadran", kind="adat", observations=[seen("memudar", "2024-01-01")])
    await _registered(people.officer, name="Jimpitan", villages=[VILLAGE, VILLAGE_NEXT], institution_ids=[institution["id"]])  # fmt: skip
    officer = people.officer
    assert await _names(officer) == ["Jimpitan", "Nyadran", "Sinoman"]
    assert await _names(officer, f"region={DISTRICT}&sort=-name") == ["Nyadran", "Jimpitan"]
    assert await _names(officer, f"region={VILLAGE_NEXT}") == ["Jimpitan"]
    assert await _names(officer, "kind=adat") == await _names(officer, "state=memudar") == ["Nyadran"]
    assert await _names(officer, f"institution={institution['id']}") == ["Jimpitan"]
    assert await _names(officer, "q=REWANG") == ["Sinoman"]
    assert record(await officer.get(f"{ADDRESS}?limit=1&count=true"))["count"] == 3


def test_a_run_of_the_same_state_begins_with_its_first_observation() -> None:
    days = [(ValueState.HILANG, 2018), (ValueState.DIJALANKAN, 2020), (ValueState.DIJALANKAN, 2024)]
    seen_ = [_observation(state, year) for state, year in reversed(days)]
    assert observations.present(seen_) == (ValueState.DIJALANKAN, date(2020, 1, 1))
    withdrawn = observations.voided(seen_, seen_[1].id, "Salah desa")
    assert observations.present(withdrawn) == (ValueState.DIJALANKAN, date(2024, 1, 1))
    assert [spell.since.year for spell in observations.spells(withdrawn)] == [2018, 2024]


def _observation(state: ValueState, year: int, id: UUID | None = None) -> Observation:
    return Observation(
        id=id or uuid4(), state=state, on=date(year, 1, 1), evidence=EVIDENCE, recorded_by="operator",
        recorded_at=datetime(2026, 3, 15, tzinfo=UTC),
    )  # fmt: skip


def _institution(village: str) -> dict[str, Any]:
    return {
        "type": "ARS", "name": "Arisan", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum", "village": village,
        "active_from": "2020-02-01",
    }  # fmt: skip
