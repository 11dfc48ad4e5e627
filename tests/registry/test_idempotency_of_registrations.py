"""One key, one effect: a registration that is sent again, at once or after a failure."""

import asyncio

import httpx
import pytest

from tests.house import House
from tests.registry.institutions import (
    REGENCY,
    VILLAGE,
    VILLAGE_NEXT,
    People,
    problem,
    record,
    registration,
    step,
    stored,
)

ADDRESS = "/v1/institutions"
KEY = {"Idempotency-Key": "lapangan-2026-0001"}


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


async def test_twenty_equal_posts_at_once_make_one_record_and_one_event(people: People) -> None:
    async def post() -> httpx.Response:
        return await people.operator.post(ADDRESS, json=registration(), headers=KEY)

    answers = await asyncio.gather(*(post() for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    for name in ("Location", "ETag", "Wahana-Position"):
        assert len({answer.headers[name] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 19
    assert await stored(people.house) == (1, 0, 1)


async def test_another_body_under_the_same_key_is_refused(people: People) -> None:
    record(await people.operator.post(ADDRESS, json=registration(), headers=KEY), 201)
    answer = await people.operator.post(ADDRESS, json=registration(name="Lain"), headers=KEY)
    problem(answer, 422, "idempotency-key-reused")
    assert await stored(people.house) == (1, 0, 1)


async def test_a_first_attempt_that_was_refused_does_not_block_the_key(people: People) -> None:
    problem(await people.operator.post(ADDRESS, json=registration(type="PRS"), headers=KEY), 422, "invalid-payload")
    assert await stored(people.house) == (0, 0, 0)
    record(await people.operator.post(ADDRESS, json=registration(), headers=KEY), 201)


async def test_a_first_attempt_that_failed_on_a_taken_id_does_not_block_the_key(people: People) -> None:
    taken = registration(id=(await people.registered())["id"])
    problem(await people.operator.post(ADDRESS, json=taken, headers=KEY), 409, "id-taken")
    record(await people.operator.post(ADDRESS, json=registration(name="Lain"), headers=KEY), 201)


async def test_a_record_made_offline_is_answered_again_to_the_same_key(people: People) -> None:
    body = registration(id="0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f")
    first = await people.operator.post(ADDRESS, json=body, headers=KEY)
    again = await people.operator.post(ADDRESS, json=body, headers=KEY)
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_stored_answer_is_given_only_to_who_still_may_have_it(people: People) -> None:
    body = record(await people.operator.post(ADDRESS, json=registration(), headers=KEY), 201)

    async def again(role: str, area: str, **claims: str) -> httpx.Response:
        caller = people.house.client("registry", role, area, sub=f"village-operator@{VILLAGE}", **claims)
        return await caller.post(ADDRESS, json=registration(), headers=KEY)

    problem(await again("public", VILLAGE), 403, "forbidden")
    problem(await again("village-operator", VILLAGE_NEXT), 404, "not-found")
    problem(await again("institution-operator", VILLAGE, institution=body["id"]), 404, "not-found")
    for role, area in (("village-operator", VILLAGE), ("regency-officer", REGENCY)):
        assert record(await again(role, area), 201) == body
    assert await stored(people.house) == (1, 0, 1)


async def test_keys_of_two_people_are_two_keys(people: People) -> None:
    colleague = people.house.client("registry", "village-operator", VILLAGE, sub="rekan")
    ids = {
        record(await client.post(ADDRESS, json=registration(), headers=KEY), 201)["id"]
        for client in (people.operator, colleague)
    }
    assert len(ids) == 2


async def test_a_step_sent_again_under_its_key_is_answered_as_the_first_time(people: People) -> None:
    body = await people.registered()
    people.operator.headers.update(KEY)
    first, again = await step(people.operator, body, "submission"), await step(people.operator, body, "submission")
    assert record(again) == record(first)
    assert again.headers["ETag"] == '"2"'
    assert await stored(people.house) == (1, 0, 2)
