"""Granaries over HTTP: entries in and out, their voiding, and balances."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from services.activities.known import arrival
from services.activities.parameters import Area, Voided, WhetherVoided
from services.activities.quantities import Measured
from services.activities.rights import Organiser, Reader
from services.activities.stock_entries import queries, service
from services.activities.stock_entries.schemas import StockBalanceOut, StockEntryIn, StockEntryOut
from services.activities.village_reports import months
from services.activities.village_reports.months import Month
from shared import changes, edge
from shared.codes import StockDirection, StockReason
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/stock-entries",
    tags=["granaries"],
    route_class=arrival.Route,
    dependencies=[Depends(arrival.documented)],
)
balances = APIRouter(prefix="/v1/stock-balances", tags=["granaries"], route_class=edge.Route)
Commodity = Annotated[Measured | None, Query(description="Only this commodity, in any spelling.", examples=["beras"])]


@router.post("", summary="Record goods that went in or out", status_code=status.HTTP_201_CREATED)
async def record_stock_entry(
    body: StockEntryIn, session: edge.Session, now: edge.Now, principal: Organiser, response: Response
) -> StockEntryOut:
    """Entries are never changed: a mistake is voided and recorded anew.

    409 `stock-too-low` when the stock at the end of that day, or of any day after it, would fall below zero; within a day
    the order does not matter.
    """
    entry, name = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/stock-entries/{entry.id}"
    announce(response, "activities", entry.id, entry.sequence)
    return StockEntryOut.of(entry, name)


async def _filters(
    region: Area,
    institution_id: Annotated[UUID | None, Query(description="Only one institution's.")] = None,
    commodity: Commodity = None,
    unit: Annotated[Measured | None, Query(description="Only in this unit.", examples=["kg"])] = None,
    direction: Annotated[StockDirection | None, Query(description="Only in, or out.")] = None,
    reason: Annotated[StockReason | None, Query(description="Only for this reason.")] = None,
    activity_id: Annotated[UUID | None, Query(description="Only for one activity.")] = None,
    moved_from: Annotated[Day | None, Query(description="Went on this day or later.")] = None,
    moved_until: Annotated[Day | None, Query(description="Went on this day or earlier.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> queries.Filters:
    return queries.Filters(
        region, institution_id, commodity, unit, direction, reason, activity_id, moved_from, moved_until, changed_since,
        voided,
    )  # fmt: skip


@router.get("", summary="List stock entries")
async def list_stock_entries(
    session: edge.Session, principal: Reader, page: PageParameters,
    filters: Annotated[queries.Filters, Depends(_filters)],
    sort: Annotated[queries.StockEntrySort, Query(description="Order; `-` descends.")] = queries.StockEntrySort.MOVED_ON_DOWN,
) -> Page[StockEntryOut]:  # fmt: skip
    """Those of institutions whose seat lies in your area today."""
    rows, following, count = await paginate(session, queries.entries(principal, filters), sort.order, page)
    items = [StockEntryOut.of(row.StockEntry, row.name) for row in rows]
    return Page(items=items, next=following, count=count)


@router.get("/{id}", summary="Read a stock entry")
async def read_stock_entry(id: UUID, session: edge.Session, principal: Reader, response: Response) -> StockEntryOut:
    """One of an institution in your area."""
    entry, name = await queries.one(session, id, principal)
    announce(response, "activities", entry.id, entry.sequence)
    return StockEntryOut.of(entry, name)


@router.get("/{id}/history", summary="What happened to a stock entry")
async def read_stock_entry_history(id: UUID, session: edge.Session, principal: Reader) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    await queries.one(session, id, principal)
    return await changes.history(session, id)


@router.post("/{id}/voiding", summary="Mark a stock entry as an entry error")
async def void_stock_entry(
    id: UUID, body: Reason, session: edge.Session, now: edge.Now, principal: Organiser, if_match: Precondition,
    response: Response,
) -> StockEntryOut:  # fmt: skip
    """It counts nowhere from now on. 409 `stock-too-low` for goods that were taken meanwhile."""
    await service.void(session, id, body.reason, by=principal, precondition=if_match, now=now)
    entry, name = await queries.one(session, id, principal)
    announce(response, "activities", entry.id, entry.sequence)
    return StockEntryOut.of(entry, name)


@balances.get("", summary="List balances of granaries")
async def list_stock_balances(
    session: edge.Session, principal: Reader, page: PageParameters, region: Area,
    institution_id: Annotated[UUID | None, Query(description="Only one institution's.")] = None,
    commodity: Commodity = None,
    month: Annotated[Month | None, Query(description="Before, in and after this month; without it the whole ledger.")] = None,
) -> Page[StockBalanceOut]:  # fmt: skip
    """One for each commodity and unit. The opening balance of a month is the closing one of the month before."""
    days = None if month is None else (months.first_day(month), months.after(month))
    statement = queries.balances(principal, region, institution_id, commodity, days)
    rows, following, count = await paginate(session, statement, queries.BY_LEDGER, page)
    items = [
        StockBalanceOut(
            institution_id=row.institution_id, institution_name=row.name, commodity=row.commodity, unit=row.unit,
            opening=row.opening, entered=row.entered, left=row.left, closing=row.opening + row.entered - row.left,
        )
        for row in rows
    ]  # fmt: skip
    return Page(items=items, next=following, count=count)
