"""A merger: one institution closes for good on a day, and another carries on what it was."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
import pytest

from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REQUESTS,
    VILLAGE_OVER,
    People,
    events,
    faults,
    patched,
    problem,
    record,
    registration,
    step,
    stored,
    take,
)

DAY = "2026-02-01"


@pytest.fixture
def people(registry_api: House) -> People:
    return People(registry_api)


def merger(successor: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A merger into a successor, with changes."""
    return {"successor_id": successor["id"], "on": DAY, "reason": "Musyawarah warga"} | changes


async def read(people: People, institution: dict[str, Any]) -> dict[str, Any]:
    """The record as it stands now."""
    return record(await people.officer.get(f"/v1/institutions/{institution['id']}"))


async def last(people: People, institution: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The fact and the state of an institution's newest event."""
    event = (await events(people.house, institution["id"]))[-1]
    return event["type"].split(".")[2], orjson.loads(event["data"])


async def test_one_closes_for_good_and_the_other_tells_all_that_it_absorbed(people: People) -> None:
    first, second, third = [await people.verified(name=f"Arisan {n}") for n in ("Satu", "Dua", "Tiga")]
    closed = await take(people.officer, first, "merger", merger(second, on="2025-06-01"))
    assert (closed["operation"], closed["closed_on"], closed["successor_id"]) == ("tutup", "2025-06-01", second["id"])
    fact, state = await last(people, first)
    assert (fact, state["successor_id"]) == ("merged", second["id"])
    assert state["active"] == [{"since": "2020-02-01", "until": "2025-06-01"}]
    fact, state = await last(people, second)
    assert fact == "absorbed"
    absorbed_first = {
        "institution_id": first["id"],
        "type": "ARS",
        "active": [{"since": "2020-02-01", "until": "2025-06-01"}],
        "seats": [{"village_id": first["village_id"], "since": None, "until": None}],
        "merged_on": "2025-06-01",
    }
    assert state["absorbed"] == [absorbed_first]
    await take(people.officer, await read(people, second), "merger", merger(third))
    _, state = await last(people, third)
    assert [(one["institution_id"], one["merged_on"]) for one in state["absorbed"]] == [
        (second["id"], DAY),
        (first["id"], DAY),
    ], "no chain has to be looked up, and each is part of one at a time"
    assert state["absorbed"][1] == absorbed_first | {"merged_on": DAY}
    shown = (await read(people, third))["absorbed"]
    assert [one["institution_id"] for one in shown] == [second["id"], first["id"]]

    for name, body in (("reopening", {"on": DAY, "reason": "Lagi"}), ("voiding", {"reason": "Salah"})):
        refused = problem(await step(people.officer, await read(people, first), name, body), 409, "wrong-state")
        assert (refused["possible_steps"], refused["state"]["successor_id"]) == ([], second["id"])
    voiding = await step(people.officer, await read(people, third), "voiding", {"reason": "Salah"})
    assert "voiding" not in problem(voiding, 409, "wrong-state")["possible_steps"]


async def test_what_cannot_be_a_successor_is_refused_and_nothing_is_stored(people: People) -> None:
    first, second = await people.verified(), await people.verified(active_from="2025-01-01")
    draft = await people.registered()
    closed = await take(people.officer, await people.verified(), "closure", {"on": DAY, "reason": "Bubar"})
    elsewhere = people.house.client("registry", "village-operator", ELSEWHERE)
    other = record(await elsewhere.post("/v1/institutions", json=registration(village=ELSEWHERE)), 201)
    before = await stored(people.house)

    async def refused(successor: dict[str, Any], **changes: Any) -> set[tuple[str, str]]:
        return faults(await step(people.officer, first, "merger", merger(successor, **changes)))

    assert await refused(first) == {("/successor_id", "merged-with-itself")}
    assert await refused(draft) == {("/successor_id", "successor-unverified")}
    assert await refused(closed) == {("/successor_id", "successor-closed")}
    assert await refused(other) == {("/successor_id", "institution-unknown")}, "as one that is not there"
    assert await refused(second, on="2024-12-31") == {("/successor_id", "successor-not-begun")}
    assert await refused(second, on="2026-03-16") == {("/on", "in-the-future")}
    problem(await step(people.officer, closed, "merger", merger(second)), 409, "wrong-state")
    state = problem(await step(people.officer, draft, "merger", merger(second)), 409, "wrong-state")
    assert "merger" not in state["possible_steps"], "a draft is corrected or voided"
    stranger = people.house.client("registry", "regency-officer", ELSEWHERE[:5])
    problem(await step(stranger, first, "merger", merger(other)), 404, "not-found")
    assert await stored(people.house) == before


async def test_by_others_it_waits_and_the_verifier_made_neither_record(people: People) -> None:
    first = await people.verified(name="Arisan Satu")
    mine = record(await people.officer.post("/v1/institutions", json=registration(name="Arisan Dua")), 201)
    mine = await take(people.officer, mine, "submission")
    mine = await take(people.facilitator, mine, "review")
    second = await take(people.province, mine, "verification")
    request = record(await step(people.officer, first, "merger", merger(second)), 202)
    assert request["step"] == "merger", "who wrote the successor does not merge at once"
    assert request["changes"]["successor_id"] == {"before": None, "after": second["id"]}
    assert (await last(people, first))[0] == "verified"
    problem(await patched(people.officer, request, {"name": "X"}, REQUESTS), 409, "record-not-changeable")
    record(await step(people.officer, request, "voiding", {"reason": "Diusulkan desa"}, REQUESTS))

    request = record(await step(people.operator, await read(people, first), "merger", merger(second)), 202)
    request = await take(people.operator, request, "submission", None, REQUESTS)
    request = await take(people.facilitator, request, "review", None, REQUESTS)
    problem(await step(people.officer, request, "verification", None, REQUESTS), 403, "maker-may-not-verify")
    await take(people.province, request, "verification", None, REQUESTS)
    assert [(await last(people, one))[0] for one in (first, second)] == ["merged", "absorbed"]
    history = (await people.officer.get(f"/v1/institutions/{first['id']}/history")).json()
    assert (history[-1]["reason"], history[-1]["by"]) == ("Musyawarah warga", "province-officer@32")
    assert (await read(people, first))["pending_change_request_id"] is None


async def test_a_proposed_merger_whose_successor_closed_meanwhile_is_not_applied(people: People) -> None:
    first, second = await people.verified(), await people.verified()
    request = record(await step(people.operator, first, "merger", merger(second)), 202)
    request = await take(people.operator, request, "submission", None, REQUESTS)
    request = await take(people.facilitator, request, "review", None, REQUESTS)
    await take(people.officer, await read(people, second), "closure", {"on": DAY, "reason": "Bubar"})
    answer = await step(people.officer, request, "verification", None, REQUESTS)
    assert faults(answer, 409, "changed-meanwhile") == {("/successor_id", "successor-closed")}
    assert (await read(people, first))["operation"] == "aktif"


async def test_a_merger_across_areas_is_verified_by_who_covers_both(people: People) -> None:
    over = people.house.client("registry", "village-operator", VILLAGE_OVER)
    second = record(await over.post("/v1/institutions", json=registration(village=VILLAGE_OVER)), 201)
    second = await take(over, second, "submission")
    second = await take(people.officer, second, "review")
    second = await take(people.province, second, "verification")
    first = await people.verified()
    unseen = await step(people.operator, first, "merger", merger(second))
    assert faults(unseen) == {("/successor_id", "institution-unknown")}
    await take(people.officer, first, "merger", merger(second))
    told = (await events(people.house, second["id"]))[-1]
    assert set(told["region_ids"]) == {UUID(first["village_id"]), UUID(second["village_id"])}


async def test_of_two_mergers_into_each_other_at_once_one_goes_through(people: People) -> None:
    first, second = await people.verified(), await people.verified()
    answers = await asyncio.gather(
        step(people.officer, first, "merger", merger(second)), step(people.officer, second, "merger", merger(first))
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 412], [200, 409], [200, 422])
    closed = [one for one in (await read(people, first), await read(people, second)) if one["successor_id"]]
    assert len(closed) == 1, "no circle, and no deadlock"
