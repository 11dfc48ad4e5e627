"""Which entries of the audit trail an area's officer reads, so that a sparse area costs no scan of all others' entries."""

from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Uuid, any_, cast, exists, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from shared import walls
from shared.audit import audit_entry
from shared.auth import NATION, Principal

LOOKED_AT = 5000
"""How many of the newest entries tell whether an area has many."""
ENOUGH = 200
"""How many of them must be the area's, to find a page of them from the newest on."""


async def concerning(
    session: AsyncSession, principal: Principal, id: ColumnElement[Any], code: ColumnElement[Any]
) -> ColumnElement[bool]:
    """That an entry concerns a region in the caller's area; `id` and `code` are the columns of the regions.

    Where the area has many of the newest entries, these are read from the newest on. Where it has few, all of the area's
    are found by the index of regions and sorted: PostgreSQL cannot know which is less. A function of the database does it,
    since the policies of row security let no statement's own condition on a list of regions read an index.
    """
    if NATION in principal.areas and not principal.own_record_only:
        return true()
    within = principal.within(code)
    newest = select(audit_entry.c.region_ids).order_by(audit_entry.c.at.desc(), audit_entry.c.id.desc())
    looked_at = newest.limit(LOOKED_AT).subquery()
    theirs = select(literal(1)).where(exists().where(id == looked_at.c.region_ids.any_(), within)).limit(ENOUGH)
    many = select(func.count()).select_from(theirs.select_from(looked_at).subquery())
    async with walls.lifted(session):  # the newest of all: behind the wall, the newest are the area's by themselves
        enough = await session.scalar(many) == ENOUGH
    if enough:
        return exists().where(id == audit_entry.c.region_ids.any_(), within)
    regions = (await session.scalars(select(id).where(within))).all()
    # Asked once, and its answer read by the index of ids.
    ids = select(func.audit_entries_concerning(literal(regions, ARRAY(Uuid)))).scalar_subquery()
    return audit_entry.c.id == any_(cast(ids, ARRAY(BigInteger)))
