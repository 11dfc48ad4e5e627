"""Memberships over HTTP: joined, left, come back, corrected and voided; what the days must be; who is a member when."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.house import House
from tests.registry.institutions import VILLAGE, events, faults, patched, problem, record, step, take
from tests.registry.members import JOINED, LEFT, MEMBERSHIPS, Members, rows

TABLES = ("membership", "membership_spell", "outbox")


@pytest.fixture
def members(registry_api: House) -> Members:
    return Members(registry_api)


async def kept_days(house: House, id: str) -> list[tuple[str, str | None]]:
    """The days of a membership in the table that refuses overlaps."""
    found = await house.fetch("registry", "SELECT * FROM membership_spell WHERE membership_id = $1 ORDER BY since", id)
    return [(row["since"].isoformat(), row["until"] and row["until"].isoformat()) for row in found]


def days(body: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The days of a membership as an answer shows them."""
    return [(spell["joined_on"], spell["left_on"]) for spell in body["spells"]]


async def test_a_person_joins_leaves_and_comes_back_on_one_record(members: Members) -> None:
    person, institution = await members.person(), await members.institution()
    answer = await members.join(person, institution)
    body = record(answer, 201)
    assert answer.headers["Location"] == f"/v1/memberships/{body['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{body['id']}@1"
    assert (body["person_name"], body["canonical_person_id"]) == ("Siti Aminah", person["id"])
    left = await take(members.operator, body, "departure", LEFT, MEMBERSHIPS)
    problem(await step(members.operator, left, "departure", LEFT, MEMBERSHIPS), 409, "wrong-state")
    back = await take(members.operator, left, "readmission", {"joined_on": "2025-01-01"}, MEMBERSHIPS)
    refused = await step(members.operator, back, "readmission", {"joined_on": "2025-02-01"}, MEMBERSHIPS)
    assert problem(refused, 409, "wrong-state")["possible_steps"] == ["departure", "voiding"]
    assert days(back) == [(JOINED, LEFT["left_on"]), ("2025-01-01", None)] == await kept_days(members.house, body["id"])
    assert back["spells"][0]["reason"] == LEFT["reason"]
    assert record(await members.operator.get(f"/v1/memberships/{body['id']}")) == back
    told = await events(members.house, body["id"])
    assert [event["type"].split(".")[2] for event in told] == ["joined", "left", "rejoined"]
    assert LEFT["reason"] not in told[-1]["data"]
    history = (await members.operator.get(f"/v1/memberships/{body['id']}/history")).json()
    assert [entry["reason"] for entry in history] == [None, LEFT["reason"], None]
    entries = await members.house.fetch(
        "registry", "SELECT before, after FROM audit_entry WHERE record_id = $1 ORDER BY id OFFSET 1", body["id"]
    )
    counts = [tuple(len(json.loads(side)["spells"]) for side in (entry["before"], entry["after"])) for entry in entries]
    assert counts == [(1, 1), (1, 2)], "the audit trail tells the days before and after"
    assert [LEFT["left_on"] in entries[0][side] for side in ("before", "after")] == [False, True]


async def test_coming_back_on_the_day_of_leaving_takes_the_departure_back(members: Members) -> None:
    body = await members.left(await members.joined())
    back = await take(members.operator, body, "readmission", {"joined_on": LEFT["left_on"]}, MEMBERSHIPS)
    assert back["spells"] == [{"joined_on": JOINED, "left_on": None, "reason": None}]
    assert await kept_days(members.house, body["id"]) == [(JOINED, None)]


async def test_who_left_is_no_member_any_more_and_is_not_forgotten(members: Members) -> None:
    # OpenSID#11206: dismissed members were shown as members; #8330: nobody knew since when and until when.
    institution = await members.institution()
    stays, goes = await members.joined(institution=institution), await members.joined(institution=institution)
    await members.left(goes)
    of_it = {"institution": institution["id"]}
    assert [m["id"] for m in await members.listed(MEMBERSHIPS, on="2026-03-15", **of_it)] == [stays["id"]]
    assert len(await members.listed(MEMBERSHIPS, **of_it)) == 2
    for day, count in (("2021-02-28", 0), (JOINED, 2), ("2024-06-30", 2), ("2024-07-01", 1)):
        assert len(await members.listed(MEMBERSHIPS, on=day, **of_it)) == count, day


async def test_the_database_refuses_overlapping_spells(members: Members) -> None:
    body = await members.joined()
    for since in (JOINED, "2024-01-01"):
        with pytest.raises((asyncpg.ExclusionViolationError, asyncpg.UniqueViolationError)):
            await members.house.execute(
                "registry", f"INSERT INTO membership_spell VALUES ('{body['id']}', '{since}', NULL)"
            )
    with pytest.raises(asyncpg.ExclusionViolationError):
        await members.house.execute(
            "registry", f"INSERT INTO membership_spell VALUES ('{body['id']}', '2020-01-01', '2021-03-02')"
        )
    await members.house.execute(
        "registry", f"INSERT INTO membership_spell VALUES ('{body['id']}', '2020-01-01', '{JOINED}')"
    )


async def test_of_parallel_requests_to_join_exactly_one_makes_the_membership(members: Members) -> None:
    person, institution = await members.person(), await members.institution()
    answers = await asyncio.gather(*(members.join(person, institution, f"202{n}-01-01") for n in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    (made,) = (answer.json() for answer in answers if answer.status_code == 201)
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer, 409, "membership-exists")["membership_id"] == made["id"]
    assert await rows(members.house, "membership", "membership_spell") == [1, 1]
    assert len(await events(members.house, made["id"])) == 1


async def test_of_parallel_returns_exactly_one_goes_through(members: Members) -> None:
    body = await members.left(await members.joined())
    answers = await asyncio.gather(
        *(step(members.operator, body, "readmission", {"joined_on": f"2025-0{n}-01"}, MEMBERSHIPS) for n in range(1, 7))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    assert len(await kept_days(members.house, body["id"])) == 2


WRONG_JOINS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"joined_on": "1987-12-04"}, ("/joined_on", "before-birth")),
    ({"joined_on": "2019-12-31"}, ("/joined_on", "before-founded")),
    ({"joined_on": "2026-03-16"}, ("/joined_on", "in-the-future")),
    ({"joined_on": "kemarin"}, ("/joined_on", "date-malformed")),
    ({"person_id": str(uuid4())}, ("/person_id", "person-unknown")),
    ({"institution_id": str(uuid4())}, ("/institution_id", "institution-unknown")),
    ({"left_on": "2025-01-01"}, ("/left_on", "extra-forbidden")),
]


async def test_a_wrong_membership_is_named_and_nothing_is_stored(members: Members) -> None:
    institution = await members.institution(founded_on="2020-01-01", active_from="2020-02-01")
    person = await members.person()
    child = await members.person(birth_date=..., birth_year=2022, birth_year_source="pengakuan")
    body = {"person_id": person["id"], "institution_id": institution["id"], "joined_on": JOINED}
    before = await rows(members.house, *TABLES)
    for change, fault in [*WRONG_JOINS, ({"person_id": child["id"]}, ("/joined_on", "before-birth"))]:
        answer = await members.operator.post("/v1/memberships", json=body | change)
        assert fault in faults(answer), change
        assert person["birth_date_known"]
        assert "1987" not in answer.text, "a fault tells no birth date"
    assert await rows(members.house, *TABLES) == before
    id_taken = await members.operator.post("/v1/memberships", json=body | {"id": (await members.joined())["id"]})
    problem(id_taken, 409, "id-taken")


async def test_nobody_joins_an_institution_that_was_closed_or_never_was(members: Members) -> None:
    institution, person = await members.institution(), await members.person()
    closed = await take(members.operator, institution, "closure", {"on": "2023-01-01", "reason": "Bubar"})
    assert await refused(members, person, closed, "2023-01-01") == {("/joined_on", "institution-closed")}
    body = await members.left(await members.joined(person, closed, "2022-12-31"), "2023-01-01")
    back = await step(members.operator, body, "readmission", {"joined_on": "2024-01-01"}, MEMBERSHIPS)
    assert faults(back) == {("/joined_on", "institution-closed")}
    voided = await take(members.operator, await members.institution(), "voiding", {"reason": "Salah input"})
    assert await refused(members, person, voided, JOINED) == {("/institution_id", "institution-voided")}


async def refused(members: Members, person: dict[str, Any], institution: dict[str, Any], on: str) -> set[Any]:
    return faults(await members.join(person, institution, on))


async def test_a_wrong_day_of_leaving_or_coming_back_is_named_and_nothing_changes(members: Members) -> None:
    body = await members.joined()
    before = await rows(members.house, *TABLES)
    for day, code in ((JOINED, "too-early"), ("2026-03-16", "in-the-future")):
        answer = await step(members.operator, body, "departure", LEFT | {"left_on": day}, MEMBERSHIPS)
        assert faults(answer) == {("/left_on", code)}
    without = await step(members.operator, body, "departure", {"left_on": "2024-01-01"}, MEMBERSHIPS)
    assert faults(without) == {("/reason", "missing")}
    assert await rows(members.house, *TABLES) == before
    left = await members.left(body)
    for day, code in (("2024-06-30", "too-early"), ("2026-03-16", "in-the-future")):
        answer = await step(members.operator, left, "readmission", {"joined_on": day}, MEMBERSHIPS)
        assert faults(answer) == {("/joined_on", code)}
    assert record(await members.operator.get(f"/v1/memberships/{body['id']}")) == left


SPELL = {"joined_on": "2020-05-01", "left_on": "2022-01-01"}
WRONG_SPELLS: list[tuple[Any, tuple[str, str]]] = [
    ([], ("/spells", "too-short")),
    (None, ("/spells", "missing")),
    ([SPELL | {"left_on": "2020-05-01"}], ("/spells/0/left_on", "left-before-joined")),
    ([SPELL | {"left_on": None, "reason": "Pindah"}], ("/spells/0/reason", "reason-without-end")),
    ([SPELL, {"joined_on": "2021-12-31"}], ("/spells/1/joined_on", "spells-overlap")),
    ([{"joined_on": "2022-01-01"}, SPELL], ("/spells/1/joined_on", "spells-overlap")),
    ([SPELL, {"joined_on": "2026-03-16"}], ("/spells/1/joined_on", "in-the-future")),
    ([SPELL | {"left_on": "2026-03-16"}], ("/spells/0/left_on", "in-the-future")),
    ([{"joined_on": "1987-12-04"}], ("/spells/0/joined_on", "before-birth")),
]


async def test_a_correction_replaces_the_spells_or_is_refused_whole(members: Members) -> None:
    body = await members.joined()
    before = await rows(members.house, *TABLES)
    for spells, fault in WRONG_SPELLS:
        assert fault in faults(await patched(members.operator, body, {"spells": spells}, MEMBERSHIPS)), spells
    assert record(await patched(members.operator, body, {}, MEMBERSHIPS)) == body
    assert record(await patched(members.operator, body, {"spells": body["spells"]}, MEMBERSHIPS)) == body
    stale = await patched(members.operator, body | {"sequence": 9}, {"spells": [SPELL]}, MEMBERSHIPS)
    problem(stale, 412, "stale-etag")
    assert await rows(members.house, *TABLES) == before
    wanted = [
        SPELL,
        {"joined_on": "2022-01-01", "left_on": "2023-01-01", "reason": "Sakit"},
        {"joined_on": "2024-01-01"},
    ]
    corrected = record(await patched(members.operator, body, {"spells": wanted}, MEMBERSHIPS))
    assert days(corrected) == [(spell["joined_on"], spell.get("left_on")) for spell in wanted]
    assert await kept_days(members.house, body["id"]) == days(corrected)
    assert [event["type"].split(".")[2] for event in await events(members.house, body["id"])] == ["joined", "corrected"]


async def test_a_voided_membership_frees_the_pair_and_takes_no_step(members: Members) -> None:
    person, institution = await members.person(), await members.institution()
    wrong = await members.joined(person, institution)
    voided = await take(members.operator, wrong, "voiding", {"reason": "Salah orang"}, MEMBERSHIPS)
    assert voided["voided"]
    for name, said in (("departure", LEFT), ("readmission", {"joined_on": JOINED}), ("voiding", {"reason": "Lagi"})):
        problem(await step(members.operator, voided, name, said, MEMBERSHIPS), 409, "wrong-state")
    change = await patched(members.operator, voided, {"spells": [SPELL]}, MEMBERSHIPS)
    problem(change, 409, "record-not-changeable")
    assert await members.listed(MEMBERSHIPS) == []
    assert [m["id"] for m in await members.listed(MEMBERSHIPS, voided="true")] == [wrong["id"]]
    right = await members.joined(person, institution)
    assert [m["id"] for m in await members.listed(MEMBERSHIPS)] == [right["id"]]
    # OpenSID#8392: taking a member out took the person's data along.
    assert record(await members.operator.get(f"/v1/people/{person['id']}")) == person


async def test_a_list_is_by_institution_person_sex_and_region(members: Members) -> None:
    first, second = await members.institution(), await members.institution(name="Arisan Mawar")
    her, him = await members.person(), await members.person(name="Budi", sex="L")
    for person, institution in ((her, first), (her, second), (him, second)):
        await members.joined(person, institution)
    assert len(await members.listed(MEMBERSHIPS, institution=second["id"])) == 2
    assert {m["institution_id"] for m in await members.listed(MEMBERSHIPS, person=her["id"])} == {
        first["id"],
        second["id"],
    }
    assert [m["person_id"] for m in await members.listed(MEMBERSHIPS, sex="L")] == [him["id"]]
    assert len(await members.listed(MEMBERSHIPS, region=VILLAGE)) == 3
    assert await members.listed(MEMBERSHIPS, region="32.04.06") == []
    assert await members.listed(MEMBERSHIPS, changed_since="2026-03-16T00:00:00Z") == []
    # OpenSID#8366: an institution whose member list is empty is one with no named members.
    empty = await members.institution(name="Arisan Kosong")
    assert await members.listed(MEMBERSHIPS, institution=empty["id"]) == []
