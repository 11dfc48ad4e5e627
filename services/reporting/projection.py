"""The projection: applies a batch of events to dossiers, tallies and cells, in the consumer's transaction.

Cells change by `f(after) − f(before)`, where f is the measures over dossiers, tallies and the region tree. In this order:
the projection lock; regions; activities; networks; their owners locked in key order (villages, then institutions);
institutions; tallies; cells. Everybody locks in this order; where placeholders still make two workers wait in a circle, PostgreSQL ends
one of the transactions and the consumer tries it again. What lies in villages that moved follows them afterwards.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import cells, dossiers, moving, tree, versions
from services.reporting.cells import Sums
from services.reporting.measures import OF_VILLAGES, Tag, continuity
from services.reporting.world import World
from shared import database
from shared.arrived import Arrived
from shared.events.activities import Activity
from shared.events.registry import Institution, Network, Region

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
    changed += await _activities(driver, arrived, before, after)
    changed += await _networks(driver, arrived, before, after)
    changes = _tally_changes(before, after)
    giving = {owner for owner, tag, _ in changes if tag in OF_VILLAGES}
    places = await tree.rows(driver, giving, lock=True)
    events = dossiers.newest(arrived, Institution)
    organisers = {owner for owner, tag, _ in changes if tag not in OF_VILLAGES}
    stored = await dossiers.lock_owners(driver, events.keys() | organisers)
    await _tallies(driver, giving | stored.keys(), changes, before, after)
    changed += await _institutions(driver, events, stored, before, after)
    places |= await tree.rows(driver, (before.needed() | after.needed()) - giving)
    before.villages = after.villages = {place.id: place.village for place in places.values()}
    before.giving = after.giving = giving
    sums = Sums()
    before.contribute(sums.taking(-1), statistics_from)
    after.contribute(sums.taking(+1), statistics_from)
    await cells.add(driver, sums)
    if region_events:
        await moving.portion(driver, statistics_from)
    return changed


async def _activities(driver: asyncpg.Connection, arrived: Sequence[Arrived], before: World, after: World) -> int:
    applied = await dossiers.apply(driver, dossiers.newest(arrived, Activity))
    for change in applied:
        if change.before is not None:
            before.activities[change.subject] = Activity.model_validate_json(change.before)
        if isinstance(change.after, Activity):
            after.activities[change.subject] = change.after
    return len(applied)


async def _networks(driver: asyncpg.Connection, arrived: Sequence[Arrived], before: World, after: World) -> int:
    applied = await dossiers.apply(driver, dossiers.newest(arrived, Network))
    for change in applied:
        if change.before is not None:
            before.networks[change.subject] = Network.model_validate_json(change.before)
        if isinstance(change.after, Network):
            after.networks[change.subject] = change.after
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


async def _institutions(
    driver: asyncpg.Connection,
    events: Mapping[UUID, Arrived],
    stored: Mapping[UUID, str | None],
    before: World,
    after: World,
) -> int:
    """Stores institution events, and gives both worlds the institutions whose contributions may change.

    An owner whose tally changed but not its unbroken quarters gives what it gave.
    """
    before.institutions = {
        subject: Institution.model_validate_json(text)
        for subject, text in stored.items()
        if text is not None
        and (
            subject in events
            or continuity.unbroken(before.organised(subject)) != continuity.unbroken(after.organised(subject))
        )
    }
    after.institutions = dict(before.institutions)
    applied = await dossiers.apply(driver, events)
    for change in applied:
        if isinstance(change.after, Institution):
            after.institutions[change.subject] = change.after
    return len(applied)
