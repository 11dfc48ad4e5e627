"""Loading the shipped data: the regions of the decree's table, with their lineage, BPS codes and local words.

What a region change decided after the table's decree stays as it was decided.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import dated, history, table
from services.registry.regions.models import RegionCode
from services.registry.regions.timeline import among
from services.registry.regions.wanted import COLUMNS, Wanted, wanted
from shared import outbox
from shared.codes import CodeSystem

LOADER = "wahana regions load"
"""Who loaded, in the history of a region."""
CHUNK = 2000
LOCK = 0x52454749
"""Key of the advisory lock of whoever changes regions: two loads at once would create the same rows."""
_COLUMNS = [getattr(Region, name) for name in COLUMNS]
_OWN = frozenset({"search_name", "local_level", "since"})
"""Columns that no decree of codes decides."""
Item = TypeVar("Item")


@dataclass
class Loaded:
    """What a load did, in regions."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


async def load(
    session: AsyncSession,
    rows: Iterable[table.RegionRow],
    now: datetime,
    progress: Callable[[int], None] = lambda done: None,
    lineage: history.History | None = None,
) -> Loaded:
    """Brings the regions to what the table and the lineage say; whatever it creates or changes is told as an event.

    `lineage` is the shipped one, if none is given. Rows must be ordered so that a parent stands before its children. A
    region that the table does not name is left alone, and so is one that a later decree has changed. Repeating is
    harmless. `progress` is called with the number of rows done. Runs in the caller's transaction.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    known = await session.execute(select(Region.code, Region.id).where(Region.until.is_(None)))
    said = wanted(rows, lineage or history.shipped(), {code: id for code, id in known})
    loaded, gathered = Loaded(), dated.Dated()
    for ids in _chunks(said.regions, CHUNK):
        await _load_chunk(session, ids, said, gathered, now, loaded)
        progress(loaded.created + loaded.changed + loaded.unchanged)
    # Afterwards: an earlier parent may stand behind its child in the table.
    await gathered.write(session, said.timeline)
    await dated.write_successions(session, said.successions)
    return loaded


async def _load_chunk(
    session: AsyncSession, ids: Sequence[UUID], said: Wanted, gathered: dated.Dated, now: datetime, loaded: Loaded
) -> None:
    rows = await session.execute(select(Region.id, Region.until, *_COLUMNS).where(among(Region.id, ids)))
    stored = {row.id: row for row in rows}
    over_time = await dated.stored(session, stored)
    fact = outbox.Fact("loaded", by=LOADER, at=now, regions=None)
    new = [Region(id=id, **said.regions[id], decree=table.DECREE, changes=[]) for id in ids if id not in stored]
    await outbox.register_many(session, [(region, said.timeline.state(region), fact) for region in new])
    for region in new:
        gathered.add(region.id, said.dated(region.id))
    differing = [
        id
        for id, row in stored.items()
        if not _decided_later(row.until, over_time[id])
        and (row[2:] != tuple(said.regions[id].values()) or over_time[id] != said.dated(id))
    ]
    changed = await _change(session, differing, said, over_time, now) if differing else []
    for id in changed:
        gathered.replace(id)
    loaded.created += len(new)
    loaded.changed += len(changed)
    loaded.unchanged += len(ids) - len(new) - len(changed)


def _decided_later(until: object, over_time: Collection[tuple[object, ...]]) -> bool:
    """Whether a region change has ended or changed a region since the table's decree."""
    return until is not None or any(day > table.DECREED_ON for day in dated.days(over_time))


async def _change(
    session: AsyncSession,
    ids: Sequence[UUID],
    said: Wanted,
    over_time: dict[UUID, set[tuple[object, ...]]],
    now: datetime,
) -> list[UUID]:
    """Brings stored regions to what is said and tells it; those told, without those whose spelling for the search was
    all that differed.

    The decree stays the one that gave the code and name: a newer one that repeats them changes nothing.
    """
    told = []
    for region in await session.scalars(
        select(Region).where(among(Region.id, ids)).order_by(Region.id).with_for_update()
    ):
        differing = {name for name, value in said.regions[region.id].items() if getattr(region, name) != value}
        for name in differing:
            setattr(region, name, said.regions[region.id][name])
        if differing <= {"search_name"} and over_time[region.id] == said.dated(region.id):
            continue
        if differing - _OWN:
            region.decree = table.DECREE
        verb = "renamed" if "name" in differing else "recoded" if "code" in differing else "loaded"
        fact = outbox.Fact(verb, by=LOADER, at=now, regions=None)
        told.append((region, said.timeline.state(region), fact))
    await outbox.record_many(session, told)
    return [region.id for region, _, _ in told]


async def unlisted(session: AsyncSession, rows: Iterable[table.RegionRow]) -> list[tuple[str, str]]:
    """Code and name of each region that still exists here and has no row in this whole table, by code.

    Those that a region change has founded or recoded since the table's decree are none of them. A recoded region that
    no lineage knows is among them under its old code, beside the new one that the load made: both count, until a region
    change ends the old one.
    """
    listed = {row.code for row in rows}
    later = select(RegionCode.region_id).where(
        RegionCode.system == CodeSystem.KEMENDAGRI, RegionCode.since > table.DECREED_ON
    )
    stored = await session.execute(
        select(Region.code, Region.name).where(Region.until.is_(None), Region.id.not_in(later)).order_by(Region.code)
    )
    return [(code, name) for code, name in stored if code not in listed]


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    walking = iter(items)
    while chunk := list(islice(walking, size)):
        yield chunk
