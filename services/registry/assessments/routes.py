"""Assessments over HTTP: made, read, listed, voided, what happened to them, and the instruments they are made by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.assessments import queries, service, states
from services.registry.assessments.instruments import INSTRUMENTS
from services.registry.assessments.models import Assessment
from services.registry.assessments.schemas import AssessmentIn, AssessmentOut, InstrumentOut
from services.registry.institutions import parts
from services.registry.parameters import Area, area_code
from services.registry.rights import Reader, Reviewer
from shared import audit, edge
from shared.codes import DevelopmentStage
from shared.fields import Day, Instant
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import Precondition, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/assessments", tags=["assessments"], route_class=edge.Route)
instruments_router = APIRouter(prefix="/v1/assessment-instruments", tags=["assessments"], route_class=edge.Route)


@router.post("", status_code=201, summary="Assess an institution")
async def assess_institution(
    session: edge.Session, principal: Reviewer, now: edge.Now, response: Response, body: AssessmentIn
) -> AssessmentOut:
    """The stage you found an institution in, adapted from KUBE: it is your finding, the answers are what it rests on.

    Not by who wrote or submitted the institution's record.
    """
    assessment, institution = await service.assess(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/assessments/{assessment.id}"
    parts.announced(response, assessment, institution)
    return states.answer(assessment, institution)


@router.get("", summary="List assessments")
async def list_assessments(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    institution: Annotated[UUID | None, Query(description="Only those of this institution.")] = None,
    region: Area = None,
    stage: Annotated[DevelopmentStage | None, Query(description="Only those that found this stage.", examples=["mandiri"])] = None,
    since: Annotated[Day | None, Query(description="Only those made on or after this day.", examples=["2025-01-01"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.AssessmentSort, Query(description="Order; `-` descends.")] = queries.AssessmentSort.ON_DOWN,
) -> Page[AssessmentOut]:  # fmt: skip
    """Those of the institutions in your area, newest first. Each institution's newest one rules."""
    statement = queries.listed(
        principal, institution=institution, region=await area_code(session, region) if region else None, stage=stage,
        since=since, changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer_row(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read an assessment")
async def read_assessment(session: edge.Session, principal: Reader, response: Response, id: UUID) -> AssessmentOut:
    """With the answers to its checklist."""
    row = await parts.read(session, Assessment, id, principal)
    response.headers["ETag"] = etag(row.sequence)
    return states.answer_row(row)


@router.post("/{id}/voiding", summary="Void an assessment made by mistake")
async def void_assessment(
    session: edge.Session, principal: Reviewer, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> AssessmentOut:  # fmt: skip
    """An assessment is never changed: one that was wrong is voided, and made anew."""
    assessment, institution = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    parts.announced(response, assessment, institution)
    return states.answer(assessment, institution)


@router.get("/{id}/history", summary="What happened to an assessment")
async def read_assessment_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await parts.read(session, Assessment, id, principal)
    return await audit.history(session, "assessment", id)


@instruments_router.get("", summary="List assessment instruments")
async def list_assessment_instruments(principal: Reader) -> list[InstrumentOut]:  # noqa: ARG001  # its right
    """All versions of all checklists, with where each comes from."""
    return [states.instrument(one) for one in INSTRUMENTS.values()]
