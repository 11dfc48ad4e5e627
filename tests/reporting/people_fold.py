"""The four indicators over people, written down a second time: plain sets, straight from their definitions
(`domain.md` §5, `semantics.md` §5), by the final state of each subject. And what the cells answer, to compare."""

import calendar
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.codes import BeneficiaryUnit, FamilyRole, OrganisationKind, PpksKind, Sex, Verification
from shared.events.activities import AttendanceSheet, Benefit
from shared.events.envelope import State
from shared.events.registry import Community, Family, Institution, Membership, NetworkMembership, Person, Region

FIRST, LAST = 2024 * 12, 2026 * 12
"""Months that are compared."""
LENGTHS = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
TREES = {"as_was": 1, "current": 2}
Answers = dict[tuple[Any, ...], int]
"""(measure, tree, region, kind of period, its first month, dimension) → how many; zeros left out."""
Kind = TypeVar("Kind", bound=State)


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def last_day(number: int) -> date:
    year, place = divmod(number, 12)
    return date(year, place + 1, calendar.monthrange(year, place + 1)[1])


def holds(spell: Any, day: date) -> bool:
    return (spell.since is None or spell.since <= day) and (spell.until is None or day < spell.until)


class Told:
    """The final states."""

    def __init__(self, final: Mapping[UUID, State]) -> None:
        self.final = final

    def all(self, kind: type[Kind]) -> Iterator[tuple[UUID, Kind]]:
        """Those of a kind that are no entry errors."""
        for subject, state in self.final.items():
            if isinstance(state, kind) and not getattr(state, "voided", False):
                yield subject, state

    def person(self, id_: UUID) -> Person | None:
        state = self.final.get(id_)
        return state if isinstance(state, Person) else None

    def counts(self, id_: UUID) -> bool:
        """Whether a record of a person is no entry error."""
        person = self.person(id_)
        return person is None or not person.voided

    def who(self, id_: UUID) -> UUID:
        """Whom a record counts as: the end of the links; in a circle, the smallest id of it."""
        way = [id_]
        while (person := self.person(way[-1])) is not None and person.duplicate_of is not None:
            if person.duplicate_of in way:
                return min(way[way.index(person.duplicate_of) :], key=lambda one: one.int)
            way.append(person.duplicate_of)
        return way[-1]

    def regions(self, village: UUID, day: date, tree: str) -> list[UUID]:
        """Where what happened in a village on a day counts."""
        state = self.final.get(village)
        if not isinstance(state, Region):
            return []
        pieces = state.lineage
        piece = pieces[-1] if tree == "current" else next((p for p in pieces if holds(p, day)), pieces[0])
        return [*piece.ancestors, village]

    def memberships(self, person: UUID) -> Iterator[Membership]:
        """Of a person, by whatever record."""
        for _, membership in self.all(Membership):
            if self.counts(membership.person_id) and self.who(membership.person_id) == person:
                yield membership

    def member_on(self, person: UUID, institution: UUID, day: date) -> bool:
        return any(
            each.institution_id == institution and any(holds(spell, day) for spell in each.spells)
            for each in self.memberships(person)
        )

    def belongs_on(self, institution: UUID, network: UUID, day: date) -> bool:
        return any(
            each.institution_id == institution and each.network_id == network
            and any(holds(spell, day) for spell in each.spells)
            for _, each in self.all(NetworkMembership)
        )  # fmt: skip

    def seats_at_work(self, institution: UUID, day: date) -> list[UUID]:
        """The villages in which an institution that is one of A has its seat."""
        state = self.final.get(institution)
        if not isinstance(state, Institution) or state.voided or state.verification is not Verification.TERVERIFIKASI:
            return []
        if not any(holds(spell, day) for spell in state.active):
            return []
        return [seat.village_id for seat in state.seats if holds(seat, day)]

    def sheets(self) -> Iterator[tuple[UUID, AttendanceSheet, date]]:
        """(person, sheet, day) of everybody who came to anything."""
        for _, sheet in self.all(AttendanceSheet):
            for one in sheet.people:
                if sheet.held_on is not None and self.counts(one.person_id):
                    yield self.who(one.person_id), sheet, sheet.held_on

    def own(self, benefit: Benefit) -> bool:
        """Whether it came from an own giver."""
        day, beneficiary = benefit.given_on, benefit.beneficiary
        people = [self.who(beneficiary.id)]
        if beneficiary.unit is BeneficiaryUnit.KELUARGA:
            family = self.final.get(beneficiary.id)
            people = [
                self.who(each.person_id)
                for each in (family.members if isinstance(family, Family) else [])
                if each.role is FamilyRole.KEPALA_KELUARGA and holds(each, day) and self.counts(each.person_id)
            ]
        givers = [benefit.giver.id]
        if benefit.giver.organisation is OrganisationKind.NETWORK:
            institutions = {each.institution_id for _, each in self.all(NetworkMembership)}
            givers = [each for each in institutions if self.belongs_on(each, benefit.giver.id, day)]
        return any(self.member_on(person, giver, day) for person in people for giver in givers)

    def benefits(self) -> Iterator[tuple[UUID, Benefit]]:
        """(who, benefit) of everybody who counts."""
        voided = {subject for subject, state in self.final.items()
                  if isinstance(state, Family | Community) and state.voided}  # fmt: skip
        for _, benefit in self.all(Benefit):
            id_ = benefit.beneficiary.id
            if benefit.beneficiary.unit is BeneficiaryUnit.PERORANGAN:
                if self.counts(id_):
                    yield self.who(id_), benefit
            elif id_ not in voided:
                yield id_, benefit


def expected(final: Mapping[UUID, State]) -> Answers:
    """What the numbers must be."""
    told = Told(final)
    found: dict[tuple[Any, ...], set[UUID]] = defaultdict(set)

    def put(measure: str, who: UUID, village: UUID, day: date, dimension: int) -> None:
        for tree in TREES:
            for region in told.regions(village, day, tree):
                for kind, length in LENGTHS.items():
                    first = month(day) - month(day) % length
                    found[measure, tree, region, kind, first, dimension].add(who)

    for who, sheet, day in told.sheets():
        put("participants", who, sheet.village_id, day, dimension(told.person(who), day))
    for who, benefit in told.benefits():
        day, village, unit = benefit.given_on, benefit.village_id, benefit.beneficiary.unit
        if unit is not BeneficiaryUnit.KOMUNITAS and benefit.giver.organisation is not OrganisationKind.PARTNER:
            put("beneficiaries", who, village, day, 0)
            if not told.own(benefit):
                put("beyond", who, village, day, 0)
        served = {"perorangan": "persons", "keluarga": "families", "komunitas": "communities"}[unit]
        for kind in {*benefit.ppks_kinds, *([None] if benefit.ppks_kinds else [])}:
            put(served, who, village, day, -1 if kind is None else list(PpksKind).index(kind))
    _members(told, found)
    return {key: len(people) for key, people in found.items()}


def _members(told: Told, found: dict[tuple[Any, ...], set[UUID]]) -> None:
    people = {told.who(each.person_id) for _, each in told.all(Membership) if told.counts(each.person_id)}
    institutions = {each.institution_id for _, each in told.all(Membership)}
    for last in range(FIRST, LAST):
        day = last_day(last)
        for person in people:
            for institution in institutions:
                if not told.member_on(person, institution, day):
                    continue
                for village in told.seats_at_work(institution, day):
                    for tree in TREES:
                        for region in told.regions(village, day, tree):
                            found["members", tree, region, "month", last, 0].add(person)
                            for kind, length in LENGTHS.items():
                                first = last - length + 1
                                if first % length == 0 and any(
                                    who == person and institution in sheet.organiser_ids and first <= month(on) <= last
                                    for who, sheet, on in told.sheets()
                                ):
                                    found["active_members", tree, region, kind, first, 0].add(person)


def dimension(person: Person | None, day: date) -> int:
    """The number of sex and age band."""
    sex = list(Sex).index(person.sex) if person else list(Sex).index(Sex.TIDAK_DIKETAHUI)
    if person is None or person.birth_year is None or person.birth_year > day.year:
        return sex * 5 + 4
    age = day.year - person.birth_year
    return sex * 5 + (0 if age < 6 else 1 if age < 18 else 2 if age < 60 else 3)


SETS = {
    "cell_participant": ["participants"], "cell_member": ["active_members"],
    "cell_beneficiary": ["beneficiaries", "beyond"], "cell_served": ["persons", "families", "communities"],
}  # fmt: skip


async def answered(engine: AsyncEngine) -> Answers:
    """What the cells say, read as answers are: a period's months added up, a stock's running sum at months' ends."""
    found: Answers = defaultdict(int)
    changes: dict[tuple[str, UUID], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    async with engine.connect() as connection:
        for table, measures in SETS.items():
            statement = text(f"SELECT id, cell.* FROM {table} AS cell JOIN region ON key = region_key")
            for row in (await connection.execute(statement)).mappings():
                if table == "cell_participant" and row["dimension"] < 0:
                    continue
                for tree, number in TREES.items():
                    if row["tree"] not in (0, number):
                        continue
                    for measure in measures:
                        for kind, length in LENGTHS.items():
                            first = row["month"] - row["month"] % length
                            key = (measure, tree, row["id"], kind, first, row["dimension"])
                            found[key] += row[f"{measure}_{kind}"]
                    if table == "cell_member":
                        changes[tree, row["id"]][row["month"]] += row["members"]
    for (tree, region), by_month in changes.items():
        for last in range(FIRST, LAST):
            level = sum(amount for number, amount in by_month.items() if number <= last)
            found["members", tree, region, "month", last, 0] = level
    return {key: amount for key, amount in found.items() if amount and _compared(key)}


def _compared(key: tuple[Any, ...]) -> bool:
    return bool(FIRST <= key[4] < LAST)


def within(answers: Answers) -> Answers:
    """Those of the months that are compared."""
    return {key: amount for key, amount in answers.items() if _compared(key)}


Check = Callable[[], None]
