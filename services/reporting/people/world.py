"""What people's measures see at one moment, and what they give then: the facts of some owners, and all that these rest on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.reporting.measures import BENEFICIARY, MEMBER, PARTICIPANT, SERVED, people_benefits
from services.reporting.measures.people import (
    Benefit,
    Days,
    Membership,
    Sheet,
    Unit,
    Where,
    dimension,
    regions,
)
from services.reporting.measures.people_membership import Standing, Stay, as_member, came, members, stays
from services.reporting.measures.runs import Run
from services.reporting.measures.years import LENGTHS, MARKED, YEAR
from services.reporting.people.counts import Counts
from services.reporting.people.owners import Owner
from services.reporting.periods import month_of
from services.reporting.places import Path, Village

EVER = (0, 9999)
"""All years."""
Came = tuple[int, int, int]
"""A record of a person, a year, a sheet: by keys."""
KINDS = len(LENGTHS)
"""Columns of a set: one for each kind of period."""


@dataclass(slots=True)
class Asked:
    """The parts of owners' contributions that may change, by key: those of one part do not touch another."""

    came: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Who came to activities, and as a member, in these years, first and last: PRT-01 and the numerator of PRT-03."""
    belongs: set[int] = field(default_factory=set)
    """Who is a member: the denominator of PRT-03."""
    helped: set[int] = field(default_factory=set)
    """Who was helped: SOL-02 and SOL-04."""
    organisers: set[UUID] = field(default_factory=set)
    """Institutions of sheets that are told anew, of which those who came may be members."""

    def years(self, key: int, first: int, last: int) -> None:
        """Asks for what somebody came to in these years too."""
        asked = self.came.get(key)
        self.came[key] = (min(asked[0], first), max(asked[1], last)) if asked else (first, last)

    def all_of(self, key: int) -> None:
        """Asks for all that an owner gives."""
        self.came[key] = EVER
        self.belongs.add(key)
        self.helped.add(key)

    @property
    def keys(self) -> set[int]:
        """Every owner that is asked for."""
        return self.came.keys() | self.belongs | self.helped


@dataclass(slots=True)
class People:
    """Owners with their facts. A person's facts stand by record; `records` are those that count as the person."""

    owners: dict[int, Owner] = field(default_factory=dict)
    """Who is asked for, by key."""
    records: dict[int, list[int]] = field(default_factory=dict)
    """The keys of the records of a person that are no entry errors; also of persons who are heads of families."""
    attendance: Mapping[int, Collection[int]] = field(default_factory=dict)
    """Record → keys of sheets, within the years asked for."""
    sheets: dict[int, Sheet] = field(default_factory=dict)
    memberships: dict[int, list[Membership]] = field(default_factory=dict)
    """Record → what it is a member of."""
    benefits: dict[int, list[Benefit]] = field(default_factory=dict)
    """Record of a person, family or community → what it was given."""
    heads: dict[int, list[tuple[int, Days]]] = field(default_factory=dict)
    """Family → whom its heads count as, and when they were its head."""
    networks: dict[UUID, list[Membership]] = field(default_factory=dict)
    """Network → the institutions that belong to it."""
    standings: dict[UUID, Standing] = field(default_factory=dict)
    villages: Mapping[UUID, Village] = field(default_factory=dict)
    _learnt: bool = False
    _depths: dict[int, int] = field(default_factory=dict)
    _where: dict[tuple[Path, ...], Where] = field(default_factory=dict)
    _stays: dict[UUID, list[Stay]] = field(default_factory=dict)
    _spots: dict[int, tuple[int, int, Where]] = field(default_factory=dict)

    def needed(self) -> set[UUID]:
        """The villages that its facts name."""
        found = {sheet.village_id for sheet in self.sheets.values()}
        found.update(benefit.village_id for given in self.benefits.values() for benefit in given)
        found.update(seat.village_id for standing in self.standings.values() for seat in standing.seats)
        return found

    def coming(self, sheets: Mapping[int, Sheet | None], gone: Iterable[Came], come: Iterable[Came]) -> "People":
        """The same owners when sheets are told anew, by key, and other people came to them."""
        attendance = dict(self.attendance)
        for record, _, sheet in gone:
            attendance[record] = [key for key in attendance.get(record, ()) if key != sheet]
        for record, _, sheet in come:
            attendance[record] = [*attendance.get(record, ()), sheet]
        known = {key: sheet for key, sheet in {**self.sheets, **sheets}.items() if sheet is not None}
        return replace(self, attendance=attendance, sheets=known)

    def within(self, villages: Mapping[UUID, Village]) -> "People":
        """The same owners and facts, where these villages lie as they are given."""
        return replace(self, villages=villages, _learnt=False, _depths={}, _where={}, _stays={}, _spots={})

    def contribute(self, asked: Asked, counts: Counts) -> None:
        """Gives all that was asked for."""
        self._learn()
        for key in asked.came:
            self._came(key, counts)
        for key in asked.belongs:
            counts.while_in(MEMBER, 0, members(self.as_member(key)))
        for key in asked.helped & self.owners.keys():
            self._helped(key, counts)
        counts.depths.update(self._depths)

    def _learn(self) -> None:
        """Looks up once where each sheet counts, where each institution is at work, and how deep the regions lie."""
        if self._learnt:
            return
        for key, sheet in self.sheets.items():
            year, month = divmod(month_of(sheet.held_on), YEAR)
            self._spots[key] = (year, 1 << month, self._at(sheet.village_id, sheet.held_on))
        for id_, standing in self.standings.items():
            self._stays[id_] = stays(standing, self.villages)
            self._deep(path for path, _, _ in self._stays[id_])
        self._learnt = True

    def _at(self, village_id: UUID, day: date) -> Where:
        paths = tuple(self.villages[village_id].on(day))
        found = self._where.get(paths)
        if found is None:
            found = self._where[paths] = Where(paths)
            self._deep(paths)
        return found

    def _deep(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._depths.update(zip(path.keys, path.depths, strict=True))

    def of_person(self, key: int) -> list[Membership]:
        """What a person is a member of, by any record."""
        return [each for record in self.records.get(key, ()) for each in self.memberships.get(record, ())]

    def as_member(self, key: int) -> list[tuple[UUID, Path, Run]]:
        """Of which institutions a person is a member while they are at work, where and when."""
        self._learn()
        return list(as_member(self.of_person(key), self._stays))

    def _came(self, key: int, counts: Counts) -> None:
        by_year: dict[int, dict[Where, int]] = {}
        for record in self.records.get(key, ()):
            for sheet in self.attendance.get(record, ()):
                year, bit, where = self._spots[sheet]
                places = by_year.setdefault(year, {})
                places[where] = places.get(where, 0) | bit
        if not by_year:
            return
        owner = self.owners[key]
        for year, places in by_year.items():
            counts.once(PARTICIPANT, 0, dimension(owner.sex, owner.birth_year, year), year, regions(places))
        stays_ = self.as_member(key)
        if stays_:
            for year, months in self._to_own(key, {institution for institution, _, _ in stays_}).items():
                counts.once(MEMBER, 1, 0, year, came(stays_, months, year), MARKED)

    def _to_own(self, key: int, own: set[UUID]) -> dict[int, dict[UUID, int]]:
        """Year → own institution → months in which the person came to an activity that it organised."""
        found: dict[int, dict[UUID, int]] = {}
        for record in self.records[key]:
            for sheet in self.attendance.get(record, ()):
                for institution in own.intersection(self.sheets[sheet].organiser_ids):
                    year, bit, _ = self._spots[sheet]
                    months = found.setdefault(year, {})
                    months[institution] = months.get(institution, 0) | bit
        return found

    def given(self, key: int) -> list[Benefit]:
        """What an owner was given, by any record."""
        owner = self.owners[key]
        if owner.unit == Unit.PERSON:
            return [each for record in self.records.get(key, ()) for each in self.benefits.get(record, ())]
        return [] if owner.voided else self.benefits.get(key, [])

    def own(self, key: int, benefit: Benefit) -> bool:
        """Whether somebody was a member of the giver of a benefit on its day; a family by its head."""
        memberships = self.of_person(key)
        if self.owners[key].unit == Unit.FAMILY:
            heads = {head for head, days in self.heads.get(key, ()) if days.hold(benefit.given_on)}
            memberships = [each for head in heads for each in self.of_person(head)]
        return people_benefits.own(benefit, memberships, self.networks)

    def _helped(self, key: int, counts: Counts) -> None:
        benefits, unit = self.given(key), self.owners[key].unit
        if unit != Unit.COMMUNITY:
            inside = people_benefits.within_network(benefits)
            beyond = [benefit for benefit in inside if not self.own(key, benefit)]
            for place, given in enumerate((inside, beyond)):
                for year, places in people_benefits.helped(given, self._at).items():
                    counts.once(BENEFICIARY, place * KINDS, 0, year, regions(places))
        for kind, given in people_benefits.by_kind(benefits).items():
            for year, places in people_benefits.helped(given, self._at).items():
                counts.once(SERVED, unit * KINDS, kind, year, regions(places))
