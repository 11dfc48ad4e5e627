"""The projection: applies a batch of events to dossiers, tallies and cells, in the consumer's transaction.

Cells change by `f(after) − f(before)`, where f is the measures over dossiers, tallies and the region tree. In this order:
the projection lock; regions; activities, networks and reports; facts about people; owners locked in key order (villages,
then institutions, then cultural values, then people, families and communities: `people.following`); the owners' own
events; tallies; cells; what is only heard of. Everybody locks in this order; where placeholders still make two workers wait in a circle, PostgreSQL ends
one of the transactions and the consumer tries it again. What lies in villages that moved follows them afterwards.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import cells, dossiers, moving, tree, versions
from services.reporting.cells import Sums
from services.reporting.measures import OF_VALUES, OF_VILLAGES, Tag, institution, value
from services.reporting.people import batch, following
from services.reporting.world import World
from shared import database
from shared.arrived import Arrived
from shared.events import activities, registry
from shared.events.activities import Activity, VillageReport
from shared.events.envelope import State
from shared.events.registry import CulturalValue, Institution, Network, Region

FED: tuple[type[State], ...] = (Activity, Network, VillageReport)
"""Kinds of subjects that give tallies to owners, and have none themselves."""
HEARD: tuple[type[State], ...] = (
    activities.Programme, activities.Series, activities.Referral, activities.Resource, activities.StockEntry,
    activities.Need, activities.Offer, activities.Experience, registry.Officer, registry.Partner, registry.Partnership,
)  # fmt: skip
"""Kinds of subjects of which numbers need nothing: only that they have arrived, so that whoever wrote one can wait for it."""
TallyChanges = dict[tuple[UUID, Tag, int], int]


async def handle(connection: AsyncConnection, arrived: Sequence[Arrived], statistics_from: int) -> int:
    """Applies a batch; returns how many events changed something. Runs in the caller's transaction.

    Raises MeasuresChanged when the cells are of other measures than this code has.
    """
    driver = await database.driver(connection)
    region_events = dossiers.newest(arrived, Region)
    await dossiers.hold(driver, still=bool(region_events))
    await versions.check(driver, statistics_from)
    before, after = World(), World()
    changed = await tree.store(driver, region_events)
    for kind in FED:
        changed += await _subjects(driver, dossiers.newest(arrived, kind), before, after)
    people = await batch.opened(driver, arrived)
    before.enlisted, after.enlisted = people.enlisted
    changes = _tally_changes(before, after)
    giving = {owner for owner, tag, _ in changes if tag in OF_VILLAGES}
    places = await tree.rows(driver, giving, lock=True)
    institutions, values = dossiers.newest(arrived, Institution), dossiers.newest(arrived, CulturalValue)
    organisers = {owner for owner, tag, _ in changes if tag not in OF_VILLAGES | OF_VALUES}
    practised = {owner for owner, tag, _ in changes if tag in OF_VALUES}
    organisers |= people.institutions
    organisers_stored = await dossiers.lock_owners(driver, Institution.NOUN, institutions.keys() | organisers)
    values_stored = await dossiers.lock_owners(driver, CulturalValue.NOUN, values.keys() | practised)
    await _tallies(driver, giving | organisers_stored.keys() | values_stored.keys(), changes, before, after)
    _owners(organisers_stored, institutions, Institution, institution.seen, before, after)
    _owners(values_stored, values, CulturalValue, value.practised, before, after)
    await following.hold(driver, people, organisers_stored, institutions)
    for events in (institutions, values):
        changed += await _subjects(driver, events, before, after)
    places |= await tree.rows(driver, (before.needed() | after.needed()) - giving)
    before.villages = after.villages = {place.id: place.village for place in places.values()}
    before.giving = after.giving = giving
    sums = Sums()
    before.contribute(sums.taking(-1), statistics_from)
    after.contribute(sums.taking(+1), statistics_from)
    changed += await following.follow(driver, people, sums, statistics_from)
    await cells.add(driver, sums)
    await dossiers.hear(driver, arrived, HEARD)
    if region_events:
        await moving.portion(driver, statistics_from)
    return changed


async def _subjects(driver: asyncpg.Connection, events: Mapping[UUID, Arrived], before: World, after: World) -> int:
    """Stores events of one kind, and gives both worlds the subjects that they changed."""
    applied = await dossiers.apply(driver, events)
    for change in applied:
        if change.before is not None:
            before.put(change.subject, type(change.after).model_validate_json(change.before))
        after.put(change.subject, change.after)
    return len(applied)


def _tally_changes(before: World, after: World) -> TallyChanges:
    changes: TallyChanges = {}
    for world, sign in ((before, -1), (after, 1)):
        for owner, tag, period, amount in world.tally():
            changes[owner, tag, period] = changes.get((owner, tag, period), 0) + sign * amount
    return {key: amount for key, amount in changes.items() if amount}


async def _tallies(
    driver: asyncpg.Connection, owners: Collection[UUID], changes: TallyChanges, before: World, after: World
) -> None:
    """Reads the tallies of the owners, who are locked, and adds the changes."""
    before.tallies = await dossiers.tallies(driver, owners)
    after.tallies = {owner: {tag: dict(by) for tag, by in tags.items()} for owner, tags in before.tallies.items()}
    for (owner, tag, period), amount in changes.items():
        periods = after.tallies.setdefault(owner, {}).setdefault(tag, {})
        periods[period] = periods.get(period, 0) + amount
        if not periods[period]:
            del periods[period]
    await dossiers.add_tallies(driver, changes)


def _owners(
    stored: Mapping[UUID, str | None],
    events: Mapping[UUID, Arrived],
    kind: type[State],
    seen: Callable[[Mapping[int, Mapping[int, int]]], object],
    before: World,
    after: World,
) -> None:
    """Gives both worlds the owners of a kind whose contributions may change, as stored: those with an event, and those
    whose tallies are `seen` as others by their measure.
    """
    for owner, text in stored.items():
        same = owner not in events and seen(before.tallied(owner)) == seen(after.tallied(owner))
        if text is not None and not same:
            state = kind.model_validate_json(text)
            before.put(owner, state)
            after.put(owner, state)
