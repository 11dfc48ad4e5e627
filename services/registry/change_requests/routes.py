"""Change requests over HTTP: read, listed, and taken along their way. They are opened by patching a verified record."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from pydantic import AwareDatetime
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests import service
from services.registry.change_requests.schemas import ChangeRequestOut
from services.registry.change_requests.states import answer
from services.registry.institutions import queries
from services.registry.institutions.parameters import Area, area_code
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import Reason, Remark
from services.registry.models import ChangeRequest, Institution
from services.registry.rights import Reader, Registrar, Reviewer, Verifier
from shared import edge
from shared.auth import NATION, Principal, below
from shared.codes import Verification
from shared.pagination import Order, Page, PageParameters, paginate
from shared.preconditions import IfMatch, Precondition, etag
from shared.problems import NotFound

router = APIRouter(prefix="/v1/change-requests", tags=["change requests"], route_class=edge.Route)
columns = ChangeRequest.__table__.c
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
    voided: Annotated[bool, Query(description="The withdrawn ones instead of the others.")] = False,
    changed_since: Annotated[AwareDatetime | None, Query(description="Only those changed at or after this instant.")] = None,
) -> Page[ChangeRequestOut]:  # fmt: skip
    """Those waiting longest first: `verification=diajukan` is a reviewer's queue."""
    statement = _within(principal).where(columns.voided.is_(voided))
    if region is not None and (code := await area_code(session, region)) != NATION:
        statement = statement.where(below(queries.columns.village_code, code))
    if institution is not None:
        statement = statement.where(columns.institution_id == institution)
    if verification is not None:
        statement = statement.where(columns.verification == verification)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    rows, following, count = await paginate(session, statement, OLDEST_FIRST, page)
    return Page(items=[answer(row, row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a change request")
async def read_change_request(session: edge.Session, principal: Reader, response: Response, id: UUID) -> ChangeRequestOut:  # fmt: skip
    """With each field's verified and proposed value, and who took which step."""
    row = (await session.execute(_within(principal).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    response.headers["ETag"] = etag(row.sequence)
    return answer(row, row)


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
    """The kecamatan's check: from `diajukan` to `diperiksa_kecamatan`. Not by who submitted it."""
    return await _take(session, id, Step.REVIEW, principal, precondition, now, response, said)


@router.post("/{id}/verification", summary="Verify a change request")
async def verify_change_request(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> ChangeRequestOut:  # fmt: skip
    """Applies it to the institution. 409 when the institution has changed in the same fields meanwhile."""
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
    """Ends it, with the reason; the verified version stays. Not by who submitted it."""
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


def _within(principal: Principal) -> Select[Any]:
    place = (queries.columns.village_code, queries.columns.name)
    joined = select(*columns, *place).join(Institution, queries.columns.id == columns.institution_id)
    return joined.where(queries.visible(principal))
