"""A dated step of a verified record changes what is counted: it takes two people, or one verifier who is no maker."""

from typing import Any

import pytest

from tests.house import House
from tests.registry.institutions import (
    REQUESTS,
    People,
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

CLOSURE = {"on": "2026-03-01", "reason": "Bubar"}


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def _read(people: People, id: str) -> dict[str, Any]:
    return as_answered(await people.operator.get(f"/v1/institutions/{id}"))


async def _verified_step(people: People, body: dict[str, Any], name: str, said: dict[str, Any]) -> dict[str, Any]:
    request = record(await step(people.operator, body, name, said), 202)
    request = await take(people.operator, request, "submission", None, REQUESTS)
    request = await take(people.facilitator, request, "review", None, REQUESTS)
    return await take(people.officer, request, "verification", None, REQUESTS)


async def test_a_closure_by_who_is_no_verifier_waits_and_shows_what_it_would_change(people: People) -> None:
    body = await people.verified()
    answer = await step(people.operator, body, "closure", CLOSURE)
    request = record(answer, 202)
    assert answer.headers["Location"] == f"/v1/change-requests/{request['id']}"
    assert (request["verification"], request["step"], request["on"]) == ("draf", "closure", "2026-03-01")
    assert request["changes"] == {
        "operation": {"before": "aktif", "after": "tutup"},
        "closed_on": {"before": None, "after": "2026-03-01"},
        "active": {
            "before": [{"since": "2020-02-01", "until": None}], "after": [{"since": "2020-02-01", "until": "2026-03-01"}],
        },
    }  # fmt: skip
    assert request["steps"][0]["reason"] == "Bubar"
    assert await _read(people, body["id"]) == body | {"pending_change_request_id": request["id"]}
    assert len(await events(people.house, body["id"])) == 4


async def test_each_step_becomes_its_own_fact_with_its_reason_when_it_is_verified(people: People) -> None:
    body = await people.verified()
    for name, said, fact, operation in (
        ("dormancy", {"since": "2025-01-01", "reason": "Sepi"}, "made_dormant", "vakum"),
        ("reactivation", {"on": "2025-03-01", "reason": "Ramai"}, "reactivated", "aktif"),
        ("closure", CLOSURE, "closed", "tutup"),
        ("reopening", {"on": "2026-03-02", "reason": "Dibuka"}, "reopened", "aktif"),
    ):
        await _verified_step(people, body, name, said)
        body = await _read(people, body["id"])
        told = (await events(people.house, body["id"]))[-1]
        assert (told["type"], told["reason"]) == (f"registry.institution.{fact}.v1", said["reason"])
        assert (body["operation"], body["pending_change_request_id"]) == (operation, None)
    assert body["sequence"] == 8


async def test_a_verifier_who_is_no_maker_takes_the_step_at_once(people: People) -> None:
    body = await take(people.facilitator, await people.verified(), "closure", CLOSURE)
    assert body["operation"] == "tutup"
    told = (await events(people.house, body["id"]))[-1]
    assert (told["type"], told["reason"]) == ("registry.institution.closed.v1", "Bubar")


async def test_a_verifier_who_wrote_the_record_needs_another_person_too(people: People) -> None:
    body = record(await patched(people.facilitator, await people.registered(), {"name": "Arisan Mawar"}))
    body = await take(people.operator, body, "submission")
    colleague = people.house.client("registry", "district-facilitator", "32.04.05", sub="rekan")
    body = await take(people.officer, await take(colleague, body, "review"), "verification")
    request = record(await step(people.facilitator, body, "closure", CLOSURE), 202)
    request = await take(people.facilitator, request, "submission", None, REQUESTS)
    problem(await step(people.facilitator, request, "review", None, REQUESTS), 403, "maker-may-not-verify")


async def test_a_draft_takes_its_dated_steps_at_once_and_who_took_one_is_a_maker(people: People) -> None:
    body = await take(people.facilitator, await people.registered(), "closure", CLOSURE)
    assert body["operation"] == "tutup"
    body = await take(people.operator, body, "submission")
    problem(await step(people.facilitator, body, "review"), 403, "maker-may-not-verify")


async def test_one_request_at_a_time_whatever_it_proposes(people: People) -> None:
    body = await people.verified()
    request = await people.proposed(body, name="Arisan Mawar")
    before = await stored(people.house)
    refused = problem(await step(people.operator, body, "closure", CLOSURE), 409, "change-request-open")
    assert refused["change_request_id"] == request["id"]
    assert await stored(people.house) == before
    await take(people.operator, request, "voiding", {"reason": "Keliru"}, REQUESTS)
    request = record(await step(people.operator, body, "closure", CLOSURE), 202)
    problem(await patched(people.operator, body, {"name": "Lain"}), 409, "change-request-open")
    problem(await patched(people.operator, request, {"name": "Lain"}, REQUESTS), 409, "record-not-changeable")


async def test_a_day_that_does_not_fit_opens_no_request(people: People) -> None:
    body = await people.verified()
    before = await stored(people.house)
    for said, fault in (
        ({"on": "2026-03-16", "reason": "Bubar"}, ("/on", "in-the-future")),
        ({"on": "2020-02-01", "reason": "Bubar"}, ("/on", "too-early")),
        ({"on": "2026-03-01"}, ("/reason", "missing")),
    ):
        assert fault in faults(await step(people.operator, body, "closure", said))
    problem(await step(people.operator, body, "reopening", CLOSURE), 409, "wrong-state")
    assert await stored(people.house) == before


async def test_a_step_that_no_longer_fits_is_refused_at_its_verification(people: People) -> None:
    body = await people.verified()
    request = record(await step(people.operator, body, "dormancy", {"since": "2026-01-01", "reason": "Sepi"}), 202)
    request = await take(people.operator, request, "submission", None, REQUESTS)
    request = await take(people.facilitator, request, "review", None, REQUESTS)
    await take(people.officer, body, "closure", CLOSURE)
    before = await stored(people.house)
    refused = problem(await step(people.officer, request, "verification", None, REQUESTS), 409, "changed-meanwhile")
    assert refused["fields"] == ["operation"]
    assert await stored(people.house) == before
