"""Institutions over HTTP: registered, read, listed, changed, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.change_requests.accepted import WAITS, accepted
from services.registry.institutions import history, queries, service, states
from services.registry.institutions.schemas import InstitutionIn, InstitutionOut, InstitutionPatch, InstitutionRead
from services.registry.memberships import counts
from services.registry.parameters import Area, area_of_today, refuse_unsearchable
from services.registry.rights import Reader, Registrar
from shared import edge
from shared.clock import local_date
from shared.codes import ActivityField, FundingSource, InstitutionType, Operation, PpksKind, Verification
from shared.fields import Instant, folded
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, page_of
from shared.preconditions import MERGE_PATCH, Precondition, announce

router = APIRouter(prefix="/v1/institutions", tags=["institutions"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register an institution")
async def register_institution(
    driver: edge.Driver, principal: Registrar, now: edge.Now, response: Response, body: InstitutionIn
) -> InstitutionOut:
    """Stores a draft in your area. Submit it when it is complete; another person reviews and verifies it."""
    institution, village = await service.register(driver, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/institutions/{institution.id}"
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution, village.name)


@router.get("", summary="List institutions", response_model=Page[InstitutionOut])
async def list_institutions(
    driver: edge.Driver,
    principal: Reader,
    page: PageParameters,
    region: Area = None,
    type: Annotated[InstitutionType | None, Query(description="Only this type.", examples=["ARS"])] = None,
    verification: Annotated[Verification | None, Query(description="Only this state of the registration.")] = None,
    operation: Annotated[Operation | None, Query(description="Only those at work, resting or closed today.")] = None,
    activity_field: Annotated[ActivityField | None, Query(description="Only those active in this field.", examples=["pangan"])] = None,
    ppks_kind: Annotated[PpksKind | None, Query(description="Only those that serve this kind of PPKS.", examples=["LUT"])] = None,
    funding_source: Annotated[FundingSource | None, Query(description="Only those with this source of funding.", examples=["iuran"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name or local name; spelling may differ within a regency, and in larger areas where no name holds all the words.", examples=["melati"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.Sort, Query(description="Order; `-` descends.")] = queries.Sort.NAME,
) -> Response:  # fmt: skip
    """Those in your area, by name."""
    if q is not None:
        refuse_unsearchable(folded(q))
    area = await area_of_today(driver, region, page.request) if region else None
    statement, order = await queries.listed(
        driver, principal, region=area, type=type, verification=verification, operation=operation,
        activity_field=activity_field, ppks_kind=ppks_kind, funding_source=funding_source, changed_since=changed_since,
        q=q, voided=voided, sort=sort,
    )  # fmt: skip
    return await page_of(driver, statement, order, page)


@router.get("/{id}", summary="Read an institution")
async def read_institution(
    session: edge.Session, principal: Reader, now: edge.Now, response: Response, id: UUID
) -> InstitutionRead:
    """The record as it stands; the verified version while a change of it is pending."""
    row = await queries.read(session, id, principal)
    named = await counts.named(session, [row.id], local_date(now, row.time_zone))
    announce(response, "registry", row.id, row.sequence)
    return InstitutionRead(**dict(states.answer(row, row.village_name)), named_members=named[row.id])


@router.patch(
    "/{id}",
    summary="Change an institution",
    response_model=InstitutionOut,
    responses=WAITS,
)
async def change_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[InstitutionPatch, Body(media_type=MERGE_PATCH)],
) -> InstitutionOut | Response:  # fmt: skip
    """Changes a draft or a returned record at once; a verified one through a change request.

    Until another person has verified the change, the verified version keeps answering with the ETag it has. One request
    may be open at a time (409 `change-request-open` names it): to change what it proposes, patch the request itself.
    """
    institution, village, request = await service.change(
        session, id, patch, by=principal, precondition=precondition, now=now
    )
    if request is not None:
        return accepted(request, institution)
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution, village.name)


@router.get("/{id}/history", summary="What happened to an institution")
async def read_institution_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await queries.refuse_invisible(session, id, principal)
    return await history.history(session, id)
