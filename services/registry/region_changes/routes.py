"""Region changes over HTTP: proposed, previewed, applied by another person, or withdrawn."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.region_changes import preview, service
from services.registry.region_changes.models import RegionChange
from services.registry.region_changes.schemas import (
    AffectedRecordOut,
    RegionChangeIn,
    RegionChangeOut,
    RegionChangePreview,
    RegionEffectOut,
)
from services.registry.rights import RegionChanger
from shared import audit, edge
from shared.auth import NATION
from shared.codes import RegionChangeState
from shared.history import HistoryEntry
from shared.pagination import Order, Page, PageParameters, paginate
from shared.preconditions import Precondition, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/region-changes", tags=["region changes"], route_class=edge.Route)
MOST_POSITIONS = 20
"""As many positions a read may wait for (`at_least=`)."""


@router.post("", status_code=201, summary="Propose a region change")
async def propose_region_change(
    session: edge.Session, principal: RegionChanger, now: edge.Now, response: Response, body: RegionChangeIn
) -> RegionChangeOut:
    """Checks a decree's operations on the regions of today and stores them. Nothing is changed until another person
    applies it. Several operations of one decree belong into one change: a new district and the villages that move."""
    change = await service.propose(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/region-changes/{change.id}"
    return _answer(change, response)


@router.get("", summary="List region changes")
async def list_region_changes(
    session: edge.Session,
    principal: RegionChanger,
    page: PageParameters,
    state: Annotated[RegionChangeState | None, Query(description="Only in this state.", examples=["proposed"])] = None,
) -> Page[RegionChangeOut]:
    """The newest first; empty for a caller whose area is not the nation."""
    statement = service.listed(principal.covers(NATION), state)
    c = RegionChange.__table__.c
    rows, following, count = await paginate(session, statement, Order([c.changed_at, c.id], descending=True), page)
    items = [RegionChangeOut.model_validate(service.answer(row)) for row in rows]
    return Page(items=items, next=following, count=count)


@router.get("/{id}", summary="Read a region change")
async def read_region_change(
    session: edge.Session, principal: RegionChanger, response: Response, id: UUID
) -> RegionChangeOut:
    """As it was proposed, and what became of it."""
    return _answer(await service.read(session, id, principal), response)


@router.get("/{id}/preview", summary="Preview a region change")
async def preview_region_change(
    session: edge.Session, principal: RegionChanger, now: edge.Now, id: UUID
) -> RegionChangePreview:
    """What it would affect if it were applied to the regions of today: regions, records, and the areas in tokens."""
    return await service.previewed(session, id, by=principal, now=now)


@router.get("/{id}/regions", summary="Regions a change would touch")
async def list_regions_of_change(
    session: edge.Session, principal: RegionChanger, page: PageParameters, id: UUID
) -> Page[RegionEffectOut]:
    """Each before and after, by code; of a change that is proposed."""
    _, plan = await service.planned(session, id, principal)
    rows, following, count = await paginate(session, *preview.regions(plan), page)
    return Page(items=[RegionEffectOut.model_validate(row) for row in rows], next=following, count=count)


@router.get("/{id}/records", summary="Records a change would affect")
async def list_records_of_change(
    session: edge.Session,
    principal: RegionChanger,
    page: PageParameters,
    id: UUID,
    record: Annotated[preview.AffectedRecord, Query(description="Only this kind of record.", examples=["institution"])],
) -> Page[AffectedRecordOut]:
    """Those in regions that are recoded, moved, split or ended, by id; of a change that is proposed."""
    _, plan = await service.planned(session, id, principal)
    rows, following, count = await paginate(session, *preview.records(plan, record), page)
    return Page(items=[AffectedRecordOut.model_validate(row) for row in rows], next=following, count=count)


@router.post("/{id}/application", summary="Apply a region change")
async def apply_region_change(
    session: edge.Session,
    principal: RegionChanger,
    now: edge.Now,
    precondition: Precondition,
    response: Response,
    id: UUID,
) -> RegionChangeOut:
    """From its day on, by another person than who proposed it, all or nothing. Every region touched is told as an event;
    records in regions that end move to who takes over; codes of all records and areas of rights follow."""
    change, regions = await service.apply(session, id, by=principal, precondition=precondition, now=now)
    positions = (f"registry/{region.id}@{region.sequence}" for region in regions[:MOST_POSITIONS])
    response.headers["Wahana-Position"] = ",".join(positions)
    return _answer(change, response)


@router.post("/{id}/withdrawal", summary="Withdraw a region change")
async def withdraw_region_change(
    session: edge.Session,
    principal: RegionChanger,
    now: edge.Now,
    precondition: Precondition,
    response: Response,
    id: UUID,
    said: Reason,
) -> RegionChangeOut:
    """One that was not applied. What was applied is undone by another change only."""
    change = await service.withdraw(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return _answer(change, response)


@router.get("/{id}/history", summary="What happened to a region change")
async def read_region_change_history(session: edge.Session, principal: RegionChanger, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first."""
    await service.read(session, id, principal)
    return await audit.history(session, RegionChange.__tablename__, id)


def _answer(change: RegionChange, response: Response) -> RegionChangeOut:
    response.headers["ETag"] = etag(change.sequence)
    return RegionChangeOut.model_validate(service.answer(change))
