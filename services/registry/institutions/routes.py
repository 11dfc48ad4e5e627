"""Institutions over HTTP: registered, read, listed, changed, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from services.registry.change_requests import states as change_requests
from services.registry.change_requests.schemas import ChangeRequestOut
from services.registry.institutions import queries, service, states
from services.registry.institutions.parameters import Area, area_code, searchable
from services.registry.institutions.schemas import InstitutionIn, InstitutionOut, InstitutionPatch
from services.registry.rights import Reader, Registrar
from shared import changes, edge
from shared.codes import InstitutionType, Operation, Verification
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce, etag

router = APIRouter(prefix="/v1/institutions", tags=["institutions"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register an institution")
async def register_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: InstitutionIn
) -> InstitutionOut:
    """Stores a draft in your area. Submit it when it is complete; another person reviews and verifies it."""
    institution = await service.register(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/institutions/{institution.id}"
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution)


@router.get("", summary="List institutions")
async def list_institutions(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Area = None,
    type: Annotated[InstitutionType | None, Query(description="Only this type.", examples=["ARS"])] = None,
    verification: Annotated[Verification | None, Query(description="Only this state of the registration.")] = None,
    operation: Annotated[Operation | None, Query(description="Only those at work, resting or closed today.")] = None,
    changed_since: Annotated[AwareDatetime | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name or local name; spelling may differ.", examples=["melati"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.Sort, Query(description="Order; `-` descends.")] = queries.Sort.NAME,
) -> Page[InstitutionOut]:  # fmt: skip
    """Those in your area, by name."""
    statement = await queries.listed(
        session, principal, region=await area_code(session, region) if region else None, type=type,
        verification=verification, operation=operation, changed_since=changed_since,
        q=searchable(q) if q else None, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read an institution")
async def read_institution(session: edge.Session, principal: Reader, response: Response, id: UUID) -> InstitutionOut:
    """The record as it stands; the verified version while a change of it is pending."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row)


@router.patch(
    "/{id}",
    summary="Change an institution",
    response_model=InstitutionOut,
    responses={202: {"model": ChangeRequestOut, "description": "The record is verified: the change waits for its verification."}},
)  # fmt: skip
async def change_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[InstitutionPatch, Body(media_type=MERGE_PATCH)],
) -> InstitutionOut | Response:  # fmt: skip
    """Changes a draft or a returned record at once; a verified one through its change request.

    Until another person has verified the change, the verified version keeps answering with the ETag it has.
    """
    institution, request = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    if request is not None:
        headers = {"Location": f"/v1/change-requests/{request.id}", "ETag": etag(request.sequence)}
        proposed = change_requests.answer(request, institution)
        return JSONResponse(proposed.model_dump(mode="json"), 202, headers)
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution)


@router.get("/{id}/history", summary="What happened to an institution")
async def read_institution_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await queries.refuse_invisible(session, id, principal)
    return await changes.history(session, id)
