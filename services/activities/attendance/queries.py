"""Sheets as a caller may see and change them: the area scope, one held with its activity, and the list."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, bindparam, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import queries as activities
from services.activities.attendance.answers import SheetOut
from services.activities.attendance.models import AttendanceSheet
from services.activities.known import references
from services.activities.parameters import Voided
from shared import records
from shared.auth import Principal, below
from shared.pagination import Order
from shared.preconditions import IfMatch
from shared.problems import NotFound
from shared.shown import Shown

_columns = AttendanceSheet.__table__.c
# Under one lock of the activity: who is named is known until the transaction ends. Registry lets no link lead to a
# linked record.
_PRESENT = (
    text("""
        SELECT DISTINCT activity_id, coalesce(person.duplicate_of, attendance.person_id) AS id FROM attendance
        LEFT JOIN known_person person ON person.id = attendance.person_id WHERE attendance.activity_id = ANY(:activities)
    """)
    .bindparams(bindparam("activities", type_=ARRAY(Uuid)))
    .columns(activity_id=Uuid, id=Uuid)
)


def readable(principal: Principal) -> ColumnElement[bool]:
    """As the activity: held in the caller's area or led from there; an institution's operator: of its own activities."""
    own = or_(
        _columns.lead_institution_id == principal.institution_id,
        _columns.organiser_ids.contains([principal.institution_id]),
    )
    return principal.within(
        _columns.village_code, _columns.lead_village_code, institutions=own if principal.institution_id else None
    )


@dataclass(slots=True)
class Held:
    """A sheet and its activity, both locked until the transaction ends."""

    activity: activities.Locked
    sheet: AttendanceSheet


async def activities_of(
    session: AsyncSession, ids: Collection[UUID], principal: Principal
) -> dict[UUID, activities.Locked]:
    """Those of these activities that the caller may read, locked; each is for `to_change`."""
    await references.hold(session, None, None, *ids)
    return await activities.locked_each(session, ids, principal)


async def held(session: AsyncSession, id: UUID, principal: Principal, if_match: IfMatch) -> Held:
    """A sheet that may be changed at the version that was read, and its activity, which is locked first.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    belongs_to = await session.scalar(select(_columns.activity_id).where(_columns.id == id, readable(principal)))
    if belongs_to is None:
        raise NotFound
    locked = activities.to_change((await activities_of(session, [belongs_to], principal)).get(belongs_to))
    sheet = await records.locked(session, AttendanceSheet, id, readable(principal))
    if_match.check(sheet.sequence)
    return Held(locked, sheet)


async def present(session: AsyncSession, activity_id: UUID) -> set[UUID]:
    """Whom the sheets of a locked activity name, by the ids under which they count."""
    return (await present_each(session, [activity_id]))[activity_id]


async def present_each(session: AsyncSession, activity_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The same, of each of some locked activities."""
    named: dict[UUID, set[UUID]] = {one: set() for one in activity_ids}
    for row in (await session.execute(_PRESENT, {"activities": list(named)})).all():
        named[row.activity_id].add(row.id)
    return named


class SheetSort(StrEnum):
    """Orders of the list."""

    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


SHOWN = Shown(
    SheetOut,
    AttendanceSheet.__table__,
    village="attendance_sheet.village_code",
    people_count="jsonb_array_length(attendance_sheet.people)",
    volunteer_hours="(SELECT coalesce(sum(CAST(one ->> 'volunteer_hours' AS int)), 0)"
    " FROM jsonb_array_elements(attendance_sheet.people) AS one)",
)


def listed(
    principal: Principal,
    *,
    activity_id: UUID | None,
    region: str | None,
    changed_since: datetime | None,
    voided: Voided,
    sort: SheetSort,
) -> tuple[Select[Any], Order]:
    """The sheets that the caller may see under these filters, as they are shown, and their order."""
    table = AttendanceSheet.__table__
    statement = select(SHOWN.item).select_from(table).where(readable(principal), *voided.of(table.c.voided))
    if activity_id is not None:
        statement = statement.where(table.c.activity_id == activity_id)
    if region is not None:
        statement = statement.where(below(table.c.village_code, region))
    if changed_since is not None:
        statement = statement.where(table.c.changed_at >= changed_since)
    return statement, Order([table.c.changed_at, table.c.id], descending=sort is SheetSort.CHANGED_AT_DOWN)
