"""A merger: one institution closes for good on a day, another carries on what it was, and its members go over."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.registry.memberships import moving
from services.registry.memberships.models import KeptSpell
from tests.house import House
from tests.registry.institutions import (
    ELSEWHERE,
    REQUESTS,
    VILLAGE,
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
from tests.registry.members import MEMBERSHIPS, Members

DAY = "2026-02-01"
Days = list[tuple[str, str | None]]


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


async def test_members_go_over_on_that_day_and_who_is_there_stays(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(name="Arisan Satu"), await people.verified(name="Arisan Dua")
    goes = await members.joined(institution=first)
    came_back = await members.person()
    old = await members.left(await members.joined(came_back, second, "2021-01-01"), "2022-01-01")
    gone = await members.joined(came_back, first, "2022-01-01")
    both = await members.person()
    stays = await members.joined(both, second, "2021-01-01")
    leaves = await members.joined(both, first)
    ended = await members.left(await members.joined(institution=first), "2024-07-01")
    await take(people.officer, await read(people, first), "merger", merger(second))

    async def spells(membership: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
        body = record(await members.operator.get(f"/v1/memberships/{membership['id']}"))
        return [(spell["joined_on"], spell["left_on"], spell["reason"]) for spell in body["spells"]]

    assert await spells(goes) == [("2021-03-01", DAY, moving.MERGER)]
    assert await spells(gone) == [("2022-01-01", DAY, moving.MERGER)]
    assert await spells(old) == [("2021-01-01", "2022-01-01", "Pindah ke luar kota"), (DAY, None, None)]
    assert await spells(leaves) == [("2021-03-01", DAY, moving.MERGER)]
    assert await spells(stays) == [("2021-01-01", None, None)], "a member there already"
    assert (await spells(ended))[-1][1] == "2024-07-01"
    there = await members.listed(MEMBERSHIPS, institution=second["id"], on=DAY)
    assert {one["person_id"] for one in there} == {goes["person_id"], came_back["id"], both["id"]}
    assert await members.listed(MEMBERSHIPS, institution=first["id"], on=DAY) == []
    facts = {
        one["id"]: [e["type"].split(".")[2] for e in await events(people.house, one["id"])]
        for one in (goes, old, stays)
    }
    assert facts == {goes["id"]: ["joined", "left"], old["id"]: ["joined", "left", "rejoined"], stays["id"]: ["joined"]}
    lasting = await people.house.fetch("registry", "SELECT count(*) FROM membership_spell WHERE until IS NULL")
    assert lasting[0][0] == 3, "the table of days agrees"


async def test_who_joined_after_the_day_is_put_right_first(people: People) -> None:
    members = Members(people.house)
    first, second = await people.verified(), await people.verified()
    late = await members.joined(institution=first, on="2026-02-01")
    refused = problem(await step(people.officer, first, "merger", merger(second)), 409, "members-after-merger")
    assert refused["membership_ids"] == [late["id"]]
    assert (await read(people, first))["operation"] == "aktif"


async def test_a_group_of_2500_goes_over_in_one_act(people: People) -> None:
    first, second = await people.verified(), await people.verified()
    await people.house.execute(
        "registry",
        f"""
        INSERT INTO person (id, sequence, name, sort_name, sex, birth_year, kept_village_id, kept_village_code, consents,
            erased, voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, 'Warga ' || n, 'warga ' || n, 'P', 1980, '{first["village_id"]}', '{VILLAGE}', '[]',
            false, false, now(), now() FROM generate_series(1, 2500) n;
        INSERT INTO membership (id, sequence, person_id, institution_id, spells, voided, registered_at, changed_at)
        SELECT gen_random_uuid(), 1, id, '{first["id"]}', '[{{"since": "2021-03-01"}}]', false, now(), now() FROM person;
        INSERT INTO membership_spell (membership_id, since) SELECT id, '2021-03-01' FROM membership;
        """,
    )  # fmt: skip
    await take(people.officer, first, "merger", merger(second))
    rows = await people.house.fetch(
        "registry",
        "SELECT type, count(DISTINCT subject_id) AS n FROM outbox WHERE topic = 'registry.membership.v1' GROUP BY type",
    )
    assert {row["type"]: row["n"] for row in rows} == {
        "registry.membership.left.v1": 2500,
        "registry.membership.joined.v1": 2500,
    }
    page = record(await people.operator.get(f"/v1/memberships?institution={second['id']}&on={DAY}&count=true&limit=1"))
    assert page["count"] == 2500


@pytest.mark.parametrize(
    ("spells", "until", "after"),
    [
        ([("2021-01-01", None)], None, None),
        ([("2021-01-01", "2026-02-02")], None, None),
        ([("2026-03-01", None)], None, None),
        ([("2026-03-01", None)], "2026-03-01", [(DAY, "2026-03-01"), ("2026-03-01", None)]),
        ([("2021-01-01", DAY)], None, [("2021-01-01", None)]),
        ([("2021-01-01", "2022-01-01")], None, [("2021-01-01", "2022-01-01"), (DAY, None)]),
    ],
)
def test_days_that_are_held_already_are_not_added_and_adjoining_ones_are_one_spell(
    spells: Days, until: str | None, after: Days | None
) -> None:
    found = moving.continued(kept(spells), date.fromisoformat(DAY), date.fromisoformat(until) if until else None)
    assert (found is None) == (after is None)
    assert [(one.since, one.until) for one in found or []] == [(one.since, one.until) for one in kept(after or [])]


def kept(days: Days) -> list[KeptSpell]:
    """Days as spells are stored."""
    return [KeptSpell.model_validate({"since": since, "until": until}) for since, until in days]
