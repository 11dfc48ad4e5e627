"""Activities as a caller may see and change them: the area scope, one record, one record locked, and the list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from operator import eq, ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, func, literal_column, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.activities.activities.answers import ActivityOut, WarningOut
from services.activities.activities.models import LAST_DAY, Activity
from services.activities.activities.patches import DescriptionChange
from services.activities.attendance.models import AttendanceSheet
from services.activities.known import references
from services.activities.known.models import KnownInstitution, KnownRegion, KnownRegionCode
from services.activities.known.places import Warned
from services.activities.parameters import Voided
from shared import pagination
from shared.auth import NATION, Principal, below
from shared.codes import ActivityKind, ActivityStatus, OrganisationKind
from shared.language import Language, Text
from shared.preconditions import IfMatch
from shared.problems import Forbidden, NotFound

_columns = Activity.__table__.c


class LeadOutsideYourArea(Forbidden):
    slug = "lead-outside-your-area"
    title = Text(
        "Kegiatan ini hanya diubah dari wilayah penyelenggara utamanya",
        "Only the area of its lead changes this activity",
    )


def readable(principal: Principal) -> ColumnElement[bool]:
    """Held in the caller's area, or led from there; for an institution's operator: its own, as lead or co-organiser."""
    own = or_(
        _columns.lead_institution_id == principal.institution_id,
        _columns.co_organiser_ids.contains([principal.institution_id]),
    )
    return principal.within(_columns.village_code, _columns.lead_village_code, institutions=_if_any(principal, own))


def writable(principal: Principal) -> ColumnElement[bool]:
    """Led from the caller's area; for an institution's operator: led by its own institution."""
    own = _columns.lead_institution_id == principal.institution_id
    return principal.within(_columns.lead_village_code, institutions=_if_any(principal, own))


def _if_any(principal: Principal, own: ColumnElement[bool]) -> ColumnElement[bool] | None:
    return own if principal.institution_id else None


def _named() -> Select[Activity, str, str]:
    return (
        select(Activity, KnownRegion.name.label("village_name"), KnownInstitution.name.label("lead_name"))
        .outerjoin(KnownRegion, KnownRegion.id == Activity.village_id)
        .outerjoin(KnownInstitution, KnownInstitution.id == Activity.lead_institution_id)
    )


async def one(session: AsyncSession, identity: UUID, principal: Principal) -> ActivityOut:
    """The activity as the caller may see it. Raises NotFound."""
    row = (await session.execute(_named().where(Activity.id == identity, readable(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return ActivityOut.of(row.Activity, row.village_name, row.lead_name)


@dataclass(slots=True)
class Locked:
    """An activity whose row this transaction holds. `time_zone` is that of the place where it is held.

    `regions` are those that its next event concerns: where it is held and where its lead has its seat, before and after.
    `warned`: what was understood otherwise than it was written.
    """

    activity: Activity
    time_zone: str
    village_name: str | None
    lead_name: str | None
    regions: set[UUID]
    warned: list[Warned] = field(default_factory=list)
    sheet: AttendanceSheet | None = None
    """The one that was recorded with its completion."""

    def answer(self, language: Language) -> ActivityOut:
        """The answer about it, with the warnings in a language."""
        told = [WarningOut.of(warned, language) for warned in self.warned]
        sheet_id = self.sheet.id if self.sheet else None
        return ActivityOut.of(self.activity, self.village_name, self.lead_name, told, sheet_id)


async def locked(
    session: AsyncSession,
    identity: UUID,
    principal: Principal,
    if_match: IfMatch,
    described: DescriptionChange | None = None,
) -> Locked:
    """The activity, to be changed; if `described`, what its description refers to is held first.

    Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    if described:
        await references.hold(session, described.village, described.lead_institution_id, identity)
    await session.execute(select(_columns.id).where(_columns.id == identity, readable(principal)).with_for_update())
    # Read once it is held: a row that was waited for is joined here to the village and the lead it has now.
    statement = (
        _named()
        .add_columns(KnownRegion.time_zone, KnownInstitution.village_id, writable(principal).label("writable"))
        .where(Activity.id == identity, readable(principal))
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    if not row.writable:
        raise LeadOutsideYourArea
    if_match.check(row.Activity.sequence)
    regions = {row.Activity.village_id, row.village_id}
    return Locked(row.Activity, row.time_zone, row.village_name, row.lead_name, regions)


class Sort(StrEnum):
    """Orders of the list. `day` is the last day it was held, or else is planned for."""

    DAY = "day"
    DAY_DOWN = "-day"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"
    TITLE = "title"
    TITLE_DOWN = "-title"


_SORTED_BY: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "day": LAST_DAY, "changed_at": Activity.changed_at, "title": Activity.title,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Days are inclusive and about the last day held or planned; `region` is a stored code."""

    region: str | None
    kind: ActivityKind | None
    status: ActivityStatus | None
    lead_institution_id: UUID | None
    network_id: UUID | None
    partner_id: UUID | None
    programme_id: UUID | None
    series_id: UUID | None
    cultural_value_id: UUID | None
    held_from: date | None
    held_until: date | None
    planned_from: date | None
    planned_until: date | None
    q: str | None
    changed_since: datetime | None
    voided: Voided


async def listed(
    session: AsyncSession, principal: Principal, filters: Filters, sort: Sort, page: pagination.PageQuery
) -> pagination.Page[ActivityOut]:
    """One page of what the caller may see under these filters."""
    statement: Any = _named().where(readable(principal), *_conditions(filters))
    by = _SORTED_BY[sort.removeprefix("-")]
    order = pagination.Order([by, Activity.id], descending=sort.startswith("-"))  # type: ignore[list-item]
    rows, following, total = await pagination.paginate(session, statement, order, page)
    items = [ActivityOut.of(row.Activity, row.village_name, row.lead_name) for row in rows]
    return pagination.Page(items=items, next=following, count=total)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[tuple[Any, Callable[[Any, Any], Any], Any]] = [
        (Activity.kind, eq, filters.kind),
        (Activity.status, eq, filters.status),
        (Activity.lead_institution_id, eq, filters.lead_institution_id),
        (Activity.programme_id, eq, filters.programme_id),
        (Activity.series_id, eq, filters.series_id),
        (Activity.held_until, ge, filters.held_from),
        (Activity.held_until, le, filters.held_until),
        (Activity.planned_until, ge, filters.planned_from),
        (Activity.planned_until, le, filters.planned_until),
        (Activity.changed_at, ge, filters.changed_since),
    ]
    found: list[ColumnElement[bool]] = [
        compared(column, value) for column, compared, value in wanted if value is not None
    ]
    if filters.region not in (None, NATION):
        found.append(below(_columns.village_code, filters.region or NATION))
    found += filters.voided.of(_columns.voided)
    found += _naming(filters)
    if filters.q:
        found.append(_like(filters.q))
    return found


def _naming(filters: Filters) -> list[ColumnElement[bool]]:
    """That they name this network, partner or value, in the words of the partial indexes on these columns."""
    found: list[ColumnElement[bool]] = []
    for kind, id in ((OrganisationKind.NETWORK, filters.network_id), (OrganisationKind.PARTNER, filters.partner_id)):
        if id is not None:
            named = type_coerce(_columns.parties, JSONB)
            found += [
                named.contains([{"organisation": kind, "id": str(id)}]),
                literal_column("activity.parties <> '[]'", Boolean),
            ]
    if filters.cultural_value_id is not None:
        found += [
            _columns.cultural_value_ids.contains([filters.cultural_value_id]),
            literal_column("activity.cultural_value_ids <> '{}'", Boolean),
        ]
    return found


def _like(q: str) -> ColumnElement[bool]:
    """Titles that hold the text, or words nearly like it; accents and case do not matter."""
    title, sought = func.searchable(Activity.title), func.searchable(q)
    escaped = func.regexp_replace(sought, r"([\\%_])", r"\\\1", "g")
    return or_(title.like("%" + escaped + "%"), sought.bool_op("<%")(title))


async def area_code(session: AsyncSession, code: str) -> str | None:
    """Today's code of the region that has, or had last, this stored spelling of a code; None if nobody ever had it."""
    statement = (
        select(KnownRegion.area_code)
        .join(KnownRegionCode, KnownRegionCode.region_id == KnownRegion.id)
        .where(KnownRegionCode.code == code)
        .order_by(KnownRegionCode.until.desc().nulls_first(), KnownRegion.until.desc().nulls_first())
        .limit(1)
    )
    found: str | None = await session.scalar(statement)
    return found
