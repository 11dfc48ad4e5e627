"""What a batch of events tells of people, as far as it is newer than what is stored, and whose contributions it touches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.reporting import dossiers
from services.reporting.measures import runs
from services.reporting.measures.people import Unit
from services.reporting.measures.runs import Run
from services.reporting.people import facts, reading
from services.reporting.people.facts import Attended, Told
from services.reporting.people.owners import Held
from services.reporting.people.world import Asked, People
from shared.arrived import Arrived
from shared.events.activities import AttendanceSheet, Benefit
from shared.events.envelope import State
from shared.events.registry import Community, Family, Membership, NetworkMembership, Person

UNITS: dict[type[State], Unit] = {Person: Unit.PERSON, Family: Unit.FAMILY, Community: Unit.COMMUNITY}
READ: tuple[type[State], ...] = (*UNITS, *facts.TABLES)
"""What people's numbers are made of, beside institutions and regions."""

Enlisted = tuple[UUID, list[Run]]
"""A membership: of which institution, in which months."""


@dataclass(slots=True)
class Batch:
    """One batch, as far as it is about people."""

    sheets: dict[UUID, Told[AttendanceSheet]]
    attended: dict[UUID, Attended]
    memberships: dict[UUID, Told[Membership]]
    benefits: dict[UUID, Told[Benefit]]
    places: dict[UUID, Told[NetworkMembership]]
    told: dict[Unit, dict[UUID, Arrived]]
    """Events of owners, of which it is not known yet whether they are newer."""
    held: Held = field(default_factory=Held)
    asked: Asked = field(default_factory=Asked)
    owners: dict[int, Arrived] = field(default_factory=dict)
    """Those of them that are newer, by key."""
    ends: dict[int, int] = field(default_factory=dict)
    """Whom those count as afterwards who may come to count as somebody else."""
    standings: bool = False
    """Whether institutions change so that their members count otherwise."""
    before: People = field(default_factory=People)

    @property
    def sheets_only(self) -> bool:
        """Whether nothing is told but who came: then all else stands as it was read, since it is locked."""
        return not (self.memberships or self.benefits or self.places or self.owners or self.ends or self.standings)

    @property
    def institutions(self) -> set[UUID]:
        """Those to which memberships lead now, or led: they are to be locked."""
        found = {each.state.institution_id for each in self.memberships.values()}
        return found | {each.stored["institution_id"] for each in self.memberships.values()} - {None}

    @property
    def enlisted(self) -> tuple[list[Enlisted], list[Enlisted]]:
        """The memberships as they were stored, and as they are told."""
        before = [
            (stored["institution_id"], runs.of(reading.spells(stored["since"], stored["until"])))
            for each in self.memberships.values()
            if (stored := each.stored)["person_key"] is not None
        ]
        after = [
            (each.state.institution_id, runs.of(each.state.spells))
            for each in self.memberships.values()
            if not each.state.voided
        ]
        return before, after

    @property
    def changed(self) -> int:
        """How many subjects something newer is told of."""
        facts_ = len(self.sheets) + len(self.memberships) + len(self.benefits) + len(self.places)
        return facts_ + len(self.owners)


async def opened(driver: asyncpg.Connection, arrived: Sequence[Arrived]) -> Batch:
    """Locks the rows of facts that are told of."""
    sheets = await facts.told(driver, arrived, AttendanceSheet)
    return Batch(
        sheets,
        await facts.attended(driver, sheets),
        await facts.told(driver, arrived, Membership),
        await facts.told(driver, arrived, Benefit),
        await facts.told(driver, arrived, NetworkMembership),
        {unit: dossiers.newest(arrived, kind) for kind, unit in UNITS.items()},
    )
