"""A change of a verified record: proposed, reviewed and verified by another while the verified version answers."""

import asyncio
import json
from typing import Any

import pytest

from tests.house import House
from tests.registry.institutions import (
    REASON,
    REQUESTS,
    VILLAGE_NEXT,
    People,
    along,
    as_answered,
    events,
    faults,
    patched,
    problem,
    record,
    step,
    stored,
    take,
)


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def _institution(people: People, id: str) -> dict[str, Any]:
    return as_answered(await people.operator.get(f"/v1/institutions/{id}"))


async def test_a_patch_of_a_verified_record_waits_while_the_verified_version_answers(people: People) -> None:
    body = await people.verified()
    answer = await patched(people.operator, body, {"name": "Arisan Mawar", "members": {"female": 30}})
    request = record(answer, 202)
    assert answer.headers["Location"] == f"/v1/change-requests/{request['id']}"
    assert answer.headers["Content-Location"] == answer.headers["Location"]
    assert answer.headers["ETag"] == (await people.operator.get(answer.headers["Location"])).headers["ETag"] == '"1"'
    assert request["verification"] == "draf"
    assert request["changes"] == {
        "name": {"before": "Arisan Melati", "after": "Arisan Mawar"},
        "members": {
            "before": {"female": 20, "male": 4, "unknown": 0}, "after": {"female": 30, "male": 4, "unknown": 0},
        },
    }  # fmt: skip
    assert record(await people.operator.get(answer.headers["Location"])) == request
    read = await people.operator.get(f"/v1/institutions/{body['id']}")
    assert read.headers["ETag"] == '"4"'
    assert as_answered(read) == body | {"pending_change_request_id": request["id"]}
    assert len(await events(people.house, body["id"])) == 4


async def test_a_verified_change_becomes_one_event_and_the_new_version(people: People) -> None:
    body = await people.verified()
    request = await people.proposed(body, name="Arisan Mawar")
    request = await take(people.operator, request, "submission", {"reason": "Ganti nama"}, REQUESTS)
    request = await along(people.facilitator, request, "review")
    assert (await _institution(people, body["id"]))["name"] == "Arisan Melati"
    request = await along(people.officer, request, "verification")
    assert request["verification"] == "terverifikasi"
    assert [(s["step"], s["by"].partition("@")[0]) for s in request["steps"]] == [
        ("proposal", "village-operator"), ("submission", "village-operator"),
        ("review", "district-facilitator"), ("verification", "regency-officer"),
    ]  # fmt: skip
    changed = await _institution(people, body["id"])
    assert (changed["name"], changed["sequence"]) == ("Arisan Mawar", 5)
    assert changed["pending_change_request_id"] is None
    told = (await events(people.house, body["id"]))[-1]
    assert (told["type"], told["reason"]) == ("registry.institution.changed.v1", "Ganti nama")
    assert json.loads(told["data"])["name"] == "Arisan Mawar"


async def test_while_a_request_is_open_a_patch_of_the_record_names_it(people: People) -> None:
    body = await people.verified()
    first = await people.proposed(body, name="Arisan Mawar")
    before = await stored(people.house)
    refused = problem(await patched(people.officer, body, {"name": "Arisan Anggrek"}), 409, "change-request-open")
    assert refused["change_request_id"] == first["id"]
    assert f"/v1/change-requests/{first['id']}" in refused["detail"]
    assert record(await people.operator.get(f"/v1/change-requests/{first['id']}")) == first
    assert await stored(people.house) == before


async def test_a_patch_of_the_request_changes_what_it_proposes(people: People) -> None:
    first = await people.proposed(await people.verified(), name="Arisan Mawar")
    answer = await patched(people.operator, first, {"local_name": "Jimpitan"}, REQUESTS)
    second = record(answer)
    assert (second["id"], second["sequence"], answer.headers["ETag"]) == (first["id"], 2, '"2"')
    assert second["changes"].keys() == {"name", "local_name"}
    assert record(await patched(people.operator, second, {"local_name": "Jimpitan"}, REQUESTS)) == second
    assert (await stored(people.house))[1] == 1


async def test_of_two_changes_of_one_proposal_the_later_is_told_to_read_again(people: People) -> None:
    request = await people.proposed(await people.verified(), name="Arisan Mawar")
    names = [f"Arisan {number}" for number in range(10)]
    answers = await asyncio.gather(*(patched(people.operator, request, {"name": name}, REQUESTS) for name in names))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9
    (winner,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert record(await people.operator.get(f"/v1/change-requests/{request['id']}")) == winner
    address = f"/v1/change-requests/{request['id']}"
    problem(await people.operator.patch(address, json={"name": "Lain"}), 428, "etag-required")


async def test_patches_at_once_make_one_request(people: People) -> None:
    body = await people.verified()
    answers = await asyncio.gather(*(patched(people.operator, body, {"name": f"Arisan {n}"}) for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 9
    assert (await stored(people.house))[1] == 1


async def test_a_patch_that_changes_nothing_opens_no_request(people: People) -> None:
    body = await people.verified()
    assert record(await patched(people.operator, body, {"name": body["name"]})) == body
    assert (await stored(people.house))[1] == 0


async def test_a_request_that_was_taken_back_to_nothing_is_withdrawn_not_submitted(people: People) -> None:
    body = await people.verified()
    request = await people.proposed(body, name="Arisan Mawar")
    request = record(await patched(people.operator, request, {"name": "Arisan Melati"}, REQUESTS))
    assert request["changes"] == {}
    problem(await step(people.operator, request, "submission", None, REQUESTS), 409, "nothing-to-verify")
    request = await along(people.operator, request, "voiding")
    assert request["voided"]
    assert await _institution(people, body["id"]) == body


async def test_a_wrong_patch_of_a_verified_record_is_named_and_nothing_is_stored(people: People) -> None:
    body = await people.verified()
    before = await stored(people.house)
    for patch, fault in (
        ({"type": "PRS"}, ("/local_name", "local-name-required")),
        ({"village": "32.04.05.2999"}, ("/village", "region-unknown")),
        ({"village": "32.04"}, ("/village", "region-wrong-level")),
        ({"active_from": "2026-03-16"}, ("/active_from", "in-the-future")),
        ({"moved_on": "2025-01-01"}, ("/moved_on", "moved-nowhere")),
    ):
        assert fault in faults(await patched(people.operator, body, patch)), patch
    problem(await patched(people.operator, body | {"sequence": 3}, {"name": "Lain"}), 412, "stale-etag")
    assert await stored(people.house) == before


async def test_a_request_under_review_is_not_patched_until_it_is_returned(people: People) -> None:
    request = await people.proposed(await people.verified(), name="Arisan Mawar")
    request = await along(people.operator, request, "submission")
    refused = problem(await patched(people.operator, request, {"name": "Lain"}, REQUESTS), 409, "record-not-changeable")
    assert refused["state"] == {"verification": "diajukan"}
    assert "return" in refused["detail"]
    request = await along(people.officer, request, "return")
    request = record(await patched(people.operator, request, {"name": "Lain"}, REQUESTS))
    assert (request["verification"], request["changes"]["name"]["after"]) == ("dikembalikan", "Lain")
    request = await along(people.operator, request, "voiding")
    problem(await patched(people.operator, request, {"name": "Lain"}, REQUESTS), 409, "record-not-changeable")


async def test_who_submitted_a_change_neither_reviews_nor_verifies_nor_rejects_it(people: People) -> None:
    body = await people.verified()
    request = await along(people.facilitator, await people.proposed(body, name="Arisan Mawar"), "submission")
    problem(await step(people.facilitator, request, "review", None, REQUESTS), 403, "maker-may-not-verify")
    request = await along(people.officer, request, "review")
    for name in ("verification", "rejection"):
        problem(await step(people.facilitator, request, name, REASON, REQUESTS), 403, "maker-may-not-verify")
    for name in ("review", "verification", "return", "rejection"):
        problem(await step(people.operator, request, name, REASON, REQUESTS), 403, "forbidden")


async def test_who_proposed_any_of_a_change_does_not_decide_about_it(people: People) -> None:
    body = await people.verified()
    request = record(await patched(people.facilitator, body, {"name": "Arisan Mawar"}), 202)
    request = record(await patched(people.officer, request, {"local_name": "Jimpitan"}, REQUESTS))
    request = await along(people.operator, request, "submission")
    problem(await step(people.facilitator, request, "review", None, REQUESTS), 403, "maker-may-not-verify")
    colleague = people.house.client("registry", "district-facilitator", "32.04.05", sub="rekan")
    request = await along(colleague, request, "review")
    for name in ("verification", "rejection"):
        problem(await step(people.officer, request, name, REASON, REQUESTS), 403, "maker-may-not-verify")
    assert (await along(people.province, request, "verification"))["verification"] == "terverifikasi"


async def test_each_state_of_a_request_allows_its_steps_and_refuses_the_others(people: People) -> None:
    ways: dict[str, tuple[set[str], list[tuple[Any, str]]]] = {
        "draf": ({"submission", "voiding"}, []),
        "diajukan": ({"review", "return", "voiding"}, [(people.operator, "submission")]),
        "diperiksa_kecamatan": (
            {"verification", "return", "rejection", "voiding"},
            [(people.operator, "submission"), (people.facilitator, "review")],
        ),
        "ditolak": (
            set(),
            [(people.operator, "submission"), (people.facilitator, "review"), (people.officer, "rejection")],
        ),
        "terverifikasi": (
            set(),
            [(people.operator, "submission"), (people.facilitator, "review"), (people.officer, "verification")],
        ),
    }
    for state, (allowed, way) in ways.items():
        request = await people.proposed(await people.verified(), name="Arisan Mawar")
        for client, name in way:
            request = await along(client, request, name)
        assert request["verification"] == state
        for name in {"submission", "review", "verification", "return", "rejection", "voiding"} - allowed:
            refused = problem(await step(people.officer, request, name, REASON, REQUESTS), 409, "wrong-state")
            assert set(refused["possible_steps"]) == allowed


async def test_a_rejected_change_leaves_the_verified_version_and_makes_room_for_another(people: People) -> None:
    body = await people.verified()
    request = await along(people.operator, await people.proposed(body, name="Arisan Mawar"), "submission")
    request = await along(people.facilitator, request, "review")
    request = await along(people.officer, request, "rejection")
    assert request["steps"][-1]["reason"] == REASON["reason"]
    assert await _institution(people, body["id"]) == body
    assert (await people.proposed(body, name="Arisan Anggrek"))["id"] != request["id"]


async def test_steps_of_a_request_are_meant_for_its_own_version(people: People) -> None:
    request = await people.proposed(await people.verified(), name="Arisan Mawar")
    problem(await people.operator.post(f"/v1/change-requests/{request['id']}/submission"), 428, "etag-required")
    stale = await step(people.operator, request | {"sequence": 4}, "submission", None, REQUESTS)
    problem(stale, 412, "stale-etag")


async def test_a_change_that_no_longer_fits_is_refused_and_nothing_is_stored(people: People) -> None:
    body = await people.verified()
    request = await along(people.operator, await people.proposed(body, active_from="2025-06-01"), "submission")
    request = await along(people.facilitator, request, "review")
    await take(people.officer, body, "dormancy", {"since": "2025-03-01", "reason": "Sepi"})
    before = await stored(people.house)
    answer = await step(people.officer, request, "verification", None, REQUESTS)
    assert faults(answer, 409, "changed-meanwhile") == {("/active_from", "active-after-end")}
    assert await stored(people.house) == before
    assert record(await people.operator.get(f"/v1/change-requests/{request['id']}")) == request


async def test_a_change_of_a_field_that_changed_meanwhile_is_refused(people: People) -> None:
    body = await people.verified()
    request = await along(people.operator, await people.proposed(body, name="Arisan Mawar"), "submission")
    request = await along(people.facilitator, request, "review")
    await people.house.fetch("registry", "UPDATE institution SET name = 'Arisan Lain'")
    refused = problem(await step(people.officer, request, "verification", None, REQUESTS), 409, "changed-meanwhile")
    assert refused["fields"] == ["name"]


async def test_another_step_of_the_record_does_not_disturb_a_pending_change(people: People) -> None:
    body = await people.verified()
    request = await along(people.operator, await people.proposed(body, name="Arisan Mawar"), "submission")
    await take(people.officer, body, "closure", {"on": "2026-03-01", "reason": "Bubar"})
    request = await along(people.facilitator, request, "review")
    await along(people.officer, request, "verification")
    changed = await _institution(people, body["id"])
    assert (changed["name"], changed["operation"], changed["sequence"]) == ("Arisan Mawar", "tutup", 6)


async def test_voiding_the_record_withdraws_its_pending_change(people: People) -> None:
    body = await people.verified()
    request = await people.proposed(body, name="Arisan Mawar")
    voided = await take(people.officer, body, "voiding", REASON)
    assert voided["pending_change_request_id"] is None
    withdrawn = record(await people.operator.get(f"/v1/change-requests/{request['id']}"))
    assert (withdrawn["voided"], withdrawn["steps"][-1]["step"]) == (True, "voiding")


async def test_a_reviewer_finds_the_waiting_requests(people: People) -> None:
    waiting = await along(people.operator, await people.proposed(await people.verified(), name="Mawar"), "submission")
    draft = await people.proposed(await people.verified(), name="Anggrek")
    voided = await along(people.operator, await people.proposed(await people.verified(), name="Bakung"), "voiding")

    async def ids(query: str) -> list[str]:
        return [item["id"] for item in record(await people.facilitator.get(f"/v1/change-requests?{query}"))["items"]]

    assert await ids("") == [waiting["id"], draft["id"]]
    assert await ids("verification=diajukan") == [waiting["id"]]
    assert await ids(f"institution={draft['institution_id']}") == [draft["id"]]
    assert await ids(f"region={VILLAGE_NEXT}") == []
    assert await ids("voided=true") == [voided["id"]]
    assert await ids("changed_since=2026-03-16T00:00:00Z") == []
    answer = await people.facilitator.get("/v1/change-requests?limit=1&count=true")
    assert record(answer)["count"] == 2
    following = record(await people.facilitator.get(answer.links["next"]["url"]))
    assert [item["id"] for item in following["items"]] == [draft["id"]]
