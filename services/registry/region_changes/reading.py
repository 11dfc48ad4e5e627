"""The part of the region tree that a change is worked out on, read from the database."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, any_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.region_changes.operations import Operation, RegionMerge, RegionSplit, RegionTransfer
from services.registry.region_changes.places import Known, Plan
from services.registry.region_changes.plan import plan
from services.registry.regions import identity
from services.registry.regions.models import RegionCode, RegionName, RegionParent
from services.registry.regions.timeline import among
from shared.auth import NATION, below
from shared.codes import CodeSystem


def named(operations: Iterable[Operation]) -> set[str]:
    """The codes of all regions that operations name as they are before the change."""
    codes: set[str] = set()
    for operation in operations:
        match operation:
            case RegionMerge():
                codes |= {*operation.regions, *(() if operation.name else (operation.into,))}
            case RegionTransfer():
                codes |= {operation.region, operation.parent}
            case _:
                codes.add(operation.region)
    return codes - _founded(operations)


def _founded(operations: Iterable[Operation]) -> set[str]:
    codes: set[str] = set()
    for operation in operations:
        if isinstance(operation, RegionSplit):
            codes |= {part.code for part in operation.into}
        elif isinstance(operation, RegionMerge) and operation.name:
            codes.add(operation.into)
    return codes


async def worked_out(session: AsyncSession, operations: Sequence[Operation], effective_on: date) -> Plan:
    """The plan of a change on the regions of today."""
    known = await _known(session, operations)
    founded = _founded(operations)
    # What codes come out is not known before it is worked out: once to learn them, once with who holds them.
    first = plan(operations, known, effective_on, held={})
    codes = {place.code for place in first.touched if not place.ended}
    held = await _held(session, codes, effective_on)
    return plan(operations, known, effective_on, held=held, used_ids=await _used(session, founded))


async def subjects(session: AsyncSession, operations: Sequence[Operation]) -> dict[str, UUID]:
    """The ids of the regions that operations name, by the codes that these have today."""
    rows = await session.execute(
        select(Region.code, Region.id).where(Region.code.in_(named(operations)), Region.until.is_(None))
    )
    return {code: _plain(id) for code, id in rows}


async def _known(session: AsyncSession, operations: Sequence[Operation]) -> list[Known]:
    """The regions that are named, what is above and below them, and what is beside those that move away."""
    codes = named(operations)
    above = {code for code in map(identity.parent_code, codes | _founded(operations)) if code}
    while further := {code for code in map(identity.parent_code, above) if code} - above:
        above |= further
    parents = select(Region.id).where(Region.code.in_({identity.parent_code(code) for code in codes} - {None, NATION}))
    c = Region.__table__.c
    wanted = or_(
        c.code.in_(codes | above | _founded(operations)),
        *(below(c.code, code) for code in codes if code != NATION),
        c.parent_id.in_(parents),
    )
    rows = await session.execute(
        select(c.id, c.code, c.name, c.kind, c.time_zone, c.parent_id, c.since).where(wanted, c.until.is_(None))
    )
    found = {row.id: row for row in rows}
    latest = await _latest(session, found)
    return [
        Known(
            _plain(row.id), row.code, row.name, row.kind, row.time_zone, row.parent_id and _plain(row.parent_id),
            latest.get(row.id) or row.since,
        )
        for row in found.values()
    ]  # fmt: skip


def _plain(id: UUID) -> UUID:
    """The driver's own kind of UUID is no JSON."""
    return UUID(int=id.int)


async def _latest(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, date]:
    """The first day of the newest code, name or parent of each region that had another one before."""
    found: dict[UUID, date] = {}
    for table, day in (
        (RegionCode, RegionCode.since),
        (RegionName, RegionName.until),
        (RegionParent, RegionParent.until),
    ):
        rows = await session.execute(
            select(table.region_id, func.max(day))
            .where(among(table.region_id, ids), day.is_not(None))
            .group_by(table.region_id)
        )
        for id, newest in rows:
            found[id] = max(day for day in (newest, found.get(id)) if day is not None)
    return found


async def _held(session: AsyncSession, codes: Collection[str], effective_on: date) -> Mapping[str, UUID | None]:
    """Who has these codes today; null for a code that ended after the change's day only."""
    rows = await session.execute(
        select(RegionCode.code, RegionCode.region_id, RegionCode.until)
        .where(
            RegionCode.code == any_(literal(list(codes), ARRAY(Text))),
            RegionCode.system == CodeSystem.KEMENDAGRI,
            or_(RegionCode.until.is_(None), RegionCode.until > effective_on),
        )
        .order_by(RegionCode.until.desc().nulls_first())
    )
    return {code: id if until is None else None for code, id, until in rows}


async def _used(session: AsyncSession, codes: Iterable[str]) -> frozenset[UUID]:
    """The ids among those that these codes would give which a region has already."""
    ids = [identity.region_id(code) for code in codes]
    return frozenset(await session.scalars(select(Region.id).where(among(Region.id, ids))))
