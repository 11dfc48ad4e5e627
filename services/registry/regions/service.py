"""Regions: loading a decreed table, and finding a region by any accepted spelling of its code."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

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
CHUNK = 5000
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
    wanted = {identity.region_id(row.code): row for row in rows}
    there = select(Region).where(Region.id.in_(wanted)).order_by(Region.id).with_for_update()
    known = {region.id: region for region in await session.scalars(there)}
    fact = outbox.Fact("loaded", by=LOADER, at=now)
    new = [_region(row) for id_, row in wanted.items() if id_ not in known]
    await outbox.register_many(session, [(region, events.region(region), fact) for region in new])
    loaded.created += len(new)
    for id_, region in known.items():
        verb = _change(region, wanted[id_])
        if verb is None:
            loaded.unchanged += 1
            continue
        await outbox.record(session, region, events.region(region), outbox.Fact(verb, by=LOADER, at=now))
        loaded.changed += 1
    # What was compared is not needed any more; 91,600 mapped rows at once are.
    session.expunge_all()


def _region(row: table.RegionRow) -> Region:
    return Region(id=identity.region_id(row.code), **_values(row), since=None, until=None, decree=table.DECREE)


def _values(row: table.RegionRow) -> dict[str, Any]:
    ancestors = [identity.region_id(code) for code in identity.ancestor_codes(row.code)]
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "kind": row.kind,
        "parent_id": ancestors[-1] if ancestors else None,
        "ancestors": ancestors,
        "time_zone": row.time_zone,
        "bare_name": naming.bare(row.name, row.kind),
        "full_name": naming.full(row.name, row.kind),
    }


def _change(region: Region, row: table.RegionRow) -> str | None:
    """Brings a stored region to the row; the verb that tells it, None if nothing differed.

    The decree stays the one that gave the code and name: a newer one that repeats them changes nothing.
    """
    differing = {name: value for name, value in _values(row).items() if getattr(region, name) != value}
    if not differing:
        return None
    for name, value in differing.items():
        setattr(region, name, value)
    region.decree = table.DECREE
    return "renamed" if "name" in differing else "loaded"


async def find(session: AsyncSession, code: str) -> Region | None:
    """The region of a code in any accepted spelling; None if there is none. Raises ValueError for what is no code."""
    found: Region | None = await session.scalar(select(Region).where(Region.code == region_code(code)))
    return found


async def village(session: AsyncSession, code: str, pointer: str) -> Region:
    """The village of a code in any accepted spelling.

    Raises InvalidPayload with one fault at `pointer`: `region-unknown`, or `region-wrong-level` for a region that is no
    village.
    """
    try:
        found = await find(session, code)
    except ValueError:
        found = None
    if found is None:
        raise InvalidPayload(errors=[_unknown(code, pointer)])
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


def _wrong_level(region: Region, pointer: str) -> Fault:
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
