"""HTTP of what is told about activities. Every route may name registry positions it builds upon (`Wahana-At-Least`)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response, status

from services.activities.activities import completing, queries, service, steps
from services.activities.activities.answers import ActivityOut
from services.activities.activities.models import Activity
from services.activities.activities.patches import Correction, DescriptionChange
from services.activities.activities.schemas import ActivityIn, Cancellation, CompletionIn, Rescheduling, Voiding
from services.activities.attendance.models import AttendanceSheet
from services.activities.known import arrival
from services.activities.rights import Organiser
from shared import edge, preconditions
from shared.language import Language
from shared.preconditions import MERGE_PATCH, Precondition

router = APIRouter(
    prefix="/v1/activities",
    tags=["activities"],
    route_class=arrival.Route,
    dependencies=[Depends(arrival.documented)],
)


@router.post("", summary="Plan an activity, or record one that was held", status_code=status.HTTP_201_CREATED)
async def record_activity(
    body: ActivityIn, work: edge.Hot, now: edge.Now, principal: Organiser, response: Response, spoken: edge.Spoken
) -> ActivityOut:
    """With `plan`, `completion` or both; the completion may name up to 500 people who came. What is recorded only after its planned start counts in no plan realisation.

    A village's code that has ended is understood if one village had it on the last day, and a warning says so."""
    made = await service.record(work.driver, work.session, body, principal, now)
    response.headers["Location"] = f"/v1/activities/{made.activity.id}"
    _announce(response, made.activity, made.sheet)
    return made.answer(spoken)


@router.patch("/{id}", summary="Change the description of a planned activity")
async def change_activity(
    id: UUID,
    patch: Annotated[DescriptionChange, Body(media_type=MERGE_PATCH)],
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """A JSON merge patch. A completed activity is corrected instead; its days are rescheduled."""
    held = await queries.locked(session, id, principal, if_match, patch)
    await service.change(session, held, patch, principal, now)
    return _answer(response, held, spoken)


@router.post("/{id}/rescheduling", summary="Move a planned activity to other days")
async def reschedule_activity(
    id: UUID,
    body: Rescheduling,
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """Adds a plan version; the earlier ones stay known."""
    held = await queries.locked(session, id, principal, if_match)
    await steps.reschedule(session, held, body, principal, now)
    return _answer(response, held, spoken)


@router.post("/{id}/completion", summary="Tell that it was held")
async def complete_activity(
    id: UUID,
    body: CompletionIn,
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """When it was held, how many came and, if you know, who. The days may differ from the plan; they may not lie in the future."""
    held = await queries.locked(session, id, principal, if_match)
    await completing.complete(session, held, body, principal, now)
    return _answer(response, held, spoken)


@router.post("/{id}/cancellation", summary="Tell that it will not be held")
async def cancel_activity(
    id: UUID,
    body: Cancellation,
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """A planned activity only. It stays in the count of what was planned."""
    held = await queries.locked(session, id, principal, if_match)
    await steps.cancel(session, held, body.reason, principal, now)
    return _answer(response, held, spoken)


@router.post("/{id}/correction", summary="Correct a completed activity")
async def correct_activity(
    id: UUID,
    body: Correction,
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """A merge patch of its description and its `completion`, and the reason. Its plan versions cannot be changed."""
    held = await queries.locked(session, id, principal, if_match, body)
    await service.correct(session, held, body, principal, now)
    return _answer(response, held, spoken)


@router.post("/{id}/voiding", summary="Mark the record as an entry error")
async def void_activity(
    id: UUID,
    body: Voiding,
    session: edge.Session,
    now: edge.Now,
    principal: Organiser,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> ActivityOut:
    """It counts nowhere from now on, for no period. There is no way back: record it anew."""
    held = await queries.locked(session, id, principal, if_match)
    await steps.void(session, held, body.reason, principal, now)
    return _answer(response, held, spoken)


def _answer(response: Response, held: queries.Locked, language: Language) -> ActivityOut:
    _announce(response, held.activity, held.sheet)
    return held.answer(language)


def _announce(response: Response, activity: Activity, sheet: AttendanceSheet | None) -> None:
    beside = [(sheet.id, sheet.sequence)] if sheet else []
    preconditions.announce(response, "activities", activity.id, activity.sequence, beside)
