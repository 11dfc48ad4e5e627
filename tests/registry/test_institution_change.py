"""Changing an institution in its keepers' hands: what a merge patch does to content, seat and spells."""

import asyncio
from typing import Any

import pytest

from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    People,
    as_answered,
    events,
    faults,
    patched,
    problem,
    record,
    stored,
    take,
)


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_a_patch_changes_what_it_names_and_removes_what_it_nulls(people: People) -> None:
    body = await people.registered(local_name="Jimpitan")
    answer = await patched(people.operator, body, {"name": "Arisan Mawar", "local_name": None, "members": {"male": 9}})
    changed = record(answer)
    assert (changed["name"], changed["local_name"], changed["type"]) == ("Arisan Mawar", None, "ARS")
    assert changed["members"] == {"female": 20, "male": 9, "unknown": 0}
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@2"
    told = await events(people.house, body["id"])
    assert [event["type"] for event in told] == [
        "registry.institution.registered.v1", "registry.institution.changed.v1",
    ]  # fmt: skip


async def test_a_returned_record_is_changed_at_once(people: People) -> None:
    body = await people.returned()
    assert record(await patched(people.operator, body, {"members": {"female": 21}}))["members"]["female"] == 21


async def test_a_patch_that_changes_nothing_leaves_version_and_events_as_they_are(people: People) -> None:
    body = await people.registered()
    before = await stored(people.house)
    assert record(await patched(people.operator, body, {"name": body["name"], "village": VILLAGE})) == body
    assert record(await patched(people.operator, body, {})) == body
    assert await stored(people.house) == before


async def test_an_answer_can_be_sent_back_field_by_field(people: People) -> None:
    body = await people.registered(founded_on="2019-01-01")
    fields = ("type", "name", "local_name", "origin", "legal_status", "village", "founded_on", "active_from", "members")
    assert record(await patched(people.operator, body, {name: body[name] for name in fields})) == body


async def test_what_may_not_be_changed_now_is_refused_with_the_way_out(people: People) -> None:
    voided = await take(people.operator, await people.registered(), "voiding", {"reason": "Salah input"})
    for body, way in (
        (await people.submitted(), "return"),
        (await people.reviewed(), "return"),
        (await people.rejected(), "Register a new record"),
        (voided, "Register a new one"),
    ):
        before = await stored(people.house)
        people.operator.headers["Accept-Language"] = "en"
        answer = await patched(people.operator, body, {"name": "Lain"})
        assert way in problem(answer, 409, "record-not-changeable")["detail"]
        assert await stored(people.house) == before


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"name": None}, ("/name", "missing")),
    ({"name": ""}, ("/name", "string-too-short")),
    ({"type": "PRS"}, ("/local_name", "local-name-required")),
    ({"active_from": None}, ("/active_from", "start-unknown")),
    ({"active_from": "2026-03-16"}, ("/active_from", "in-the-future")),
    ({"founded_on": "2020-02-02"}, ("/active_from", "active-before-founded")),
    ({"members": {"female": -1}}, ("/members/female", "greater-than-equal")),
    ({"members": {"girls": 1}}, ("/members/girls", "extra-forbidden")),
    ({"verification": "terverifikasi"}, ("/verification", "extra-forbidden")),
    ({"id": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"}, ("/id", "extra-forbidden")),
    ({"village": "32.04.05.2999"}, ("/village", "region-unknown")),
    ({"village": "32.04"}, ("/village", "region-wrong-level")),
    ({"village": VILLAGE_NEXT}, ("/village", "outside-your-area")),
    ({"village": ELSEWHERE}, ("/village", "outside-your-area")),
    ({"moved_on": "2025-01-01"}, ("/moved_on", "moved-nowhere")),
]


async def test_a_wrong_patch_is_named_and_nothing_is_stored(people: People) -> None:
    body = await people.registered()
    before = await stored(people.house)
    for patch, fault in WRONG:
        assert fault in faults(await patched(people.operator, body, patch)), patch
    assert await stored(people.house) == before


async def test_a_patch_needs_the_version_it_is_meant_for(people: People) -> None:
    body = await people.registered()
    problem(await people.operator.patch(f"/v1/institutions/{body['id']}", json={"name": "Lain"}), 428, "etag-required")
    problem(await patched(people.operator, body | {"sequence": 9}, {"name": "Lain"}), 412, "stale-etag")
    assert as_answered(await people.operator.get(f"/v1/institutions/{body['id']}")) == body


async def test_of_twenty_patches_of_one_version_exactly_one_goes_through(people: People) -> None:
    body = await people.registered()
    answers = await asyncio.gather(
        *(patched(people.operator, body, {"name": f"Arisan {number}"}) for number in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    (winner,) = (answer for answer in answers if answer.status_code == 200)
    assert as_answered(await people.operator.get(f"/v1/institutions/{body['id']}")) == winner.json()
    assert len(await events(people.house, body["id"])) == 2


async def test_events_of_one_institution_stand_in_the_outbox_in_the_order_of_its_versions(people: People) -> None:
    body = await people.registered()

    async def eager(number: int) -> None:
        latest = body
        while (await patched(people.operator, latest, {"name": f"Arisan {number}"})).status_code == 412:
            latest = record(await people.operator.get(f"/v1/institutions/{body['id']}"))

    await asyncio.gather(*(eager(number) for number in range(8)))
    assert [event["sequence"] for event in await events(people.house, body["id"])] == list(range(1, 10))


async def test_a_move_is_dated_and_a_correction_is_not(people: People) -> None:
    body = await people.registered()
    moved = record(await patched(people.officer, body, {"village": VILLAGE_NEXT, "moved_on": "2025-07-01"}))
    first, second = moved["seats"]
    assert (first["since"], first["until"], first["village_id"]) == (None, "2025-07-01", body["village_id"])
    assert (second["since"], second["until"], second["village_id"]) == ("2025-07-01", None, moved["village_id"])
    assert (moved["village"], moved["village_name"]) == (VILLAGE_NEXT, "Cileunyi Wetan")
    assert [seat["village"] for seat in moved["seats"]] == [VILLAGE, VILLAGE_NEXT]
    listed = record(await people.officer.get("/v1/institutions"))["items"]
    assert listed == [moved] == [as_answered(await people.officer.get(f"/v1/institutions/{body['id']}"))]
    corrected = record(await patched(people.officer, moved, {"village": VILLAGE_OVER}))
    assert [seat["since"] for seat in corrected["seats"]] == [None, "2025-07-01"]
    assert corrected["seats"][1]["village_id"] == corrected["village_id"] != moved["village_id"]
    back = record(await patched(people.officer, corrected, {"village": VILLAGE}))
    assert back["seats"] == body["seats"]


async def test_a_move_follows_the_one_before_and_is_not_in_the_future(people: People) -> None:
    body = await people.registered(founded_on="2019-05-01")
    to = {"village": VILLAGE_NEXT}
    assert faults(await patched(people.officer, body, {**to, "moved_on": "2026-03-16"})) == {
        ("/moved_on", "in-the-future")
    }
    assert faults(await patched(people.officer, body, {**to, "moved_on": "2019-05-01"})) == {("/moved_on", "too-early")}
    moved = record(await patched(people.officer, body, {**to, "moved_on": "2025-07-01"}))
    answer = await patched(people.officer, moved, {"village": VILLAGE_OVER, "moved_on": "2025-07-01"})
    assert faults(answer) == {("/moved_on", "too-early")}


async def test_a_record_that_moved_away_is_gone_for_the_village_it_left(people: People) -> None:
    body = await people.registered()
    record(await patched(people.officer, body, {"village": VILLAGE_NEXT, "moved_on": "2025-07-01"}))
    problem(await people.operator.get(f"/v1/institutions/{body['id']}"), 404, "not-found")
    next_door = people.house.client("registry", "village-operator", VILLAGE_NEXT)
    assert record(await next_door.get(f"/v1/institutions/{body['id']}"))["village"] == VILLAGE_NEXT


async def test_the_first_day_at_work_is_corrected_within_the_first_spell(people: People) -> None:
    body = await take(people.operator, await people.registered(), "dormancy", {"since": "2024-05-01", "reason": "Sepi"})
    assert faults(await patched(people.operator, body, {"active_from": "2024-05-01"})) == {
        ("/active_from", "active-after-end")
    }
    changed = record(await patched(people.operator, body, {"active_from": "2018-01-01"}))
    assert changed["active"] == [{"since": "2018-01-01", "until": "2024-05-01"}]
