"""A network's own money over HTTP: the lines of its ledger, and its balances."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.network_funds import periods, queries, service, states
from services.registry.network_funds.schemas import FundEntryIn, FundEntryOut, FundEntryRecorded, FundLedgerPage
from services.registry.networks import queries as networks
from services.registry.networks.models import Network
from services.registry.rights import Reader, Registrar
from shared import edge, records
from shared.pagination import PageParameters, paginate
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/networks/{id}/fund-entries", tags=["network funds"], route_class=edge.Route)


@router.post("", status_code=201, summary="Record money collected or passed on")
async def record_fund_entry(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, id: UUID, body: FundEntryIn
) -> FundEntryRecorded:
    """A line of the ledger. Lines are never changed: a mistake is undone (`…/reversal`) and recorded anew.

    409 `balance-too-low` when the balance of that day, or of any day after it, would fall below zero.
    """
    entry, balance = await service.record(session, id, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/networks/{id}/fund-entries/{entry.id}"
    return states.recorded(entry, balance)


@router.get("", summary="Read a network's ledger")
async def list_fund_entries(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    id: UUID,
    period: Annotated[str | None, Query(max_length=10, description="Month, quarter, semester or year; without it the whole ledger.", examples=["2026-03", "2026-Q1"])] = None,
) -> FundLedgerPage:  # fmt: skip
    """Lines by day, with the balances around them: the opening balance of a month is the closing one of the month before."""
    await records.refuse_invisible(session, Network, id, networks.visible(principal))
    since, until = periods.days_of(period) if period is not None else (None, None)
    balances = await queries.balances(session, id, since, until)
    rows, following, count = await paginate(session, queries.rows(id, since, until), queries.BY_DAY, page)
    return FundLedgerPage(
        items=[states.answer(row) for row in rows], next=following, count=count, opening_balance=balances.opening,
        collected=balances.collected, passed_on=balances.passed_on, closing_balance=balances.closing,
    )  # fmt: skip


@router.get("/{entry_id}", summary="Read a line of a network's ledger")
async def read_fund_entry(session: edge.Session, principal: Reader, id: UUID, entry_id: UUID) -> FundEntryOut:
    """With the line that it undoes, or by which it is undone."""
    await records.refuse_invisible(session, Network, id, networks.visible(principal))
    return states.answer(await queries.read(session, id, entry_id))


@router.post("/{entry_id}/reversal", status_code=201, summary="Undo a line of a network's ledger")
async def reverse_fund_entry(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, id: UUID, entry_id: UUID,
    said: Reason,
) -> FundEntryRecorded:  # fmt: skip
    """Adds a line of the same day and amount with the other effect. Collected money that was passed on stays."""
    entry, balance = await service.reverse(session, id, entry_id, by=principal, now=now, reason=said.reason)
    response.headers["Location"] = f"/v1/networks/{id}/fund-entries/{entry.id}"
    return states.recorded(entry, balance)
