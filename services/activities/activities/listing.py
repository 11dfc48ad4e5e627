"""The list of activities: its filters, its orders, and its rows as the database itself shows them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import eq, ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Select, Text, func, literal_column, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from services.activities.activities.answers import ActivityOut
from services.activities.activities.models import LAST_DAY, Activity
from services.activities.activities.queries import readable
from services.activities.parameters import Voided, narrowed
from shared.auth import NATION, Principal, below
from shared.codes import ActivityKind, ActivityStatus, OrganisationKind
from shared.pagination import Order
from shared.shown import Shown

_table = Activity.__table__
_columns = _table.c

SHOWN = Shown(
    ActivityOut,
    _table,
    village="activity.village_code",
    village_name="(SELECT region.name FROM known_region AS region WHERE region.id = activity.village_id)",
    lead_institution_name="(SELECT lead.name FROM known_institution AS lead WHERE lead.id = activity.lead_institution_id)",
    place="CASE WHEN activity.place IS NOT NULL THEN json_build_object('latitude', activity.place -> 'latitude',"
    " 'longitude', activity.place -> 'longitude', 'text', activity.place -> 'text') END",
    plan="CASE WHEN activity.planned_from IS NOT NULL THEN json_build_object('planned_from', activity.planned_from,"
    " 'planned_until', activity.planned_until) END",
    plan_versions="activity.plan",
    completion="CASE WHEN activity.held_from IS NOT NULL THEN json_build_object('held_from', activity.held_from,"
    " 'held_until', activity.held_until, 'invited', activity.invited, 'attended', activity.attended) END",
    warnings="CAST('[]' AS json)",
    sheet_id="CAST(NULL AS uuid)",
)
"""A row as `ActivityOut.of` answers it."""


class Sort(StrEnum):
    """Orders of the list. `day` is the last day it was held, or else is planned for."""

    DAY = "day"
    DAY_DOWN = "-day"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"
    TITLE = "title"
    TITLE_DOWN = "-title"


_SORTED_BY: dict[str, ColumnElement[Any]] = {
    "day": LAST_DAY, "changed_at": _columns.changed_at, "title": _columns.title,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. Days are inclusive and about the last day held or planned; `region` is a stored code."""

    region: str | None = None
    kind: ActivityKind | None = None
    status: ActivityStatus | None = None
    lead_institution_id: UUID | None = None
    network_id: UUID | None = None
    partner_id: UUID | None = None
    programme_id: UUID | None = None
    series_id: UUID | None = None
    cultural_value_id: UUID | None = None
    held_from: date | None = None
    held_until: date | None = None
    planned_from: date | None = None
    planned_until: date | None = None
    q: str | None = None
    changed_since: datetime | None = None
    voided: Voided = Voided.FALSE


def listed(principal: Principal, filters: Filters, sort: Sort = Sort.DAY_DOWN) -> tuple[Select[str], Order]:
    """The rows under these filters that the caller may see, as answers show them, and their order."""
    statement = select(SHOWN.item).select_from(_table).where(*_conditions(filters))
    # What lies in a region that the caller's areas cover is readable: to say so as well only hides which index serves.
    if filters.region is None or not principal.covers(filters.region):
        statement = statement.where(readable(principal))
    by = _SORTED_BY[sort.removeprefix("-")]
    return statement, Order([by, _columns.id], descending=sort.startswith("-"))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found = narrowed(
        (_columns.kind, eq, filters.kind),
        (_columns.status, eq, filters.status),
        (_columns.lead_institution_id, eq, filters.lead_institution_id),
        (_columns.programme_id, eq, filters.programme_id),
        (_columns.series_id, eq, filters.series_id),
        (_columns.held_until, ge, filters.held_from),
        (_columns.held_until, le, filters.held_until),
        (_columns.planned_until, ge, filters.planned_from),
        (_columns.planned_until, le, filters.planned_until),
        (_columns.changed_at, ge, filters.changed_since),
    )
    found += _days(filters)
    if filters.region not in (None, NATION):
        found.append(_held_in(filters.region or NATION))
    found += filters.voided.of(_columns.voided)
    found += _naming(filters)
    if filters.q:
        found.append(_like(filters.q))
    return found


def _held_in(region: str) -> ColumnElement[bool]:
    """A regency in the words of the index that holds its activities by day."""
    if region.count(".") == 1:
        return literal_column("left(activity.village_code, 5)", Text) == region
    return below(_columns.village_code, region)


def _days(filters: Filters) -> list[ColumnElement[bool]]:
    """What follows for the day an activity belongs to, in the words of the indexes that hold it."""
    since, until = filters.held_from, filters.held_until
    if filters.status not in (None, ActivityStatus.SELESAI):
        # Not held: it belongs to the last day it is planned for.
        since, until = filters.planned_from, filters.planned_until
    bounds = (since <= LAST_DAY if since else None, until >= LAST_DAY if until else None)
    return [bound for bound in bounds if bound is not None]


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
    title, sought = func.searchable(_columns.title), func.searchable(q)
    escaped = func.regexp_replace(sought, r"([\\%_])", r"\\\1", "g")
    return or_(title.like("%" + escaped + "%"), sought.bool_op("<%")(title))
