"""PRT-01, PRT-03, SOL-02 and SOL-04 over HTTP: values, parts, why, and for whom, from events in the real topics."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.reporting import rebuild
from shared.codes import (
    AttendanceRole,
    BeneficiaryUnit,
    CodeSystem,
    FamilyRole,
    HelpKind,
    OrganisationKind,
    PpksKind,
    Sex,
)
from shared.events.activities import AttendanceSheet, Attendee, Beneficiary, Benefit, Organisation
from shared.events.envelope import Spell
from shared.events.registry import (
    Family,
    FamilyMember,
    Lineage,
    MemberCounts,
    Membership,
    MembershipSpell,
    NetworkMembership,
    Person,
    RegionCode,
)
from tests.reporting.publishing import Desk, Village

pytestmark = pytest.mark.asyncio(loop_scope="module")
SINCE = date(2020, 1, 1)
Q1 = "2026-Q1"
TO_PERSON, TO_FAMILY = BeneficiaryUnit.PERORANGAN, BeneficiaryUnit.KELUARGA
Told = tuple[UUID, Any]


def person(sex: Sex = Sex.P, born: int | None = 1990, of: UUID | None = None) -> Told:
    return uuid4(), Person(sex=sex, birth_year=born, duplicate_of=of)


def sheet(village: Village, people: Sequence[UUID], day: date, *organisers: UUID) -> Told:
    came = [Attendee(person_id=each, role=AttendanceRole.WARGA) for each in people]
    return uuid4(), AttendanceSheet(
        activity_id=uuid4(), people=came, held_on=day, village_id=village.id, organiser_ids=list(organisers) or [uuid4()]
    )  # fmt: skip


def membership(person_id: UUID, institution_id: UUID, since: date = SINCE, until: date | None = None) -> Told:
    spells = [MembershipSpell(since=since, until=until)]
    return uuid4(), Membership(person_id=person_id, institution_id=institution_id, spells=spells)


def benefit(
    village: Village, to: UUID, by: UUID, *, unit: BeneficiaryUnit = TO_PERSON, day: date = date(2026, 2, 10),
    giver: OrganisationKind = OrganisationKind.INSTITUTION, kinds: Sequence[PpksKind] = (),
) -> Told:  # fmt: skip
    return uuid4(), Benefit(
        beneficiary=Beneficiary(unit=unit, id=to), giver=Organisation(organisation=giver, id=by), given_on=day,
        village_id=village.id, ppks_kinds=list(kinds), help=HelpKind.UANG,
    )  # fmt: skip


async def explained(desk: Desk, indicator: str, region: str, role: str = "regency-officer", **query: Any) -> Any:
    client = desk.client(role, "32.04")
    answer = await client.get(
        f"/v1/indicators/{indicator}/explanation", params={"region": region, "period": Q1, **query}
    )
    return answer.status_code, answer.json()


async def test_a_participant_counts_once_in_each_region_and_period_and_by_sex_and_age(desk: Desk) -> None:
    here, there = await desk.village(), await desk.village()
    woman, man, child = person(), person(Sex.L, 1950), person(Sex.L, 2015)
    one = sheet(here, [woman[0], man[0]], date(2026, 1, 20))
    two = sheet(there, [woman[0], child[0]], date(2026, 2, 20))
    before = await desk.ratio("PRT-01", "32.04.05", Q1)
    await desk.publish(woman, man, child, one, two)
    assert [(await desk.ratio("PRT-01", each.code, Q1))[0] for each in (here, there)] == [2, 2]
    assert (await desk.ratio("PRT-01", "32.04.05", Q1))[0] - before[0] == 3
    assert (await desk.ratio("PRT-01", "32.04.05", "2026"))[0] - before[0] == 3
    answer = await desk.get("/v1/indicators/PRT-01/values", region=here.code, period="2026-01..2026-03")
    assert [item["numerator"] for item in answer["items"]] == [2, 0, 0]
    parts = await desk.get("/v1/indicators/PRT-01/values", region=here.code, period=Q1, by="sex")
    assert {item["part"]: item["numerator"] for item in parts["items"]} == {"L": 1, "P": 1}
    parts = await desk.get("/v1/indicators/PRT-01/values", region=there.code, period=Q1, by="age")
    assert {item["part"]: item["numerator"] for item in parts["items"]} == {"age_6_17": 1, "age_18_59": 1}
    both = {"region": there.code, "period": Q1, "sex": "L", "age": "age_6_17"}
    (item,) = (await desk.get("/v1/indicators/PRT-01/values", **both))["items"]
    assert (item["numerator"], item["denominator"], item["value"], item["reason"]) == (
        1,
        None,
        None,
        "reference_missing",
    )
    told = await desk.client().post(
        "/v1/populations",
        json={"region": there.code, "year": 2025, "month": 12, "people": 3000, "source": "Dukcapil semester II 2025"},
    )
    assert told.status_code == 201, told.text
    item = await desk.value("PRT-01", there.code, Q1)
    assert (item["numerator"], item["denominator"], item["value"]) == (2, 3000, 0.67)


async def test_two_records_of_one_person_count_once_and_twice_again_when_they_are_separated(desk: Desk) -> None:
    here = await desk.village()
    first, second = person(), person()
    await desk.publish(
        first, second, sheet(here, [first[0]], date(2026, 1, 5)), sheet(here, [second[0]], date(2026, 3, 5))
    )
    found = []
    for of in (None, first[0], None):
        await desk.publish((second[0], second[1].model_copy(update={"duplicate_of": of})))
        found.append(
            [(await desk.ratio("PRT-01", here.code, period))[0] for period in ("2026-01", "2026-03", Q1, "2026")]
        )
    assert found == [[1, 1, 2, 2], [1, 1, 1, 1], [1, 1, 2, 2]]


async def test_a_member_is_active_by_what_an_own_institution_held(desk: Desk) -> None:
    here = await desk.village()
    arisan, kube = here.institution((SINCE, None)), here.institution((SINCE, None), members=MemberCounts(female=6))
    people = [person() for _ in range(4)]
    ids = [id_ for id_, _ in people]
    joined = [membership(ids[0], arisan[0]), membership(ids[0], kube[0]), membership(ids[1], arisan[0]),
              membership(ids[2], kube[0], until=date(2026, 3, 1))]  # fmt: skip
    came = [sheet(here, ids, date(2026, 1, 20), arisan[0]), sheet(here, [ids[2]], date(2026, 2, 20), kube[0])]
    await desk.publish(arisan, kube, *people, *joined, *came)
    assert await desk.ratio("PRT-03", here.code, Q1) == (2, 2)
    assert await desk.ratio("PRT-03", here.code, "2026-02") == (1, 3)
    assert await desk.ratio("PRT-03", here.code, "2026-03") == (0, 2)
    share = (await desk.value("PRT-03", here.code, "2026-02"))["companions"]["named_share"]
    assert (share["numerator"], share["denominator"]) == (4, 8)  # two of the arisan; two named of the six of the KUBE
    closed = arisan[0], arisan[1].model_copy(update={"active": [Spell(since=SINCE, until=date(2026, 3, 31))]})
    await desk.publish(closed)
    assert await desk.ratio("PRT-03", here.code, Q1) == (0, 1)
    assert await desk.ratio("PRT-03", here.code, "2026-02") == (1, 3)
    status, answer = await explained(desk, "PRT-03", here.code, part="denominator")
    assert (status, [(item["id"], item["noun"], item["name"]) for item in answer["items"]]) == (
        200, [(str(ids[0]), "person", None)],
    )  # fmt: skip
    _, answer = await explained(desk, "PRT-03", here.code, records="excluded")
    assert {item["id"] for item in answer["items"]} == {str(id_) for id_ in ids[:3]}


async def test_help_reaches_beyond_members_by_the_day_the_giver_and_the_head(desk: Desk) -> None:
    here = await desk.village()
    giver, network = here.institution((SINCE, None)), here.network()
    member, late, stranger, head = person(), person(), person(), person()
    family = uuid4(), Family(
        village_id=here.id, members=[FamilyMember(person_id=head[0], role=FamilyRole.KEPALA_KELUARGA)]
    )  # fmt: skip
    given = [benefit(here, each[0], giver[0]) for each in (member, late, stranger)]
    given.append(benefit(here, family[0], network[0], unit=TO_FAMILY, giver=OrganisationKind.NETWORK))
    given.append(benefit(here, uuid4(), uuid4(), giver=OrganisationKind.PARTNER))
    await desk.publish(giver, network, member, late, stranger, head, family, *given)
    assert await desk.ratio("SOL-02", here.code, Q1) == (4, 4)  # no membership has arrived
    await desk.publish(membership(member[0], giver[0]), membership(late[0], giver[0], since=date(2026, 2, 11)))
    assert await desk.ratio("SOL-02", here.code, Q1) == (3, 4)
    await desk.publish(membership(head[0], giver[0]))
    place = uuid4(), NetworkMembership(network_id=network[0], institution_id=giver[0], spells=[Spell(since=SINCE)])
    await desk.publish(place)
    assert await desk.ratio("SOL-02", here.code, Q1) == (2, 4)
    status, answer = await explained(desk, "SOL-02", here.code)
    assert status == 200
    assert {(item["id"], item["noun"]) for item in answer["items"]} == {
        (str(late[0]), "person"), (str(stranger[0]), "person"),
    }  # fmt: skip
    assert all(str(giver[0]) in item["why"]["en"] for item in answer["items"])
    _, answer = await explained(desk, "SOL-02", here.code, records="excluded")
    told = {item["id"]: item["why"]["en"] for item in answer["items"]}
    assert told[str(member[0])].startswith("helped by their own only")
    assert (len(told), "helped by partners only" in told.values()) == (3, True)
    query = {"region": here.code, "period": Q1}
    for role, area, refused in (
        ("ministry", "ID", 403),
        ("province-officer", "32", 403),
        ("regency-officer", "94.01", 404),
    ):
        answer = await desk.client(role, area).get("/v1/indicators/SOL-02/explanation", params=query)
        assert answer.status_code == refused, role


async def test_who_is_served_counts_by_kind_and_as_a_whole_and_units_apart(desk: Desk) -> None:
    here = await desk.village()
    giver = here.institution((SINCE, None))
    old, poor, family = person(), person(), (uuid4(), Family(village_id=here.id))
    lut, fm = PpksKind.LUT, PpksKind.FM
    given = [
        benefit(here, old[0], giver[0], kinds=[lut, fm]),
        benefit(here, old[0], giver[0], kinds=[lut], day=date(2026, 3, 1)),
        benefit(here, poor[0], uuid4(), kinds=[fm], giver=OrganisationKind.PARTNER),
        benefit(here, family[0], giver[0], unit=TO_FAMILY, kinds=[fm]),
        benefit(here, person()[0], giver[0]),
    ]
    await desk.publish(giver, old, poor, family, *given)
    assert (await desk.ratio("SOL-04", here.code, Q1))[0] == 2
    query = {"region": here.code, "period": Q1}
    officer = desk.client("regency-officer", "32.04")
    parts = (await officer.get("/v1/indicators/SOL-04/values", params={**query, "by": "ppks"})).json()
    assert {item["part"]: item["numerator"] for item in parts["items"]} == {"LUT": 1, "FM": 2}
    families = await desk.value("SOL-04", here.code, Q1, unit="keluarga")
    assert (families["numerator"], families["counted"], families["reason"]) == (1, "keluarga", "reference_missing")
    told = {"region": here.code, "year": 2026, "kind": "FM", "unit": "perorangan", "count": 1, "source": "Dinas Sosial"}
    answer = await desk.client().post("/v1/ppks-baselines", json=told)
    assert answer.status_code == 201, answer.text
    (item,) = (await officer.get("/v1/indicators/SOL-04/values", params={**query, "ppks": "FM"})).json()["items"]
    assert (item["numerator"], item["denominator"], item["value"], item["flags"]) == (2, 1, 200.0, ["over_100"])
    (item,) = (await officer.get("/v1/indicators/SOL-04/values", params={**query, "ppks": "LUT"})).json()["items"]
    assert item["reason"] == "reference_missing"
    status, answer = await explained(desk, "SOL-04", here.code, ppks="FM")
    assert (status, {item["id"] for item in answer["items"]}) == (200, {str(old[0]), str(poor[0])})
    for unit in ("perorangan", "keluarga", "komunitas"):
        value = await desk.value("SOL-04", here.code, Q1, unit=unit)
        _, answer = await explained(desk, "SOL-04", here.code, unit=unit)
        assert sum(item["amount"] for item in answer["items"]) == value["numerator"]
    refused = await desk.client().get(
        "/v1/indicators/PRT-01/values", params={"region": here.code, "period": Q1, "unit": "keluarga"}
    )
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "unit-not-counted")


async def test_of_somebody_helped_in_two_places_the_one_that_left_the_area_is_not_told(desk: Desk) -> None:
    here, left = await desk.village(), await desk.village()
    someone, day = person(), date(2026, 2, 10)
    _, region = desk.region(left.code, "Asia/Jakarta")
    ancestors, other = region.lineage[0].ancestors, desk.ancestors("94.01.01.2999")
    moved = [Lineage(ancestors=ancestors, until=date(2026, 3, 1)), Lineage(ancestors=other, since=date(2026, 3, 1))]
    codes = [RegionCode(system=CodeSystem.KEMENDAGRI, code=left.code, until=date(2026, 3, 1)),
             RegionCode(system=CodeSystem.KEMENDAGRI, code="94.01.01.2999", since=date(2026, 3, 1))]  # fmt: skip
    told, hidden = benefit(here, someone[0], uuid4(), day=day), benefit(left, someone[0], uuid4(), day=day)
    came, elsewhere = sheet(here, [someone[0]], day), sheet(left, [someone[0]], day)
    await desk.publish(someone, told, hidden, came, elsewhere)
    await desk.publish((left.id, region.model_copy(update={"lineage": moved, "codes": codes})))
    for indicator, shown, not_shown in (
        ("SOL-02", told[0], hidden[0]),
        ("PRT-01", came[1].activity_id, elsewhere[1].activity_id),
    ):
        _, answer = await explained(desk, indicator, "32.04.05")
        (item,) = [each for each in answer["items"] if each["id"] == str(someone[0])]
        assert (str(shown) in item["why"]["en"], str(not_shown) in item["why"]["en"]) == (True, False), item


async def test_kinds_of_ppks_below_a_regency_are_told_to_those_who_may_read_who_was_helped(desk: Desk) -> None:
    """One ODHA of a village is somebody whom everybody there knows."""
    here = await desk.village()
    district, regency = here.code[:8], here.code[:5]
    await desk.publish(benefit(here, person()[0], uuid4(), kinds=[PpksKind.ODHA]))

    async def asked(role: str, area: str, what: str, **query: Any) -> int:
        answer = await desk.client(role, area).get(f"/v1/indicators/SOL-04/{what}", params={"period": Q1, **query})
        return answer.status_code

    for role, area in (("ministry", "ID"), ("province-officer", "32")):
        for region in (here.code, district):
            assert await asked(role, area, "values", region=region, by="ppks") == 403
            assert await asked(role, area, "values", region=region, ppks="ODHA") == 403
            assert await asked(role, area, "explanation", region=region, ppks="ODHA", part="denominator") == 403
            assert await asked(role, area, "values", region=region) == 200, "all kinds together tell no kind"
        assert await asked(role, area, "values", region=regency, by="ppks", children="true") == 403
        assert await asked(role, area, "values", region=regency, by="ppks") == 200
    assert await asked("regency-officer", regency, "values", region=here.code, by="ppks") == 200
    assert await asked("village-operator", here.code, "values", region=here.code, ppks="ODHA") == 200


async def test_a_rebuild_comes_to_the_same_people_and_numbers(desk: Desk) -> None:
    here = await desk.village()
    first, second = person(), person()
    await desk.publish(first, sheet(here, [first[0], second[0]], date(2026, 1, 5)), (second[0], second[1]))
    await desk.publish((second[0], second[1].model_copy(update={"duplicate_of": first[0]})))
    outcome = await rebuild.rebuild(desk.house.settings("reporting"))
    assert (outcome.swapped, outcome.differences) == (True, {})
    assert (await desk.ratio("PRT-01", here.code, Q1))[0] == 1
