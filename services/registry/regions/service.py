"""Regions: loading a decreed table, and finding a region by any accepted spelling of its code."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import events, identity, naming, table
from shared import outbox
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import Fault, InvalidPayload
from shared.region_codes import region_code

LOADER = "wahana regions load"
"""Who loaded, in the history of a region."""
CHUNK = 2000
LOCK = 0x52454749
"""Key of the advisory lock of a load: two at once would create the same rows."""
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
) -> Loaded:
    """Brings the regions to what the table says; whatever it creates or changes is told as an event.

    Rows must be ordered so that a parent stands before its children. A region that the table does not name is left
    alone. Repeating is harmless. `progress` is called with the number of rows done. Runs in the caller's transaction.
    """
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    loaded = Loaded()
    for chunk in _chunks(rows, CHUNK):
        await _load_chunk(session, chunk, now, loaded)
        progress(loaded.created + loaded.changed + loaded.unchanged)
    return loaded


async def _load_chunk(session: AsyncSession, rows: Sequence[table.RegionRow], now: datetime, loaded: Loaded) -> None:
    wanted = {identity.region_id(row.code): _values(row) for row in rows}
    stored = {row.id: row for row in await session.execute(select(Region.id, *_LOADED).where(Region.id.in_(wanted)))}
    new = [Region(id=id_, **values, decree=table.DECREE) for id_, values in wanted.items() if id_ not in stored]
    fact = outbox.Fact("loaded", by=LOADER, at=now, regions=None)
    await outbox.register_many(session, [(region, events.region(region), fact) for region in new])
    differing = [id_ for id_, row in stored.items() if row[1:] != tuple(wanted[id_].values())]
    locked = select(Region).where(Region.id.in_(differing)).order_by(Region.id).with_for_update()
    changed = 0
    for region in await session.scalars(locked) if differing else ():
        changed += await _change(session, region, wanted[region.id], now)
    loaded.created += len(new)
    loaded.changed += changed
    loaded.unchanged += len(rows) - len(new) - changed


_LOADED = (
    Region.code, Region.name, Region.level, Region.kind, Region.time_zone, Region.parent_id, Region.ancestors,
    Region.search_name,
)  # fmt: skip
"""What a load decides, in the order of `_values`. The last is how we search, not what a region is."""


def _values(row: table.RegionRow) -> dict[str, Any]:
    ancestors = identity.ancestor_ids(row.parent)
    return {
        "code": row.code, "name": row.name, "level": row.level, "kind": row.kind, "time_zone": row.time_zone,
        "parent_id": ancestors[-1] if ancestors else None, "ancestors": ancestors,
        "search_name": naming.without_kind(row.name, row.kind),
    }  # fmt: skip


async def _change(session: AsyncSession, region: Region, values: dict[str, Any], now: datetime) -> bool:
    """Brings a stored region to the table and tells it; False if only our spelling for the search was another.

    The decree stays the one that gave the code and name: a newer one that repeats them changes nothing.
    """
    differing = {name for name, value in values.items() if getattr(region, name) != value}
    for name in differing:
        setattr(region, name, values[name])
    if differing <= {"search_name"}:
        return False
    region.decree = table.DECREE
    verb = "renamed" if "name" in differing else "loaded"
    await outbox.record(session, region, events.region(region), outbox.Fact(verb, by=LOADER, at=now, regions=None))
    return True


async def unlisted(session: AsyncSession, rows: Iterable[table.RegionRow]) -> list[tuple[str, str]]:
    """Code and name of each region that still exists here and has no row in this whole table, by code.

    A recoded region is among them under its old code, beside the new one that the load made: both count, until a region
    change ends the old one.
    """
    listed = {row.code for row in rows}
    stored = await session.execute(select(Region.code, Region.name).where(Region.until.is_(None)).order_by(Region.code))
    return [(code, name) for code, name in stored if code not in listed]


async def find(session: AsyncSession, code: str) -> Region | None:
    """The region of a code in its stored spelling; None if there is none."""
    found: Region | None = await session.scalar(select(Region).where(Region.code == code))
    return found


class Village(NamedTuple):
    """What others need to know of a village."""

    id: UUID
    code: str
    name: str
    level: str
    time_zone: str


async def village(driver: asyncpg.Connection, code: str, pointer: str) -> Village:
    """The village of a code in any accepted spelling, by the bare driver: every registration asks for one.

    Raises InvalidPayload with one fault at `pointer`: `region-unknown`, or `region-wrong-level` for a region that is no
    village.
    """
    try:
        row = await driver.fetchrow(
            "SELECT id, code, name, level, time_zone FROM region WHERE code = $1", region_code(code)
        )
    except ValueError:
        row = None
    if row is None:
        raise InvalidPayload(errors=[_unknown(code, pointer)])
    found = Village(**row)
    if found.level != RegionLevel.VILLAGE:
        raise InvalidPayload(errors=[_wrong_level(found, pointer)])
    return found


def _unknown(code: str, pointer: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(f"Kode desa «{code}» tidak dikenal.", f"The village code «{code}» is not known."),
        Text(
            "Pakai kode Kemendagri 10 angka dari GET /v1/regions?q=nama desa; kode BPS berbeda.",
            "Use the 10-digit Kemendagri code from GET /v1/regions?q=name of the village; BPS codes differ.",
        ),
        pointer=pointer,
    )


def _wrong_level(region: Village, pointer: str) -> Fault:
    return Fault(
        "region-wrong-level",
        Text(
            f"{region.code} ({region.name}) bukan desa atau kelurahan.",
            f"{region.code} ({region.name}) is no village.",
        ),
        Text(
            f"Pilih salah satu desa di bawahnya: GET /v1/regions?within={region.code}&level=village.",
            f"Choose a village below it: GET /v1/regions?within={region.code}&level=village.",
        ),
        pointer=pointer,
    )


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    walking = iter(items)
    while chunk := list(islice(walking, size)):
        yield chunk
