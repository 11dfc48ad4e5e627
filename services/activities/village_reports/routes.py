"""Villages' monthly reports over HTTP: the village's submissions, and what the district decides."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, status

from services.activities.known import arrival
from services.activities.rights import Reporter, ReportReceiver
from services.activities.village_reports import service
from services.activities.village_reports.queries import Placed
from services.activities.village_reports.schemas import Submission, VillageReportIn, VillageReportOut
from services.activities.village_reports.steps import Step
from shared import edge
from shared.preconditions import Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/village-reports",
    tags=["village reports"],
    route_class=arrival.Route,
    dependencies=[Depends(arrival.documented)],
)


async def _due_day(request: Request) -> int:
    day: int = request.app.state.settings.village_report_due_day
    return day


DueDay = Annotated[int, Depends(_due_day)]
"""Day of the following month until which a report is in time."""


@router.post("", summary="Submit a village's month", status_code=status.HTTP_201_CREATED)
async def submit_village_report(
    body: VillageReportIn,
    session: edge.Session,
    now: edge.Now,
    principal: Reporter,
    response: Response,
    due_day: DueDay,
) -> VillageReportOut:
    """A month that is over, also one in which nothing was held (`nihil`). One report of a village and month: 409
    `report-exists` names the one there is."""
    placed = await service.submit(session, body, by=principal, now=now, due_day=due_day)
    response.headers["Location"] = f"/v1/village-reports/{placed.report.id}"
    return _answer(response, placed)


@router.post("/{id}/submission", summary="Submit a report again")
async def submit_village_report_again(
    id: UUID, body: Submission, session: edge.Session, now: edge.Now, principal: Reporter, if_match: Precondition,
    response: Response,
) -> VillageReportOut:  # fmt: skip
    """One that was returned, or that still waits. It stays in time if it was in time the first time."""
    placed = await service.submit_again(
        session, id, body, Step.SUBMISSION, by=principal, precondition=if_match, now=now
    )  # fmt: skip
    return _answer(response, placed)


@router.post("/{id}/restatement", summary="Restate an accepted report")
async def restate_village_report(
    id: UUID, body: Submission, session: edge.Session, now: edge.Now, principal: Reporter, if_match: Precondition,
    response: Response,
) -> VillageReportOut:  # fmt: skip
    """One whose month changed after it was accepted (`restate`). The district accepts it anew."""
    placed = await service.submit_again(
        session, id, body, Step.RESTATEMENT, by=principal, precondition=if_match, now=now
    )  # fmt: skip
    return _answer(response, placed)


@router.post("/{id}/acceptance", summary="Accept a report")
async def accept_village_report(
    id: UUID,
    session: edge.Session,
    now: edge.Now,
    principal: ReportReceiver,
    if_match: Precondition,
    response: Response,
) -> VillageReportOut:
    """By the district. 403 for who submitted it; 409 `month-changed-since-submission` when the number it tells is not so
    any more."""
    return _answer(response, await service.accept(session, id, by=principal, precondition=if_match, now=now))


@router.post("/{id}/return", summary="Return a report to the village")
async def return_village_report(
    id: UUID, body: Reason, session: edge.Session, now: edge.Now, principal: ReportReceiver, if_match: Precondition,
    response: Response,
) -> VillageReportOut:  # fmt: skip
    """By the district, with the reason; the village submits it again."""
    placed = await service.send_back(session, id, body.reason, by=principal, precondition=if_match, now=now)
    return _answer(response, placed)


@router.post("/{id}/voiding", summary="Take a report back as an entry error")
async def void_village_report(
    id: UUID, body: Reason, session: edge.Session, now: edge.Now, principal: Reporter, if_match: Precondition,
    response: Response,
) -> VillageReportOut:  # fmt: skip
    """By the village, unless it was accepted. The month may be reported anew."""
    placed = await service.void(session, id, body.reason, by=principal, precondition=if_match, now=now)
    return _answer(response, placed)


def _answer(response: Response, placed: Placed) -> VillageReportOut:
    announce(response, "activities", placed.report.id, placed.report.sequence)
    return placed.answer()
