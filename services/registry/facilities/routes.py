"""Facilities over HTTP: recorded, read, listed, changed, checked, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Response

from services.registry.facilities import queries, service
from services.registry.facilities.models import Facility
from services.registry.facilities.schemas import CheckIn, FacilityIn, FacilityOut, FacilityPatch
from services.registry.facilities.states import answer, answer_row
from services.registry.institutions import parts
from services.registry.parameters import Area, area_code
from services.registry.rights import Reader, Registrar
from shared import audit, edge
from shared.codes import FacilityClass, FacilityCondition
from shared.fields import Day, Instant
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/facilities", tags=["facilities"], route_class=edge.Route)


@router.post("", status_code=201, summary="Record a facility")
async def record_facility(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: FacilityIn
) -> FacilityOut:
    """An item of sarana prasarana of an institution that you keep. It is usable once a check found it so."""
    facility, institution = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/facilities/{facility.id}"
    parts.announced(response, facility, institution)
    return answer(facility, institution)


@router.get("", summary="List facilities")
async def list_facilities(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    institution: Annotated[UUID | None, Query(description="Only those of this institution.")] = None,
    region: Area = None,
    facility_class: Annotated[FacilityClass | None, Query(description="Only this class.", examples=["alat"])] = None,
    condition: Annotated[FacilityCondition | None, Query(description="Only those found so by their newest check.")] = None,
    there_on: Annotated[Day | None, Query(description="Only those that were there on this day.", examples=["2026-03-15"])] = None,
    not_checked_since: Annotated[Day | None, Query(description="Only those without a check on or after this day.", examples=["2025-03-15"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.FacilitySort, Query(description="Order; `-` descends.")] = queries.FacilitySort.SINCE,
) -> Page[FacilityOut]:  # fmt: skip
    """Those of the institutions in your area. A check is good for 12 months: `not_checked_since` finds what is due."""
    statement = queries.listed(
        principal, institution=institution, region=await area_code(session, region) if region else None,
        facility_class=facility_class, condition=condition, there_on=there_on, not_checked_since=not_checked_since,
        changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[answer_row(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a facility")
async def read_facility(session: edge.Session, principal: Reader, response: Response, id: UUID) -> FacilityOut:
    """With all its checks."""
    row = await parts.read(session, Facility, id, principal)
    response.headers["ETag"] = etag(row.sequence)
    return answer_row(row)


@router.patch("/{id}", summary="Change a facility")
async def change_facility(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[FacilityPatch, Body(media_type=MERGE_PATCH)],
) -> FacilityOut:  # fmt: skip
    """Corrects what was recorded, or tells by `gone_on` that it is no longer there."""
    facility, institution = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    parts.announced(response, facility, institution)
    return answer(facility, institution)


@router.post("/{id}/checks", summary="Check a facility")
async def check_facility(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    body: CheckIn,
) -> FacilityOut:  # fmt: skip
    """What a check found. The newest rules, for 12 months; a second one of a day replaces the first."""
    facility, institution = await service.check(session, id, body, by=principal, precondition=precondition, now=now)
    parts.announced(response, facility, institution)
    return answer(facility, institution)


@router.post("/{id}/checks/{on}/voiding", summary="Void a check recorded by mistake")
async def void_facility_check(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    on: Annotated[Day, Path(description="Day of the check.", examples=["2026-02-10"])], said: Reason,
) -> FacilityOut:  # fmt: skip
    """For a check that was never made: the one before it rules again."""
    facility, institution = await service.void_check(
        session, id, on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    parts.announced(response, facility, institution)
    return answer(facility, institution)


@router.post("/{id}/voiding", summary="Void a facility recorded by mistake")
async def void_facility(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> FacilityOut:  # fmt: skip
    """For one that should never have been recorded: it counts nowhere any more."""
    facility, institution = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    parts.announced(response, facility, institution)
    return answer(facility, institution)


@router.get("/{id}/history", summary="What happened to a facility")
async def read_facility_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await parts.read(session, Facility, id, principal)
    return await audit.history(session, "facility", id)
