"""The steps of an institution's life over HTTP. Each is meant for the version that was read (`If-Match`)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests.accepted import WAITS, accepted
from services.registry.institutions import merging, service, states
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import Closure, InstitutionOut, Merger
from services.registry.rights import Registrar, Reviewer, Verifier
from shared import edge
from shared.auth import Principal
from shared.preconditions import IfMatch, Precondition, announce
from shared.step_bodies import Dormancy, Reason, Remark, Resumption

router = APIRouter(prefix="/v1/institutions/{id}", tags=["institutions"], route_class=edge.Route)
Said = Annotated[Remark | None, Body()]


@router.post("/submission", summary="Submit an institution")
async def submit_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> InstitutionOut:  # fmt: skip
    """From `draf` or `dikembalikan` to `diajukan`. Who wrote or submits it may not decide about it."""
    return await _take(session, id, Step.SUBMISSION, principal, precondition, now, response, said)


@router.post("/review", summary="Review an institution")
async def review_institution(
    session: edge.Session, principal: Reviewer, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> InstitutionOut:  # fmt: skip
    """The kecamatan's check: from `diajukan` to `diperiksa_kecamatan`. Not by who wrote or submitted it."""
    return await _take(session, id, Step.REVIEW, principal, precondition, now, response, said)


@router.post("/verification", summary="Verify an institution")
async def verify_institution(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Said = None,
) -> InstitutionOut:  # fmt: skip
    """From `diperiksa_kecamatan` to `terverifikasi`: from now on it counts, from `active_from` on. Not by who wrote or submitted it."""
    return await _take(session, id, Step.VERIFICATION, principal, precondition, now, response, said)


@router.post("/return", summary="Return an institution")
async def return_institution(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> InstitutionOut:  # fmt: skip
    """From `diajukan` or `diperiksa_kecamatan` back to those who registered it, with the reason."""
    return await _take(session, id, Step.RETURN, principal, precondition, now, response, said)


@router.post("/rejection", summary="Reject an institution")
async def reject_institution(
    session: edge.Session, principal: Verifier, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> InstitutionOut:  # fmt: skip
    """From `diperiksa_kecamatan` to `ditolak`, for good, with the reason. Not by who wrote or submitted it."""
    return await _take(session, id, Step.REJECTION, principal, precondition, now, response, said)


@router.post("/dormancy", response_model=InstitutionOut, responses=WAITS, summary="Put an institution dormant")
async def make_institution_dormant(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Dormancy,
) -> InstitutionOut | Response:  # fmt: skip
    """From `aktif` to `vakum` since a day.

    On a verified record a verifier who is none of its makers does it at once; from others it waits as a change request.
    """
    return await _take_dated(
        session, id, Step.DORMANCY, principal, precondition, now, response, said, said.since, "since"
    )


@router.post(
    "/reactivation", response_model=InstitutionOut, responses=WAITS, summary="Reactivate a dormant institution"
)
async def reactivate_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Resumption,
) -> InstitutionOut | Response:  # fmt: skip
    """From `vakum` to `aktif` from a day on. The day it went dormant undoes the dormancy.

    On a verified record a verifier who is none of its makers does it at once; from others it waits as a change request.
    """
    return await _take_dated(
        session, id, Step.REACTIVATION, principal, precondition, now, response, said, said.on, "on"
    )


@router.post("/closure", response_model=InstitutionOut, responses=WAITS, summary="Close an institution")
async def close_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Closure,
) -> InstitutionOut | Response:  # fmt: skip
    """To `tutup` from a day on; if it was dormant, it stays inactive since then.

    On a verified record a verifier who is none of its makers does it at once; from others it waits as a change request.
    """
    return await _take_dated(session, id, Step.CLOSURE, principal, precondition, now, response, said, said.on, "on")


@router.post("/reopening", response_model=InstitutionOut, responses=WAITS, summary="Reopen a closed institution")
async def reopen_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Resumption,
) -> InstitutionOut | Response:  # fmt: skip
    """From `tutup` to `aktif` from a day on: the same record, a new spell at work.

    On a verified record a verifier who is none of its makers does it at once; from others it waits as a change request.
    """
    return await _take_dated(session, id, Step.REOPENING, principal, precondition, now, response, said, said.on, "on")


@router.post("/merger", response_model=InstitutionOut, responses=WAITS, summary="Merge an institution into another")
async def merge_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Merger,
) -> InstitutionOut | Response:  # fmt: skip
    """A verified one closes on a day and goes on as part of another, its successor, with its members.

    A verifier who made neither record does it at once; from others it waits as a change request. It is not undone:
    a merged institution is not reopened.
    """
    institution, village, request = await merging.merge(
        session, id, said, by=principal, precondition=precondition, now=now
    )
    if request is not None:
        return accepted(request, institution)
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution, village.name)


@router.post("/voiding", summary="Void an entry error")
async def void_institution(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> InstitutionOut:  # fmt: skip
    """For a record that should never have been: it counts nowhere any more. A verified one needs a verifier."""
    return await _take(session, id, Step.VOIDING, principal, precondition, now, response, said)


async def _take(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch, now: datetime, response: Response,
    said: Remark | Reason | None,
) -> InstitutionOut:  # fmt: skip
    reason = said.reason if said else None
    institution, village = await service.take(
        session, id, step, by=by, precondition=precondition, now=now, reason=reason
    )
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution, village.name)


async def _take_dated(
    session: AsyncSession, id: UUID, step: Step, by: Principal, precondition: IfMatch, now: datetime, response: Response,
    said: Reason, day: date, at: str,
) -> InstitutionOut | Response:  # fmt: skip
    institution, village, request = await service.take_dated(
        session, id, step, day, at=at, by=by, precondition=precondition, now=now, reason=said.reason
    )
    if request is not None:
        return accepted(request, institution)
    announce(response, "registry", institution.id, institution.sequence)
    return states.answer(institution, village.name)
