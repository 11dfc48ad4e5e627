"""How people's numbers follow a batch of events: who is touched, under which locks, before and after.

In three steps of the projection: the subjects' own rows are locked (`batch.opened`); `hold`, when institutions are locked,
locks all whose contributions may change and reads what they gave; `follow` stores the facts and gives what changes.

Whoever writes a link holds what it leads to, if others' numbers hang on it: a membership its institution, a benefit the
network that gave it, a family its head, a duplicate whom it is about. Whoever changes such a thing holds it alone, and
only then looks who is linked to it. So no link is overlooked and nobody counts by half.
"""

from collections.abc import Mapping
from uuid import UUID

import asyncpg

from services.reporting import dossiers, tree
from services.reporting.cells import Sums
from services.reporting.measures.people import Giver, Unit
from services.reporting.measures.people_membership import Standing
from services.reporting.people import asking, facts, owners, reading, writing
from services.reporting.people.batch import Batch
from services.reporting.people.counts import Counts
from shared.arrived import Arrived
from shared.events.registry import Institution, Network


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
    await held.lock(driver, Unit.PERSON, asking.people(batch), [*asking.records(batch), *members, *helped[Unit.PERSON]])
    links = asking.links(batch)
    await owners.hold_roots(driver, held, links)
    if links:
        batch.ends = owners.regrouped(held, links)
    belonging = asking.touched(batch, members, helped[Unit.PERSON])
    for unit in (Unit.FAMILY, Unit.COMMUNITY):
        keys = set(helped[unit])
        if unit is Unit.FAMILY:
            keys |= await owners.family_keys(driver, belonging)
        given = (facts.beneficiary(each.state) for each in batch.benefits.values())
        ids = batch.told[unit].keys() | {id_ for of, id_ in given if of is unit}
        await held.lock(driver, unit, ids, keys)
        asking.newer(batch, unit)
        batch.asked.helped |= keys | {held.of(unit, id_) for id_ in ids}
    batch.before = await reading.read(driver, batch.asked, held.rows)


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
