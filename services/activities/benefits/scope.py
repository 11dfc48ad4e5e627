"""Who may see and change what was given: those of the place, and those of the seat of the institution that gave.

For benefits and referrals alike: both stand where they were given, and follow their giver as activities follow their lead.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits.models import Benefit
from services.activities.referrals.models import Referral
from shared import records
from shared.auth import Principal
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Forbidden, NotFound

Row = TypeVar("Row", Benefit, Referral)


class GiverOutsideYourArea(Forbidden):
    slug = "giver-outside-your-area"
    title = Text("Catatan ini hanya diubah dari wilayah pemberinya", "Only the area of its giver changes this record")


def readable(table: Any, principal: Principal) -> ColumnElement[bool]:
    """Given in the caller's area, or by an institution with its seat there; for an institution's operator: by its own."""
    return principal.within(table.c.village_code, table.c.lead_village_code, institutions=_own(table, principal))


def writable(table: Any, principal: Principal) -> ColumnElement[bool]:
    """Given by an institution with its seat in the caller's area; what networks and partners give: given there."""
    by_institution = principal.within(table.c.lead_village_code, institutions=_own(table, principal))
    return or_(by_institution, and_(table.c.lead_institution_id.is_(None), principal.within(table.c.village_code)))


def _own(table: Any, principal: Principal) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.c.lead_institution_id == principal.institution_id
    return own


async def read(mapped: type[Row], session: AsyncSession, id: UUID, by: Principal) -> Row:
    """One that the caller may see. Raises NotFound."""
    return await records.read(session, mapped, id, readable(mapped.__table__, by))


async def glimpsed(mapped: type[Row], session: AsyncSession, id: UUID, by: Principal) -> Any:
    """Its columns, before it is locked: to hold what is named first. Raises NotFound."""
    columns = mapped.__table__.c
    found = select(*columns).where(columns.id == id, readable(mapped.__table__, by))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def locked(mapped: type[Row], session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch) -> Row:
    """One that the caller may change, held, at the version that was read.

    Raises NotFound, GiverOutsideYourArea, PreconditionFailed.
    """
    row = await records.locked(session, mapped, id, readable(mapped.__table__, by))
    columns = mapped.__table__.c
    if not await session.scalar(select(columns.id).where(columns.id == id, writable(mapped.__table__, by))):
        raise GiverOutsideYourArea
    precondition.check(row.sequence)
    return row
