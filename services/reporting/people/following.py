"""How people's numbers follow a batch of events: who is touched, under which locks, before and after.

In three steps of the projection: `opened` locks the subjects' own rows; `hold`, when institutions are locked, locks all
whose contributions may change and reads what they gave; `follow` stores the facts and gives what changes.

Whoever writes a link holds what it leads to, if others' numbers hang on it: a membership its institution, a benefit the
network that gave it, a family its head, a duplicate whom it is about. Whoever changes such a thing holds it alone, and
only then looks who is linked to it. So no link is overlooked and nobody counts by half.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.reporting import dossiers, tree
from services.reporting.cells import Sums
from services.reporting.measures import runs
from services.reporting.measures.people import Giver, Unit
from services.reporting.measures.people_membership import Standing
from services.reporting.measures.runs import Run
from services.reporting.people import facts, owners, reading, writing
from services.reporting.people.counts import Counts
from services.reporting.people.facts import Attended, Told
from services.reporting.people.owners import Held
from services.reporting.people.world import EVER, Asked, People
from shared.arrived import Arrived
from shared.events.activities import AttendanceSheet, Benefit
from shared.events.envelope import State
from shared.events.registry import Community, Family, Institution, Membership, Network, NetworkMembership, Person

UNITS: dict[type[State], Unit] = {Person: Unit.PERSON, Family: Unit.FAMILY, Community: Unit.COMMUNITY}
READ: tuple[type[State], ...] = (*UNITS, *facts.TABLES)
"""What people's numbers are made of, beside institutions and regions."""

Enlisted = tuple[UUID, list[Run]]
"""A membership: of which institution, in which months."""


@dataclass(slots=True)
class Batch:
    """What a batch tells of people, as far as it is newer than what is stored."""

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


async def hold(
    driver: asyncpg.Connection, batch: Batch, stored: Mapping[UUID, str | None], events: Mapping[UUID, Arrived]
) -> None:
    """Locks everybody whose contributions may change, and reads what they gave.

    Institutions, as stored, are locked; of some of them there are events.
    """
    networks = await _hold_networks(driver, batch)
    changed = _changed(stored, events)
    batch.standings = bool(changed)
    members = await _members(driver, changed)
    helped = await _helped(driver, batch, networks)
    held = batch.held
    await held.lock(driver, Unit.PERSON, _people(batch), [*_records(batch), *members, *helped[Unit.PERSON]])
    links = _newer_people(batch)
    await owners.hold_roots(driver, held, links)
    if links:
        batch.ends = owners.regrouped(held, links)
    belonging = _ask_people(batch, members, helped[Unit.PERSON])
    for unit in (Unit.FAMILY, Unit.COMMUNITY):
        keys = set(helped[unit])
        if unit is Unit.FAMILY:
            keys |= await owners.family_keys(driver, belonging)
        given = (facts.beneficiary(each.state) for each in batch.benefits.values())
        ids = batch.told[unit].keys() | {id_ for of, id_ in given if of is unit}
        await held.lock(driver, unit, ids, keys)
        _newer(batch, unit)
        batch.asked.helped |= keys | {held.of(unit, id_) for id_ in ids}
    batch.before = await reading.read(driver, batch.asked)


async def follow(driver: asyncpg.Connection, batch: Batch, sums: Sums, statistics_from: int) -> int:
    """Stores what is told, and gives what changes; returns how many events were newer than what was stored.

    Institutions' own events have been stored.
    """
    held = batch.held
    await writing.owners(driver, batch.owners, held)
    await writing.ends(driver, batch.ends, held)
    gone, come = facts.comings(batch.attended.values(), held)
    await writing.sheets(driver, batch.sheets, gone, come)
    await writing.memberships(driver, batch.memberships, held)
    await writing.places(driver, batch.places)
    await writing.benefits(driver, batch.benefits, held)
    if batch.sheets_only:
        told = {each.stored["key"]: facts.sheet(each.state, id_) for id_, each in batch.sheets.items()}
        after = batch.before.coming(told, gone, come)
    else:
        after = await reading.read(driver, batch.asked)
    places = await tree.rows(driver, batch.before.needed() | after.needed())
    villages = {place.id: place.village for place in places.values()}
    counts = Counts(statistics_from)
    batch.before.within(villages).contribute(batch.asked, counts.taking(-1))
    after.within(villages).contribute(batch.asked, counts.taking(+1))
    counts.give(sums.taking(+1).emit)
    return batch.changed


async def _hold_networks(driver: asyncpg.Connection, batch: Batch) -> set[UUID]:
    """Locks networks: those whose institutions change alone, those that gave with others who are told of their gifts."""
    changed = {each.state.network_id for each in batch.places.values()}
    changed |= {each.stored["network_id"] for each in batch.places.values()} - {None}
    await dossiers.lock_owners(driver, Network.NOUN, changed)
    states = (each.state for each in batch.benefits.values())
    giving = {state.giver.id for state in states if facts.GIVERS[state.giver.organisation] is Giver.NETWORK} - changed
    await owners.share_networks(driver, giving)
    return changed


def _changed(stored: Mapping[UUID, str | None], events: Mapping[UUID, Arrived]) -> list[UUID]:
    """The institutions whose events change whether or where their members count."""
    found = []
    for id_, item in events.items():
        state, text = item.state, stored[id_]
        if isinstance(state, Institution):
            told = Standing.model_validate(state, from_attributes=True)
            before = Standing.model_validate_json(text) if text else None
            if told != before and (told.counts or (before and before.counts)):
                found.append(id_)
    return found


async def _members(driver: asyncpg.Connection, institutions: list[UUID]) -> set[int]:
    """The records of their members."""
    if not institutions:
        return set()
    rows = await driver.fetch(
        "SELECT person_key FROM membership WHERE institution_id = ANY($1::uuid[]) AND person_key IS NOT NULL",
        institutions,
    )
    return {row["person_key"] for row in rows}


async def _helped(driver: asyncpg.Connection, batch: Batch, networks: set[UUID]) -> dict[Unit, set[int]]:
    """Who was given what is told anew, and who was helped by networks whose institutions change."""
    found: dict[Unit, set[int]] = {unit: set() for unit in Unit}
    keys = {each.stored["owner_key"] for each in batch.benefits.values()} - {None}
    if not keys and not networks:
        return found
    rows = await driver.fetch(
        "SELECT unit, key FROM owner WHERE key = ANY($1::int[])"
        " UNION SELECT unit, key FROM benefit JOIN owner ON key = owner_key WHERE giver = 1 AND giver_id = ANY($2::uuid[])",
        list(keys),
        list(networks),
    )
    for unit, key in rows:
        found[Unit(unit)].add(key)
    return found


def _people(batch: Batch) -> set[UUID]:
    """The persons who are told of: who came, joined, was helped, is a head, and whose own record it is, or is about."""
    found: set[UUID] = set(batch.told[Unit.PERSON])
    for item in batch.told[Unit.PERSON].values():
        if isinstance(item.state, Person) and item.state.duplicate_of:
            found.add(item.state.duplicate_of)
    for item in batch.told[Unit.FAMILY].values():
        if isinstance(item.state, Family):
            found.update(head.person_id for head in facts.heads(item.state))
    found.update(*(each.after for each in batch.attended.values()))
    found.update(each.state.person_id for each in batch.memberships.values())
    given = (facts.beneficiary(each.state) for each in batch.benefits.values())
    found.update(id_ for unit, id_ in given if unit is Unit.PERSON)
    return found


def _records(batch: Batch) -> set[int]:
    """Those who were told of before."""
    found = {each.stored["person_key"] for each in batch.memberships.values()} - {None}
    return found.union(*(each.before for each in batch.attended.values()))


def _newer(batch: Batch, unit: Unit) -> dict[int, Arrived]:
    """The events of owners that are newer than their rows, which are locked."""
    found = {}
    for id_, item in batch.told[unit].items():
        key = batch.held.of(unit, id_)
        if batch.held.rows[key].sequence < item.event.sequence:
            found[key] = item
    batch.owners |= found
    return found


def _newer_people(batch: Batch) -> dict[int, int | None]:
    """The persons of whom it is told anew whose duplicate they are: by key, of whom."""
    links: dict[int, int | None] = {}
    for key, item in _newer(batch, Unit.PERSON).items():
        if isinstance(item.state, Person):
            of = item.state.duplicate_of
            link = batch.held.of(Unit.PERSON, of) if of else None
            if link != batch.held.rows[key].duplicate_of:
                links[key] = link
    return links


def _ask_people(batch: Batch, members: Iterable[int], helped: Iterable[int]) -> set[int]:
    """Asks for what people give that may change; returns those whose membership of anything may be another."""
    asked, roots = batch.asked, _Roots(batch)
    belonging: set[int] = set()
    for key in {*batch.owners, *batch.ends}:
        for root in roots.of(key):
            asked.all_of(root)
            belonging.add(root)
    joined = {batch.held.of(Unit.PERSON, each.state.person_id) for each in batch.memberships.values()}
    joined |= {each.stored["person_key"] for each in batch.memberships.values()} - {None}
    for key in joined:
        for root in roots.of(key):
            asked.all_of(root)
            belonging.add(root)
    for key in members:
        for root in roots.of(key):
            asked.years(root, *EVER)
            asked.belongs.add(root)
    given = (facts.beneficiary(each.state) for each in batch.benefits.values())
    now_helped = {batch.held.of(unit, id_) for unit, id_ in given if unit is Unit.PERSON}
    for key in {*helped, *now_helped}:
        asked.helped.update(roots.of(key))
    asked.organisers.update(*(each.state.organiser_ids for each in batch.sheets.values()))
    for each in batch.attended.values():
        _ask_attended(batch, each, roots)
    return belonging


def _ask_attended(batch: Batch, each: Attended, roots: "_Roots") -> None:
    after = {batch.held.of(Unit.PERSON, id_) for id_ in each.after}
    years = [year for year in (each.year_before, each.year_after) if year is not None]
    for key in after | each.before if each.moved else after ^ each.before:
        for root in roots.of(key):
            batch.asked.years(root, min(years), max(years))


class _Roots:
    """Whom records count as, before and after."""

    def __init__(self, batch: Batch) -> None:
        self._rows = batch.held.rows
        self._ends = batch.ends

    def of(self, key: int) -> set[int]:
        root = self._rows[key].root
        return {root, self._ends.get(key, root)}
