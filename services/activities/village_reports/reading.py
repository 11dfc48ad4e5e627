"""HTTP of reading villages' reports: one, its history, the list, and the villages that have not reported."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import func, select

from services.activities.parameters import Area, Voided, WhetherVoided
from services.activities.rights import Reader
from services.activities.village_reports import months, queries
from services.activities.village_reports.months import Month
from services.activities.village_reports.routes import DueDay
from services.activities.village_reports.schemas import MissingReportOut, MissingReportPage, VillageReportOut
from shared import changes, edge
from shared.clock import local_date
from shared.codes import VillageReportState
from shared.fields import Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import announce

router = APIRouter(prefix="/v1/village-reports", tags=["village reports"], route_class=edge.Route)


async def _filters(
    region: Area,
    month: Annotated[Month | None, Query(description="Only those of this month.")] = None,
    state: Annotated[
        VillageReportState | None, Query(description="`diajukan`: what waits for the district.", examples=["diajukan"])
    ] = None,
    nihil: Annotated[bool | None, Query(description="Only those of months without, or with, any activity.")] = None,
    restate: Annotated[bool | None, Query(description="Only those that have to be restated, or the others.")] = None,
    in_time: Annotated[bool | None, Query(description="Only those that came in time, or late.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> queries.Filters:
    return queries.Filters(region, month, state, nihil, restate, in_time, changed_since, voided)


@router.get("", summary="List villages' reports")
async def list_village_reports(
    session: edge.Session, principal: Reader, now: edge.Now, page: PageParameters,
    filters: Annotated[queries.Filters, Depends(_filters)],
    sort: Annotated[queries.VillageReportSort, Query(description="`submitted_on` has those first that wait longest.")] = (
        queries.VillageReportSort.SUBMITTED_ON
    ),
) -> Page[VillageReportOut]:  # fmt: skip
    """Those of villages in your area. `?state=diajukan` is the district's work list, with the age of each."""
    items, following, count = await queries.listed(session, principal, filters, sort, page, now)
    return Page(items=items, next=following, count=count)


@router.get("/missing", summary="Villages without an accepted report of a month")
async def list_missing_village_reports(
    session: edge.Session, principal: Reader, now: edge.Now, page: PageParameters, due_day: DueDay, region: Area,
    month: Annotated[Month, Query(description="The month, as `2026-02`.")],
) -> MissingReportPage:  # fmt: skip
    """Villages of your area that there were on the month's last day, by code. Coverage is told by reports alone: a village
    with activities and no accepted report is missing, one that reported `nihil` is not."""
    among = queries.villages(principal, region, month)
    missing = among.where(queries.ACCEPTED.isnot(True))
    rows, following, count = await paginate(session, missing, queries.BY_CODE, page)
    due_on = months.due_on(month, due_day)
    items = [
        MissingReportOut(
            village=row.area_code, village_id=row.id, village_name=row.name, report_id=row.report_id, state=row.state,
            due_on=due_on,
            days_late=0 if row.state == VillageReportState.DIAJUKAN
            else max(0, (local_date(now, row.time_zone) - due_on).days),
        )
        for row in rows
    ]  # fmt: skip
    total = await session.scalar(select(func.count()).select_from(among.subquery())) if page.count else None
    accepted = None if total is None or count is None else total - count
    return MissingReportPage(items=items, next=following, count=count, month=month, villages=total, accepted=accepted)


@router.get("/{id}", summary="Read a village's report")
async def read_village_report(
    id: UUID, session: edge.Session, principal: Reader, now: edge.Now, response: Response
) -> VillageReportOut:
    """One of a village in your area."""
    placed = await queries.one(session, id, principal, now)
    announce(response, "activities", placed.report.id, placed.report.sequence)
    return placed.answer()


@router.get("/{id}/history", summary="What happened to a village's report")
async def read_village_report_history(
    id: UUID, session: edge.Session, principal: Reader, now: edge.Now
) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    await queries.one(session, id, principal, now)
    return await changes.history(session, id)
