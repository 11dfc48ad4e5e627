"""HTTP of reading series, and of their occurrences."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.activities.rights import Organiser, Reader
from services.activities.series import occurrences, queries, recurrence, service, states
from services.activities.series.answers import OccurrenceOut, Occurrences, SeriesOut
from services.activities.series.models import Series
from services.activities.series.parameters import Filtered
from services.activities.series.schemas import Skipping
from shared import changes, edge, records
from shared.fields import Day
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import Precondition, announce

router = APIRouter(prefix="/v1/series", tags=["series"], route_class=edge.Route)


@router.get("", summary="List recurring activities")
async def list_series(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    filters: Filtered,
    sort: Annotated[queries.SeriesSort, Query(description="Order; `-` descends.")] = queries.SeriesSort.TITLE,
) -> Page[SeriesOut]:
    """Those held in your area or led from it; an institution's operator sees those it leads."""
    statement = await queries.listed(session, principal, filters)
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a recurring activity")
async def read_series(
    session: edge.Session, principal: Reader, now: edge.Now, response: Response, id: UUID
) -> SeriesOut:
    """As it stands, with the coming dates."""
    row = await queries.one(session, id, principal)
    announce(response, "activities", row.Series.id, row.Series.sequence)
    return states.answer(row, service.today(row, now))


@router.get("/{id}/history", summary="What happened to a recurring activity")
async def read_series_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, Series, id, queries.readable(principal))
    return await changes.history(session, id)


@router.get("/{id}/occurrences", summary="List the dates of a recurring activity")
async def list_occurrences(
    session: edge.Session,
    principal: Reader,
    now: edge.Now,
    id: UUID,
    since: Annotated[Day | None, Query(alias="from", description="First day; left out: today at the place.")] = None,
    until: Annotated[Day, Query(description="Last day.")] = recurrence.LAST,
    limit: Annotated[int, Query(ge=1, le=400, description="Dates per answer.")] = 50,
) -> Occurrences:
    """Each date that the rules give, and what became of it; those too whose activity is not made yet (`activity_id` null), and
    those that a former rule gave and somebody touched (`given` false)."""
    return await occurrences.listed(session, id, principal, since, until, limit, now)


@router.post("/{id}/occurrences/{on}/skipping", summary="Tell that an occurrence is not held")
async def skip_occurrence(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, id: UUID,
    on: Annotated[Day, Path(description="The day on which the rule gives it.", examples=["2026-04-05"])], body: Skipping,
) -> OccurrenceOut:  # fmt: skip
    """It stays in the count of what was planned. `If-Match` is the occurrence's `sequence`, `"0"` while it is not made. 404
    `occurrence-not-given` names the nearest dates; 409 `wrong-state` for one that was moved, held or skipped."""
    return await occurrences.skip(session, id, on, body.reason, precondition, by=principal, now=now)
