"""Change requests over HTTP: read, listed, and taken along their way. They are opened by patching a verified record,
or by a dated step of one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests import proposals, queries, service
from services.registry.change_requests.queries import columns
from services.registry.change_requests.schemas import ChangeRequestOut
from services.registry.change_requests.states import answer, answer_row
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import InstitutionPatch
from services.registry.parameters import Area, area_code
from services.registry.rights import Reader, Registrar, Reviewer, Verifier
from shared import edge
from shared.auth import NATION, Principal, below
from shared.codes import Verification
from shared.fields import Instant
from shared.pagination import Order, Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, IfMatch, Precondition, etag
from shared.problems import NotFound
from shared.step_bodies import Reason, Remark

router = APIRouter(prefix="/v1/change-requests", tags=["change requests"], route_class=edge.Route)
OLDEST_FIRST = Order([columns.changed_at, columns.id])
Said = Annotated[Remark | None, Body()]


@router.get("", summary="List change requests")
async def list_change_requests(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Area = None,
    institution: Annotated[UUID | None, Query(description="Only those of one institution.")] = None,
    verification: Annotated[Verification | None, Query(description="Only those in this state.", examples=["diajukan"])] = None,
    voided: Annotated[bool, Query(description="The entry errors, withdrawn, instead of the records.")] = False,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
) -> Page[ChangeRequestOut]:  # fmt: skip
    """Those waiting longest first: `verification=diajukan` is a reviewer's queue.

    A request that proposes another seat is seen in both areas.
    """
    statement = queries.rows(principal).where(columns.voided.is_(voided))
    if region is not None and (code := await area_code(session, region)) != NATION:
        statement = statement.where(or_(*(below(place, code) for place in queries.PLACES)))
    if institution is not None:
        statement = statement.where(columns.institution_id == institution)
    if verification is not None:
        statement = statement.where(columns.verification == verification)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    rows, following, count = await paginate(session, statement, OLDEST_FIRST, page)
    return Page(items=[answer_row(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a change request")
async def read_change_request(session: edge.Session, principal: Reader, response: Response, id: UUID) -> ChangeRequestOut:  # fmt: skip
    """With each field's verified and proposed value, and who took which step."""
    row = (await session.execute(queries.rows(principal).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    response.headers["ETag"] = etag(row.sequence)
    return answer_row(row)


@router.patch("/{id}", summary="Change what a change request proposes")
async def revise_change_request(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[InstitutionPatch, Body(media_type=MERGE_PATCH)],
) -> ChangeRequestOut:  # fmt: skip
    """In `draf` or `dikembalikan`. Merged into what is proposed; a field set to its verified value is proposed no more."""
    request, institution = await proposals.revise(session, id, patch, by=principal, precondition=precondition, now=now)
    response.headers["ETag"] = etag(request.sequence)
    return answer(request, institution)


@router.post("/{id}/submission", summary="Submit a change request")
async def submit_change_request(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> ChangeRequestOut:  # fmt: skip
    """From `draf` or `dikembalikan` to `diajukan`."""
    return await _take(session, id, Step.SUBMISSION, principal, precondition, now, response, said)


@router.post("/{id}/review", summary="Review a change request")
async def review_change_request(
    session: edge.Session, principal: Reviewer, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> ChangeRequestOut:  # fmt: skip
    """The kecamatan's check: from `diajukan` to `diperiksa_kecamatan`. Not by who proposed or submitted it."""
    return await _take(session, id, Step.REVIEW, principal, precondition, now, response, said)


@router.post("/{id}/verification", summary="Verify a change request")
async def verify_change_request(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> ChangeRequestOut:  # fmt: skip
    """Applies it to the institution. 409 when the institution has changed in the same fields meanwhile.

    Not by who proposed or submitted it. A move to another village is for somebody whose area holds both villages.
    """
    return await _take(session, id, Step.VERIFICATION, principal, precondition, now, response, said)


@router.post("/{id}/return", summary="Return a change request")
async def return_change_request(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> ChangeRequestOut:  # fmt: skip
    """Back to those who proposed it, with the reason."""
    return await _take(session, id, Step.RETURN, principal, precondition, now, response, said)


@router.post("/{id}/rejection", summary="Reject a change request")
async def reject_change_request(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> ChangeRequestOut:  # fmt: skip
    """Ends it, with the reason; the verified version stays. Not by who proposed or submitted it."""
    return await _take(session, id, Step.REJECTION, principal, precondition, now, response, said)


@router.post("/{id}/voiding", summary="Withdraw a change request")
async def void_change_request(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> ChangeRequestOut:  # fmt: skip
    """Ends a proposal that was a mistake; the verified version stays."""
    return await _take(session, id, Step.VOIDING, principal, precondition, now, response, said)


async def _take(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch, now: datetime, response: Response,
    said: Remark | Reason | None,
) -> ChangeRequestOut:  # fmt: skip
    reason = said.reason if said else None
    request, institution = await service.take(
        session, id, step, by=by, precondition=precondition, now=now, reason=reason
    )
    response.headers["ETag"] = etag(request.sequence)
    return answer(request, institution)
