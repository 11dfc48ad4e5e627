"""Memberships of institutions in networks, and their delegates, over HTTP."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.house import House
from tests.registry.institutions import (
    VILLAGE,
    VILLAGE_NEXT,
    VILLAGE_OVER,
    faults,
    patched,
    problem,
    record,
    step,
    take,
)
from tests.registry.networks import Circle, kept, told

MEMBERSHIPS = "network-memberships"
DELEGATES = "network-delegates"


@pytest.fixture
def circle(registry_api: House) -> Circle:
    return Circle(registry_api)


async def test_an_institution_joins_leaves_and_comes_back_under_one_record(circle: Circle) -> None:
    body = await circle.begun()
    institution = await circle.institution()
    membership = await circle.joined(body, institution)
    assert (membership["institution_name"], membership["sequence"]) == (institution["name"], 1)
    join = {"network_id": body["id"], "institution_id": institution["id"], "joined_on": "2026-01-01"}
    refused = await circle.operator.post(f"/v1/{MEMBERSHIPS}", json=join)
    assert problem(refused, 409, "network-membership-exists")["membership_id"] == membership["id"]
    left = {"left_on": "2025-07-01", "reason": "Tidak sepakat iuran"}
    membership = await take(circle.operator, membership, "departure", left, MEMBERSHIPS)
    again = problem(await step(circle.operator, membership, "departure", left, MEMBERSHIPS), 409, "wrong-state")
    assert again["possible_steps"] == ["readmission", "voiding"]
    membership = await take(circle.operator, membership, "readmission", {"joined_on": "2026-01-01"}, MEMBERSHIPS)
    assert membership["spells"] == [
        {"joined_on": "2025-02-01", "left_on": "2025-07-01", "reason": "Tidak sepakat iuran"},
        {"joined_on": "2026-01-01", "left_on": None, "reason": None},
    ]
    assert await told(circle.house, membership["id"]) == [(1, "joined"), (2, "left"), (3, "rejoined")]
    rows = await circle.house.fetch("registry", "SELECT data FROM outbox WHERE subject_id = $1", membership["id"])
    assert not any("Tidak sepakat" in row["data"] for row in rows)
    for day, found in (("2025-06-30", 1), ("2025-07-01", 0), ("2026-01-01", 1)):
        listed = record(await circle.operator.get(f"/v1/{MEMBERSHIPS}?network={body['id']}&on={day}&count=true"))
        assert listed["count"] == found
    assert len(record(await circle.operator.get(f"/v1/{MEMBERSHIPS}/{membership['id']}/history"))) == 3
    audited = await circle.house.fetch(
        "registry", "SELECT before, after FROM audit_entry WHERE record_id = $1 AND action = 'left'", membership["id"]
    )
    assert "2025-07-01" in audited[0]["after"]
    assert "2025-07-01" not in audited[0]["before"]


async def test_spells_are_corrected_as_a_whole_and_never_overlap(circle: Circle) -> None:
    membership = await circle.joined(await circle.begun())
    spells = [{"joined_on": "2025-03-01", "left_on": "2025-05-01"}, {"joined_on": "2025-06-01"}]
    membership = record(await patched(circle.operator, membership, {"spells": spells}, MEMBERSHIPS))
    assert membership["sequence"] == 2
    assert record(await patched(circle.operator, membership, {"spells": spells}, MEMBERSHIPS)) == membership
    overlapping = [spells[0], {"joined_on": "2025-04-30"}]
    answer = await patched(circle.operator, membership, {"spells": overlapping}, MEMBERSHIPS)
    assert faults(answer) == {("/spells/1/joined_on", "spells-overlap")}
    with pytest.raises(asyncpg.ExclusionViolationError, match="ex_network_membership_spell_overlap"):
        await circle.house.execute(
            "registry",
            "INSERT INTO network_membership_spell SELECT membership_id, since + 1 FROM network_membership_spell",
        )
    voided = await take(circle.operator, membership, "voiding", {"reason": "Salah lembaga"}, MEMBERSHIPS)
    problem(await patched(circle.operator, voided, {"spells": spells}, MEMBERSHIPS), 409, "record-not-changeable")


async def test_a_wrong_membership_is_named_and_nothing_is_stored(circle: Circle) -> None:
    body = await circle.begun()
    near = await circle.institution(founded_on="2025-04-01", active_from=...)
    next_door = await circle.institution(by=circle.next, village=VILLAGE_NEXT)
    closed = await take(circle.operator, await circle.institution(), "closure", {"on": "2025-06-01", "reason": "Bubar"})
    voided = await take(circle.operator, await circle.institution(), "voiding", {"reason": "Salah input"})
    right = {"network_id": body["id"], "institution_id": near["id"], "joined_on": "2025-05-01"}
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"joined_on": "2025-03-31"}, ("/joined_on", "before-founded")),
        ({"joined_on": "2024-12-31"}, ("/joined_on", "too-early")),
        ({"joined_on": "2026-03-16"}, ("/joined_on", "in-the-future")),
        ({"institution_id": closed["id"], "joined_on": "2025-06-01"}, ("/joined_on", "institution-closed")),
        ({"institution_id": voided["id"]}, ("/institution_id", "institution-voided")),
        ({"institution_id": next_door["id"]}, ("/institution_id", "institution-unknown")),
        ({"network_id": near["id"]}, ("/network_id", "network-unknown")),
    ]
    before = await kept(circle.house)
    for changes, fault in wrong:
        assert fault in faults(await circle.operator.post(f"/v1/{MEMBERSHIPS}", json=right | changes)), changes
    outside = await circle.facilitator.post(f"/v1/{MEMBERSHIPS}", json=right | {"institution_id": next_door["id"]})
    assert faults(outside) == {("/joined_on", "institution-outside-territory")}
    assert await kept(circle.house) == before


async def test_one_pair_makes_one_record_however_many_ask_at_once(circle: Circle) -> None:
    body, institution = await circle.begun(), await circle.institution()
    join = {"network_id": body["id"], "institution_id": institution["id"], "joined_on": "2025-02-01"}
    answers = await asyncio.gather(*(circle.operator.post(f"/v1/{MEMBERSHIPS}", json=join) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


async def test_who_sees_the_network_only_is_not_told_the_institutions_name(circle: Circle) -> None:
    both = [{"village": VILLAGE}, {"village": VILLAGE_NEXT}]
    body = await circle.begun(by=circle.facilitator, territory=both)
    membership = await circle.joined(body)
    seen = record(await circle.next.get(f"/v1/{MEMBERSHIPS}/{membership['id']}"))
    assert (seen["institution_id"], seen["institution_name"]) == (membership["institution_id"], None)
    for answer in (
        await circle.over.get(f"/v1/{MEMBERSHIPS}/{membership['id']}"),
        await circle.over.get(f"/v1/{MEMBERSHIPS}/{membership['id']}/history"),
        await step(circle.over, membership, "voiding", {"reason": "Salah"}, MEMBERSHIPS),
    ):
        problem(answer, 404, "not-found")
    assert record(await circle.over.get(f"/v1/{MEMBERSHIPS}?count=true"))["count"] == 0


async def test_a_delegate_belongs_to_the_institution_and_speaks_while_it_is_a_member(circle: Circle) -> None:
    body, institution = await circle.begun(), await circle.institution()
    membership = await circle.joined(body, institution)
    person = await circle.person()
    right = {"membership_id": membership["id"], "person_id": person["id"], "since": "2025-03-01"}
    answer = await circle.operator.post(f"/v1/{DELEGATES}", json=right)
    assert faults(answer) == {("/person_id", "delegate-does-not-belong")}
    member = {"person_id": person["id"], "institution_id": institution["id"], "joined_on": "2025-02-15"}
    record(await circle.operator.post("/v1/memberships", json=member), 201)
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"since": "2025-02-10"}, ("/person_id", "delegate-does-not-belong")),
        ({"since": "2025-01-31"}, ("/since", "not-while-member")),
        ({"since": "2026-03-16"}, ("/since", "in-the-future")),
        ({"valid_until": "2025-02-28"}, ("/valid_until", "until-before-since")),
        ({"membership_id": person["id"]}, ("/membership_id", "membership-unknown")),
        ({"person_id": membership["id"]}, ("/person_id", "person-unknown")),
    ]
    before = await kept(circle.house)
    for changes, fault in wrong:
        assert fault in faults(await circle.operator.post(f"/v1/{DELEGATES}", json=right | changes)), changes
    assert await kept(circle.house) == before
    answer = await circle.operator.post(f"/v1/{DELEGATES}", json=right)
    delegate = record(answer, 201)
    assert answer.headers["Wahana-Position"] == f"registry/{membership['id']}@2"
    assert (delegate["person_name"], delegate["institution_id"]) == ("Warga Uji", institution["id"])
    problem(await circle.operator.post(f"/v1/{DELEGATES}", json=right), 409, "already-delegate")
    delegate = record(await patched(circle.operator, delegate, {"valid_until": "2025-12-31"}, DELEGATES))
    record(await circle.operator.post(f"/v1/{DELEGATES}", json=right | {"since": "2026-01-01"}), 201)
    membership = record(await circle.operator.get(f"/v1/{MEMBERSHIPS}/{membership['id']}"))
    left = {"left_on": "2026-02-01", "reason": "Keluar"}
    await take(circle.operator, membership, "departure", left, MEMBERSHIPS)
    for day, count in (("2025-12-31", 1), ("2026-01-31", 1), ("2026-02-01", 0)):
        listed = record(await circle.operator.get(f"/v1/{DELEGATES}?network={body['id']}&on={day}&count=true"))
        assert listed["count"] == count
    assert [verb for _, verb in await told(circle.house, membership["id"])] == [
        "joined", "delegates_changed", "delegates_changed", "delegates_changed", "left",
    ]  # fmt: skip
    rows = await circle.house.fetch("registry", "SELECT data FROM outbox WHERE subject_id = $1", membership["id"])
    assert not any(person["id"] in row["data"] for row in rows)


async def test_an_officer_may_be_a_delegate_and_strangers_see_none(circle: Circle) -> None:
    body, institution = await circle.begun(), await circle.institution(type="OSN")
    membership, person = await circle.joined(body, institution), await circle.person()
    term = {"person_id": person["id"], "institution_id": institution["id"], "role": "ketua", "since": "2025-01-01"}
    record(await circle.operator.post("/v1/officers", json=term), 201)
    right = {"membership_id": membership["id"], "person_id": person["id"], "since": "2025-03-01"}
    delegate = record(await circle.operator.post(f"/v1/{DELEGATES}", json=right), 201)
    for answer in (
        await circle.over.get(f"/v1/{DELEGATES}/{delegate['id']}"),
        await circle.over.get(f"/v1/{DELEGATES}/{delegate['id']}/history"),
        await patched(circle.over, delegate, {"valid_until": "2025-12-31"}, DELEGATES),
    ):
        problem(answer, 404, "not-found")
    voided = await take(circle.operator, delegate, "voiding", {"reason": "Salah orang"}, DELEGATES)
    problem(await patched(circle.operator, voided, {"since": "2025-04-01"}, DELEGATES), 409, "record-not-changeable")
    assert VILLAGE_OVER not in str(voided)
