"""The projection: applies a batch of events to dossiers, tallies and cells, in the consumer's transaction.

Cells change by `f(after) − f(before)`, where f is the measures over dossiers, tallies and the region tree. In this order:
the projection lock; regions; activities; networks; their owners locked in key order (villages, then institutions);
institutions; tallies; cells. Everybody locks in this order; where placeholders still make two workers wait in a circle, PostgreSQL ends
one of the transactions and the consumer tries it again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import cells, dossiers, versions
from services.reporting.cells import Sums
from services.reporting.dossiers import RegionRow, Tallies
from services.reporting.measures import OF_VILLAGES, Tag, activity, continuity, institution, network, village
from services.reporting.places import Village
from shared import database
from shared.arrived import Arrived
from shared.codes import RegionLevel
from shared.events.activities import Activity
from shared.events.envelope import State
from shared.events.registry import Institution, Network, Region

TallyChanges = dict[tuple[UUID, Tag, int], int]


@dataclass
class World:
    """What the measures see at one moment: affected subjects, the villages they lie in, the tallies of owners.

    The measures of one world, taken twice, before and after a batch, give what changes.
    """

    activities: dict[UUID, Activity] = field(default_factory=dict)
    networks: dict[UUID, Network] = field(default_factory=dict)
    """They give tallies only."""
    institutions: dict[UUID, Institution] = field(default_factory=dict)
    villages: dict[UUID, Village] = field(default_factory=dict)
    village_states: dict[UUID, Region] = field(default_factory=dict)
    """States of the villages whose own contributions may change."""
    tallies: Tallies = field(default_factory=dict)

    def organised(self, owner: UUID) -> Collection[int]:
        """Quarters in which an institution organised a completed activity."""
        return self.tallies.get(owner, {}).get(Tag.ORGANISED, {})

    def contribute(self, sums: Sums, statistics_from: int) -> None:
        """Gives every contribution of the world's subjects."""
        for item in self.activities.values():
            activity.contribute(item, self.villages[item.village_id], sums.emit)
        for owner, state in self.institutions.items():
            institution.contribute(state, self.organised(owner), self.villages, statistics_from, sums.emit)
        for owner, place in self.village_states.items():
            tallied = self.tallies.get(owner, {})
            village.contribute(
                self.villages[owner], place.since, place.until, tallied.get(Tag.AWARENESS, {}),
                tallied.get(Tag.COVERED, {}), statistics_from, sums.emit,
            )  # fmt: skip

    def tally(self) -> Iterator[tuple[UUID, Tag, int, int]]:
        """What the world's subjects add to tallies: (owner, tag, period, amount)."""
        for state in self.activities.values():
            yield from activity.tallies(state)
        for each in self.networks.values():
            yield from network.tallies(each)


async def handle(connection: AsyncConnection, arrived: Sequence[Arrived], statistics_from: int) -> int:
    """Applies a batch; returns how many events changed something. Runs in the caller's transaction.

    Raises MeasuresChanged when the cells are of other measures than this code has.
    """
    driver = await database.driver(connection)
    region_events = dossiers.newest(arrived, Region)
    await dossiers.hold(driver, still=bool(region_events))
    await versions.check(driver, statistics_from)
    before, after = World(), World()
    moved, changed_regions = await _regions(driver, region_events)
    changed_activities = await _activities(driver, arrived, before, after)
    changed_networks = await _networks(driver, arrived, before, after)
    await _dependents(driver, moved.keys(), before, after)
    changes = _tally_changes(before, after)
    touched = {owner for owner, tag, _ in changes if tag in OF_VILLAGES} | moved.keys()
    touched_rows = await dossiers.regions(driver, touched, lock=True, states=True)
    events = dossiers.newest(arrived, Institution)
    organisers = {owner for owner, tag, _ in changes if tag not in OF_VILLAGES}
    stored = await dossiers.lock_owners(driver, events.keys() | organisers | before.institutions.keys())
    await _tallies(driver, touched | stored.keys(), changes, before, after)
    changed_institutions = await _institutions(driver, events, stored, before, after)
    await _villages(driver, touched_rows, moved, before, after)
    sums = Sums()
    before.contribute(sums.taking(-1), statistics_from)
    after.contribute(sums.taking(+1), statistics_from)
    await cells.add(driver, sums)
    return changed_regions + changed_activities + changed_networks + changed_institutions


async def _regions(driver: asyncpg.Connection, events: Mapping[UUID, Arrived]) -> tuple[dict[UUID, RegionRow], int]:
    """Stores region events; gives the villages that moved as they were before, and how many changed."""
    if not events:
        return {}, 0
    ancestors = {
        ancestor
        for item in events.values()
        if isinstance(item.state, Region)
        for piece in item.state.lineage
        for ancestor in piece.ancestors
    }
    rows = await dossiers.regions(driver, events.keys() | ancestors, states=True)
    changed = await dossiers.apply_regions(driver, events, {row.id: row.key for row in rows.values()})
    return {subject: rows[subject] for subject in changed if _moved(rows[subject], events[subject].state)}, len(changed)


def _moved(before: RegionRow, after: State) -> bool:
    """Whether a village's place or time has changed: a new name moves nothing that lies in it."""
    if not isinstance(after, Region) or after.level is not RegionLevel.VILLAGE:
        return False
    if before.state is None:
        return True
    known = Region.model_validate_json(before.state)
    return (known.lineage, known.since, known.until) != (after.lineage, after.since, after.until)


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


async def _dependents(driver: asyncpg.Connection, moved: Iterable[UUID], before: World, after: World) -> None:
    """Brings in what lies in villages whose place has changed: same state, other path."""
    villages = set(moved)
    if not villages:
        return
    activities, institutions = dossiers.states_of(await dossiers.at_villages(driver, villages))
    for subject, state in activities.items():
        if subject not in after.activities:
            before.activities[subject] = after.activities[subject] = state
    before.institutions |= institutions


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
    dependents = before.institutions.keys()
    before.institutions = {
        subject: Institution.model_validate_json(text)
        for subject, text in stored.items()
        if text is not None
        and (
            subject in events
            or subject in dependents
            or continuity.unbroken(before.organised(subject)) != continuity.unbroken(after.organised(subject))
        )
    }
    after.institutions = dict(before.institutions)
    applied = await dossiers.apply(driver, events)
    for change in applied:
        if isinstance(change.after, Institution):
            after.institutions[change.subject] = change.after
    return len(applied)


async def _villages(
    driver: asyncpg.Connection,
    touched: Mapping[UUID, RegionRow],
    moved: Mapping[UUID, RegionRow],
    before: World,
    after: World,
) -> None:
    """Gives both worlds the villages of their subjects; those that moved differ."""
    needed = {
        village_id
        for world in (before, after)
        for village_id in (
            *(state.village_id for state in world.activities.values()),
            *(village_id for state in world.institutions.values() for village_id in institution.villages_of(state)),
        )
    }
    rows = await dossiers.regions(driver, needed - touched.keys()) | dict(touched)
    after.villages = {row.id: village_of(row) for row in rows.values()}
    before.villages = after.villages | {row.id: village_of(row) for row in moved.values()}
    after.village_states = _states(touched)
    before.village_states = {key: state for key, state in after.village_states.items() if key not in moved} | _states(
        moved
    )


def _states(rows: Mapping[UUID, RegionRow]) -> dict[UUID, Region]:
    return {row.id: Region.model_validate_json(row.state) for row in rows.values() if row.state is not None}


def village_of(row: RegionRow) -> Village:
    """A stored region as the place its facts count in."""
    lineage = orjson.loads(row.lineage) if row.lineage else []
    return Village(row.key, [(_day(since), _day(until), keys) for since, until, keys in lineage])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
