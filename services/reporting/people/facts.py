"""Facts in the database: rows of their subjects, locked before anything else is read.

A row is one fact, or the head of many (a sheet and its attendance). The guard is the sequence, as it is of dossiers. What
counts nowhere has no owner.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import asyncpg

from services.reporting import dossiers
from services.reporting.measures.people import Giver, Sheet, Unit
from services.reporting.people.owners import Held
from services.reporting.people.world import Came
from shared.arrived import Arrived
from shared.codes import BeneficiaryUnit, FamilyRole, OrganisationKind
from shared.events.activities import AttendanceSheet, Benefit
from shared.events.envelope import State
from shared.events.registry import Family, FamilyMember, Membership, NetworkMembership

UNITS = {
    BeneficiaryUnit.PERORANGAN: Unit.PERSON,
    BeneficiaryUnit.KELUARGA: Unit.FAMILY,
    BeneficiaryUnit.KOMUNITAS: Unit.COMMUNITY,
}
GIVERS = {
    OrganisationKind.INSTITUTION: Giver.INSTITUTION,
    OrganisationKind.NETWORK: Giver.NETWORK,
    OrganisationKind.PARTNER: Giver.PARTNER,
}
TABLES: dict[type[State], str] = {
    AttendanceSheet: "sheet", Membership: "membership", Benefit: "benefit", NetworkMembership: "network_place",
}  # fmt: skip
Subject = TypeVar("Subject", bound=State)


@dataclass(frozen=True, slots=True)
class Told(Generic[Subject]):
    """The newest event of a subject, and the subject's row as it was stored before."""

    sequence: int
    state: Subject
    stored: asyncpg.Record


async def told(
    driver: asyncpg.Connection, arrived: Sequence[Arrived], kind: type[Subject]
) -> dict[UUID, Told[Subject]]:
    """Locks the rows of a kind's subjects; those of which something newer is told than is stored."""
    events = dossiers.newest(arrived, kind)
    if not events:
        return {}
    table, ordered = TABLES[kind], dossiers.in_key_order(events)
    await driver.execute(
        f"INSERT INTO {table} (id, sequence) SELECT given.id, 0 FROM unnest($1::uuid[]) AS given (id)"  # noqa: S608  # our own names
        f" WHERE NOT EXISTS (SELECT FROM {table} AS held WHERE held.id = given.id)"
        " ORDER BY given.id ON CONFLICT DO NOTHING",
        ordered,
    )
    rows = await driver.fetch(f"SELECT * FROM {table} WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE", ordered)  # noqa: S608  # our own names
    found: dict[UUID, Told[Subject]] = {}
    for row in rows:
        item = events[row["id"]]
        if row["sequence"] < item.event.sequence and isinstance(item.state, kind):
            found[row["id"]] = Told(item.event.sequence, item.state, row)
    return found


@dataclass(frozen=True, slots=True)
class Attended:
    """Who came to a sheet's activity, as stored and as told. None: the sheet does not count."""

    key: int
    year_before: int | None
    year_after: int | None
    before: frozenset[int]
    """Records, by key."""
    after: frozenset[UUID]
    moved: bool
    """Whether the day, the village or the organisers are others, so that it counts otherwise for all."""


def counts(state: AttendanceSheet) -> bool:
    """Whether a sheet counts: its activity was held, and it is no entry error."""
    return not state.voided and state.held_on is not None


async def attended(driver: asyncpg.Connection, sheets: Mapping[UUID, Told[AttendanceSheet]]) -> dict[UUID, Attended]:
    """What is told anew of who came."""
    known = [sheet.stored["key"] for sheet in sheets.values() if sheet.stored["held_on"] is not None]
    came: dict[int, list[int]] = {}
    if known:
        for sheet, person in await driver.fetch(
            "SELECT sheet_key, person_key FROM attendance WHERE sheet_key = ANY($1::int[])", known
        ):
            came.setdefault(sheet, []).append(person)
    return {id_: _attended(sheet, came.get(sheet.stored["key"], ())) for id_, sheet in sheets.items()}


def _attended(sheet: Told[AttendanceSheet], came: Iterable[int]) -> Attended:
    stored, state = sheet.stored, sheet.state
    day_before, day_after = stored["held_on"], state.held_on if counts(state) else None
    return Attended(
        key=stored["key"],
        year_before=day_before.year if day_before else None,
        year_after=day_after.year if day_after else None,
        before=frozenset(came),
        after=frozenset(one.person_id for one in state.people) if day_after else frozenset(),
        moved=(day_before, stored["village_id"], stored["organiser_ids"])
        != (day_after, state.village_id, state.organiser_ids),
    )


def comings(attended: Iterable[Attended], held: Held) -> tuple[list[Came], list[Came]]:
    """Who is no longer said to have come, and who is said so now."""
    gone: list[Came] = []
    come: list[Came] = []
    for each in attended:
        after = {held.of(Unit.PERSON, id_) for id_ in each.after}
        same = after & each.before if each.year_before == each.year_after else frozenset()
        if each.year_before is not None:
            gone += [(person, each.year_before, each.key) for person in each.before - same]
        if each.year_after is not None:
            come += [(person, each.year_after, each.key) for person in after - same]
    return gone, come


def sheet(state: AttendanceSheet, id_: UUID) -> Sheet | None:
    """What a sheet says that counts."""
    if state.voided or state.held_on is None:
        return None
    return Sheet(id_, state.activity_id, state.held_on, state.village_id, state.organiser_ids)


def beneficiary(state: Benefit) -> tuple[Unit, UUID]:
    """Unit and id of who was helped."""
    return UNITS[state.beneficiary.unit], state.beneficiary.id


def heads(family: Family) -> list[FamilyMember]:
    """The spells of a family's heads."""
    return [each for each in family.members if each.role is FamilyRole.KEPALA_KELUARGA]
