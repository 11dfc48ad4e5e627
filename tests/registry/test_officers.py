"""Officers over HTTP: appointed, corrected, gone; one ketua at a time; and what an institution is without them."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.house import House
from tests.registry.institutions import events, faults, patched, problem, record, step, take
from tests.registry.members import MEMBERSHIPS, OFFICERS, Members, rows

TABLES = ("officer", "outbox")
LEAVING = {"left_on": "2024-07-01", "reason": "Mengundurkan diri"}


@pytest.fixture
def members(registry_api: House) -> Members:
    return Members(registry_api)


async def member_of(members: Members, institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A person who is a member since 2021."""
    person = await members.person(**changes)
    await members.joined(person, institution)
    return person


async def institution_now(members: Members, id: str) -> dict[str, Any]:
    """The institution without what every change raises."""
    body = record(await members.operator.get(f"/v1/institutions/{id}"))
    return {name: value for name, value in body.items() if name not in ("sequence", "changed_at", "named_members")}


async def test_an_appointment_is_told_with_its_person_and_as_a_term_of_the_institution_without(
    members: Members,
) -> None:
    institution = await members.institution()
    person = await member_of(members, institution)
    decree = {"decree_number": "141/05/KPTS/2022", "decree_on": "2021-12-20"}
    answer = await members.appoint(person, institution, valid_until="2026-12-31", **decree)
    body = record(answer, 201)
    assert answer.headers["Location"] == f"/v1/officers/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Wahana-Position"] == f"registry/{institution['id']}@{institution['sequence'] + 1}"
    assert body | decree | {"role": "ketua", "since": "2022-01-01", "valid_until": "2026-12-31"} == body
    assert (body["person_name"], body["canonical_person_id"]) == ("Siti Aminah", person["id"])
    assert record(await members.operator.get(f"/v1/officers/{body['id']}")) == body
    (told,) = await events(members.house, body["id"])
    assert told["type"] == "registry.officer.appointed.v1"
    assert '"until":"2027-01-01"' in told["data"].replace(" ", "")
    of_institution = (await events(members.house, institution["id"]))[-1]
    assert of_institution["type"] == "registry.institution.officers_changed.v1"
    assert '"officers":[{"role":"ketua","since":"2022-01-01","until":"2027-01-01"}]' in of_institution["data"]
    assert person["id"] not in of_institution["data"]


async def test_an_institution_has_one_ketua_at_a_time_and_one_after_the_other(members: Members) -> None:
    institution = await members.institution()
    first, second = await member_of(members, institution), await member_of(members, institution, name="Budi", sex="L")
    term = await members.appointed(first, institution, valid_until="2024-12-31")
    for since, until in (("2021-06-01", None), ("2024-12-31", None), ("2021-06-01", "2022-01-01")):
        answer = await members.appoint(second, institution, since=since, valid_until=until)
        assert problem(answer, 409, "another-ketua-in-office")["officer_id"] == term["id"]
    again = await members.appoint(first, institution, since="2023-01-01")
    assert problem(again, 409, "term-overlaps")["officer_id"] == term["id"]
    await members.appointed(second, institution, since="2021-06-01", valid_until="2021-12-31")
    await members.appointed(first, institution, since="2025-01-01")
    await members.appointed(second, institution, role="sekretaris")
    await members.appointed(first, institution, role="sekretaris")
    # OpenSID#11022: nobody could say who the head was at a time.
    for day, who in (("2021-07-01", second), ("2024-12-31", first), ("2025-01-01", first)):
        held = await members.listed(OFFICERS, institution=institution["id"], role="ketua", on=day)
        assert [officer["person_id"] for officer in held] == [who["id"]], day


async def test_of_parallel_appointments_of_a_ketua_exactly_one_goes_through(members: Members) -> None:
    institution = await members.institution()
    people = [await member_of(members, institution, name=f"Warga {number}") for number in range(5)]
    answers = await asyncio.gather(*(members.appoint(person, institution) for person in people))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 4
    assert await rows(members.house, "officer") == [1]
    told = [event["type"] for event in await events(members.house, institution["id"])]
    assert told.count("registry.institution.officers_changed.v1") == 1


async def test_the_database_refuses_a_second_ketua_and_a_role_held_twice(members: Members) -> None:
    institution = await members.institution()
    await members.appointed(await member_of(members, institution), institution)
    await members.appointed(await member_of(members, institution), institution, role="sekretaris")
    copy = (
        "INSERT INTO officer SELECT gen_random_uuid(), 1, {person}, institution_id, role, '2023-01-01', NULL, NULL, NULL,"
        " NULL, false, now(), now() FROM officer WHERE role = '{role}'"
    )
    for person, role in (("gen_random_uuid()", "ketua"), ("person_id", "sekretaris")):
        with pytest.raises(asyncpg.ExclusionViolationError):
            await members.house.execute("registry", copy.format(person=person, role=role))
    await members.house.execute("registry", copy.format(person="gen_random_uuid()", role="sekretaris"))


async def test_the_board_of_a_group_are_members_for_their_whole_term(members: Members) -> None:
    institution, person = await members.institution(), await members.person()
    for role in ("ketua", "wakil", "sekretaris", "bendahara", "anggota"):
        assert faults(await members.appoint(person, institution, role=role)) == {("/person_id", "officer-is-no-member")}
    for role in ("pembina", "pendamping", "kader"):
        await members.appointed(person, institution, role=role)
    await members.left(await members.joined(person, institution), "2024-07-01")
    for days in ({"since": "2021-02-28", "valid_until": "2024-01-01"}, {"valid_until": "2024-07-01"}, {}):
        answer = await members.appoint(person, institution, **days)
        assert ("/person_id", "officer-is-no-member") in faults(answer), days
    await members.appointed(person, institution, valid_until="2024-06-30")
    for type, needed in (("KUBE", True), ("KMT", True), ("SNM", True), ("KSM", True), ("LBD", False), ("OSN", False)):
        answer = await members.appoint(person, await members.institution(type=type, name=f"Lembaga {type}"))
        assert answer.status_code == (422 if needed else 201), type


async def test_a_member_in_office_does_not_leave_before_the_office_does(members: Members) -> None:
    institution, person = await members.institution(), await members.person()
    membership = await members.joined(person, institution)
    term = await members.appointed(person, institution)
    await members.appointed(person, institution, role="pembina")
    before = await rows(members.house, "membership", "outbox")
    for answer in (
        await step(members.operator, membership, "departure", LEAVING, MEMBERSHIPS),
        await step(members.operator, membership, "voiding", {"reason": "Salah input"}, MEMBERSHIPS),
        await patched(members.operator, membership, {"spells": [{"joined_on": "2022-01-02"}]}, MEMBERSHIPS),
    ):
        named = problem(answer, 409, "still-in-office")["officers"]
        assert named == [{"id": term["id"], "role": "ketua", "since": "2022-01-01"}]
    assert await rows(members.house, "membership", "outbox") == before
    earlier = await patched(members.operator, membership, {"spells": [{"joined_on": "2020-06-01"}]}, MEMBERSHIPS)
    membership = record(earlier)
    await take(members.operator, term, "departure", LEAVING, OFFICERS)
    early = await step(members.operator, membership, "departure", LEAVING | {"left_on": "2024-06-30"}, MEMBERSHIPS)
    problem(early, 409, "still-in-office")
    await take(members.operator, membership, "departure", LEAVING, MEMBERSHIPS)


async def test_an_institution_stays_what_it_is_when_its_ketua_goes(members: Members) -> None:
    # OpenSID hid a group whose chair had died or moved: its status was the chair's.
    institution = await members.keepers.verified()
    before = await institution_now(members, institution["id"])
    goes, wrong, erased = [await member_of(members, institution, name=f"Warga {number}") for number in range(3)]
    term = await members.appointed(goes, institution)
    await take(members.operator, term, "departure", LEAVING, OFFICERS)
    mistaken = await members.appointed(wrong, institution, since="2024-08-01")
    await take(members.operator, mistaken, "voiding", {"reason": "Salah orang"}, OFFICERS)
    await members.appointed(erased, institution, since="2024-08-01")
    await take(members.keepers.officer, erased, "erasure", {"reason": "Permintaan sendiri"}, "people")
    assert await institution_now(members, institution["id"]) == before
    (held,) = await members.listed(OFFICERS, institution=institution["id"], on="2026-03-15")
    assert (held["person_id"], held["person_name"]) == (erased["id"], None)
    kept = await members.house.fetch("registry", "SELECT operation, verification, officers FROM institution")
    assert (kept[0]["operation"], kept[0]["verification"]) == ("aktif", "terverifikasi")
    assert '"until": "2024-07-01"' in kept[0]["officers"]
    assert kept[0]["officers"].count("ketua") == 2


WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"since": "1987-12-04"}, ("/since", "before-birth")),
    ({"since": "2019-12-31"}, ("/since", "before-founded")),
    ({"since": "2027-03-17"}, ("/since", "in-the-future")),
    ({"decree_on": "2026-03-16"}, ("/decree_on", "in-the-future")),
    ({"valid_until": "2021-12-31"}, ("/valid_until", "until-before-since")),
    ({"ended_reason": "Sakit"}, ("/ended_reason", "reason-without-end")),
    ({"role": "bos"}, ("/role", "enum")),
    ({"person_id": str(uuid4())}, ("/person_id", "person-unknown")),
    ({"institution_id": str(uuid4())}, ("/institution_id", "institution-unknown")),
]


async def test_a_wrong_term_is_named_and_nothing_is_stored(members: Members) -> None:
    institution = await members.institution(founded_on="2020-01-01", active_from="2020-02-01")
    person = await member_of(members, institution)
    before = await rows(members.house, *TABLES)
    for change, fault in WRONG:
        assert fault in faults(await members.appoint(person, institution, **change)), change
    assert await rows(members.house, *TABLES) == before
    taken = await members.appointed(person, institution)
    problem(await members.appoint(person, institution, id=taken["id"], role="wakil"), 409, "id-taken")


async def test_a_board_is_entered_before_its_first_day(members: Members) -> None:
    institution = await members.institution()
    body = await members.appointed(await member_of(members, institution), institution, since="2027-01-01")
    assert await members.listed(OFFICERS, on="2026-12-31") == []
    assert [officer["id"] for officer in await members.listed(OFFICERS, on="2027-01-01")] == [body["id"]]


async def test_a_term_is_corrected_ended_early_and_voided(members: Members) -> None:
    institution = await members.institution()
    body = await members.appointed(await member_of(members, institution), institution, valid_until="2025-12-31")
    assert record(await patched(members.operator, body, {"since": "2022-01-01"}, OFFICERS)) == body
    for patch, fault in (({"since": "2026-01-01"}, "until-before-since"), ({"since": None}, "missing")):
        assert fault in {code for _, code in faults(await patched(members.operator, body, patch, OFFICERS))}
    problem(await patched(members.operator, body | {"sequence": 9}, {"role": "wakil"}, OFFICERS), 412, "stale-etag")
    body = record(await patched(members.operator, body, {"since": "2022-02-01", "decree_number": "1/2022"}, OFFICERS))
    for day, code in (("2022-02-01", "too-early"), ("2026-01-01", "term-over"), ("2026-03-16", "in-the-future")):
        answer = await step(members.operator, body, "departure", LEAVING | {"left_on": day}, OFFICERS)
        assert ("/left_on", code) in faults(answer)
    body = await take(members.operator, body, "departure", LEAVING, OFFICERS)
    assert (body["valid_until"], body["ended_reason"]) == ("2024-06-30", LEAVING["reason"])
    problem(await step(members.operator, body, "departure", LEAVING, OFFICERS), 409, "wrong-state")
    body = await take(members.operator, body, "voiding", {"reason": "Salah input"}, OFFICERS)
    for answer in (
        await step(members.operator, body, "voiding", {"reason": "Lagi"}, OFFICERS),
        await patched(members.operator, body, {"role": "wakil"}, OFFICERS),
    ):
        problem(answer, 409, "record-not-changeable")
    told = [event["type"].split(".")[2] for event in await events(members.house, body["id"])]
    assert told == ["appointed", "corrected", "left_office", "voided"]
    assert (await members.operator.get(f"/v1/officers/{body['id']}/history")).json()[2]["reason"] == LEAVING["reason"]
    told = [event["type"].split(".")[2] for event in await events(members.house, institution["id"])]
    assert told == ["registered", *["officers_changed"] * 4]
    assert (await members.house.fetch("registry", "SELECT officers FROM institution"))[0][0] == "[]"


async def test_a_correction_of_a_decree_does_not_ask_again_for_what_was_right(members: Members) -> None:
    institution = await members.institution(type="LBD", name="Lumbung")
    body = await members.appointed(await members.person(), institution)
    record(await patched(members.operator, record(await members.operator.get(f"/v1/institutions/{institution['id']}")), {"type": "KUBE"}))  # fmt: skip
    assert record(await patched(members.operator, body, {"decree_number": "2/2022"}, OFFICERS))["sequence"] == 2
    moved = await patched(members.operator, body | {"sequence": 2}, {"since": "2022-01-02"}, OFFICERS)
    assert faults(moved) == {("/person_id", "officer-is-no-member")}
