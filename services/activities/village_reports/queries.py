"""Villages' reports as a caller may see and change them: the area scope, one, one locked, the list, and who is missing."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import eq, ge
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.models import Activity
from services.activities.known.models import KnownRegion, KnownRegionCode
from services.activities.parameters import Voided, lying_in, narrowed
from services.activities.village_reports import months
from services.activities.village_reports.models import VillageReport
from services.activities.village_reports.schemas import VillageReportOut
from shared import records
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus, RegionLevel, VillageReportState
from shared.pagination import Order, PageQuery, paginate
from shared.problems import NotFound

_reports = VillageReport.__table__.c
_regions = KnownRegion.__table__.c
_codes = KnownRegionCode.__table__.c
_activities = Activity.__table__.c


def visible(principal: Principal) -> ColumnElement[bool]:
    """Of a village in the caller's area; of no village, for an institution's operator."""
    return principal.within(_reports.village_code)


def _named() -> Select[VillageReport, str, str]:
    return select(VillageReport, KnownRegion.name, KnownRegion.time_zone).join(
        KnownRegion, KnownRegion.id == VillageReport.village_id
    )


@dataclass(slots=True)
class Placed:
    """A report with the name of its village and the local date there."""

    report: VillageReport
    village_name: str
    today: date

    def answer(self) -> VillageReportOut:
        """The answer about it."""
        return VillageReportOut.of(self.report, self.village_name, self.today)


async def one(session: AsyncSession, id: UUID, principal: Principal, now: datetime) -> Placed:
    """The report as the caller may see it. Raises NotFound."""
    row = (await session.execute(_named().where(_reports.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return Placed(row.VillageReport, row.name, local_date(now, row.time_zone))


async def locked(session: AsyncSession, id: UUID, principal: Principal, now: datetime) -> Placed:
    """The report, locked until the transaction ends. Raises NotFound."""
    report = await records.locked(session, VillageReport, id, visible(principal))
    region = (
        await session.execute(select(_regions.name, _regions.time_zone).where(_regions.id == report.village_id))
    ).one()
    return Placed(report, region.name, local_date(now, region.time_zone))  # fmt: skip


async def of_month(session: AsyncSession, village_id: UUID, month: str) -> UUID | None:
    """The report that a village has of a month."""
    statement = select(_reports.id).where(
        _reports.month == month, _reports.village_id == village_id, ~_reports.voided
    )  # fmt: skip
    found: UUID | None = await session.scalar(statement)
    return found


async def completed_in(session: AsyncSession, village_id: UUID, month: str) -> int:
    """Activities held in the village whose last day lies in the month, entry errors aside."""
    statement = select(func.count()).where(
        _activities.village_id == village_id, _activities.status == ActivityStatus.SELESAI, ~_activities.voided,
        _activities.held_until >= months.first_day(month), _activities.held_until < months.after(month),
    )  # fmt: skip
    return int(await session.scalar(statement) or 0)


class VillageReportSort(StrEnum):
    """Orders of the list. `submitted_on` has those first that wait longest."""

    SUBMITTED_ON = "submitted_on"
    SUBMITTED_ON_DOWN = "-submitted_on"
    MONTH = "month"
    MONTH_DOWN = "-month"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; `region` is a code of today."""

    region: str | None
    month: str | None
    state: VillageReportState | None
    nihil: bool | None
    restate: bool | None
    in_time: bool | None
    changed_since: datetime | None
    voided: Voided


async def listed(
    session: AsyncSession,
    principal: Principal,
    filters: Filters,
    sort: VillageReportSort,
    page: PageQuery,
    now: datetime,
) -> tuple[list[VillageReportOut], str | None, int | None]:
    """One page of what the caller may see under these filters."""
    statement: Any = _named().where(visible(principal), *_conditions(filters))
    order = Order([_reports[sort.removeprefix("-")], _reports.id], descending=sort.startswith("-"))
    rows, following, count = await paginate(session, statement, order, page)
    items = [Placed(row.VillageReport, row.name, local_date(now, row.time_zone)).answer() for row in rows]
    return items, following, count


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found = narrowed(
        *((_reports[name], eq, getattr(filters, name)) for name in ("month", "state", "nihil", "restate")),
        (_reports.first_submitted_on <= _reports.due_on, eq, filters.in_time),
        (_reports.changed_at, ge, filters.changed_since),
    )
    return [*found, *lying_in(_reports.village_code, filters.region), *filters.voided.of(_reports.voided)]


def villages(principal: Principal, region: str | None, month: str) -> Select[Any]:
    """The villages of the caller's area that there were on the last day of a month, with their report of it, if any."""
    last = months.last_day(month)
    there = exists().where(
        _codes.region_id == _regions.id,
        or_(_codes.since.is_(None), _codes.since <= last), or_(_codes.until.is_(None), _codes.until > last),
    )  # fmt: skip
    of_month = and_(_reports.village_id == _regions.id, _reports.month == month, ~_reports.voided)
    statement = (
        select(
            _regions.id, _regions.area_code, _regions.name, _regions.time_zone, _reports.id.label("report_id"), _reports.state
        )
        .select_from(KnownRegion.__table__.outerjoin(VillageReport.__table__, of_month))
        .where(_regions.level == RegionLevel.VILLAGE, there, principal.within(_regions.area_code))
        .where(or_(_regions.until.is_(None), _regions.until > last))
    )  # fmt: skip
    return statement.where(*lying_in(_regions.area_code, region))


ACCEPTED = _reports.state == VillageReportState.DITERIMA
"""That a village of `villages` has an accepted report."""
BY_CODE = Order([_regions.area_code, _regions.id])
