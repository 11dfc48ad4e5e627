"""Nobody decides about what they wrote: who registered, changed or submitted a record neither reviews nor verifies it."""

import pytest

from tests.house import House
from tests.registry.institutions import REASON, People, events, patched, problem, record, registration, step, take


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_who_submitted_neither_reviews_nor_verifies_nor_rejects(people: People) -> None:
    body = await take(people.facilitator, await people.registered(), "submission")
    problem(await step(people.facilitator, body, "review"), 403, "maker-may-not-verify")
    body = await take(people.officer, body, "review")
    for name in ("verification", "rejection"):
        problem(await step(people.facilitator, body, name, REASON), 403, "maker-may-not-verify")
    assert (await take(people.officer, body, "verification"))["verification"] == "terverifikasi"


async def test_who_registered_or_changed_a_record_does_not_decide_about_it_either(people: People) -> None:
    body = record(await people.facilitator.post("/v1/institutions", json=registration()), 201)
    body = record(await patched(people.officer, body, {"name": "Arisan Mawar"}))
    body = await take(people.operator, body, "submission")
    problem(await step(people.facilitator, body, "review"), 403, "maker-may-not-verify")
    problem(await step(people.officer, body, "review"), 403, "maker-may-not-verify")
    colleague = people.house.client("registry", "district-facilitator", "32.04.05", sub="rekan")
    body = await take(colleague, body, "review")
    for name in ("verification", "rejection"):
        problem(await step(people.officer, body, name, REASON), 403, "maker-may-not-verify")
    body = await take(people.province, body, "verification")
    problem(await step(people.officer, body, "voiding", REASON), 403, "maker-may-not-verify")


async def test_an_earlier_submitter_does_not_verify_either(people: People) -> None:
    body = await take(people.facilitator, await people.registered(), "submission")
    body = await take(people.officer, body, "return", REASON)
    body = await take(people.operator, body, "submission")
    problem(await step(people.facilitator, body, "review"), 403, "maker-may-not-verify")


async def test_a_verified_record_is_voided_only_by_a_verifier_who_did_not_submit_it(people: People) -> None:
    body = await take(people.facilitator, await people.registered(), "submission")
    body = await take(people.officer, body, "review")
    body = await take(people.officer, body, "verification")
    problem(await step(people.operator, body, "voiding", REASON), 403, "voiding-needs-verifier")
    problem(await step(people.facilitator, body, "voiding", REASON), 403, "maker-may-not-verify")
    assert (await take(people.officer, body, "voiding", REASON))["voided"]
    assert (await events(people.house, body["id"]))[-1]["type"] == "registry.institution.voided.v1"


async def test_a_village_operator_may_neither_review_nor_verify(people: People) -> None:
    body = await people.submitted()
    for name in ("review", "verification", "return", "rejection"):
        problem(await step(people.operator, body, name, REASON), 403, "forbidden")
