"""HTTP of what is told about series: begun, described otherwise, given another rule, ended, voided."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Response

from services.activities.activities.patches import DescriptionChange
from services.activities.known import arrival
from services.activities.rights import Organiser
from services.activities.series import beginning, queries, rule_changes, service, states
from services.activities.series.answers import SeriesOut
from services.activities.series.making import Outcome
from services.activities.series.parameters import MonthsAhead
from services.activities.series.schemas import Ending, RuleChange, SeriesIn
from shared import edge
from shared.auth import Principal
from shared.language import Language
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/series", tags=["series"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", status_code=201, summary="Begin a recurring activity")
async def begin_series(
    session: edge.Session, principal: Organiser, now: edge.Now, response: Response, spoken: edge.Spoken, months: MonthsAhead,
    body: SeriesIn,
) -> SeriesOut:  # fmt: skip
    """An activity that recurs by a rule of RFC 5545. Its occurrences are activities (`series_id`, `occurrence_on`), planned from
    today on for the coming months and kept planned ahead; each is completed, moved and cancelled as any activity.

    **Every month on the 31st**: `FREQ=MONTHLY` from a 29th, 30th or 31st means the last day of a month that has no such day,
    and 29 February of every year (`FREQ=YEARLY`) means 28 February of other years. The rule is kept as it is understood, such
    as `FREQ=MONTHLY;BYMONTHDAY=-1`, and a warning `rule-to-last-day` says so. `BYMONTHDAY=31`, written by you, follows RFC 5545:
    months without a 31st are left out, and a warning `months-left-out` names them.
    """
    outcome = await beginning.begin(session, body, by=principal, now=now, months=months)
    response.headers["Location"] = f"/v1/series/{outcome.id}"
    return await _told(session, principal, now, response, spoken, outcome)


@router.patch("/{id}", summary="Change the description of a recurring activity")
async def change_series(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, patch: Annotated[DescriptionChange, Body(media_type=MERGE_PATCH)],
) -> SeriesOut:  # fmt: skip
    """A JSON merge patch. Occurrences after today that nobody touched take it on. What was held, moved, skipped, changed on its
    own, or given resources stays as it is."""
    outcome = await service.change(session, id, patch, precondition, by=principal, now=now)
    return await _told(session, principal, now, response, spoken, outcome)


@router.post("/{id}/rule-change", summary="Give a recurring activity another rule from a day on")
async def change_series_rule(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, months: MonthsAhead, id: UUID, body: RuleChange,
) -> SeriesOut:  # fmt: skip
    """Occurrences from that day on which the new rule does not give are withdrawn, if nobody touched them: a plan that is
    replaced before its day counts in no period, as one that is moved. Those it gives anew are planned. What was held, moved,
    skipped, changed on its own, or given resources stays. Days of 29 to 31 are understood as at the beginning."""
    outcome = await rule_changes.change_rule(session, id, body, precondition, by=principal, now=now, months=months)
    return await _told(session, principal, now, response, spoken, outcome)


@router.post("/{id}/ending", summary="End a recurring activity")
async def end_series(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, body: Ending,
) -> SeriesOut:  # fmt: skip
    """There are no more from a day on. Occurrences after today that nobody touched are withdrawn; one of today or before stays
    and is completed or skipped."""
    outcome = await service.end(session, id, body, precondition, by=principal, now=now)
    return await _told(session, principal, now, response, spoken, outcome)


@router.post("/{id}/voiding", summary="Mark a recurring activity as an entry error")
async def void_series(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, said: Reason,
) -> SeriesOut:  # fmt: skip
    """With its occurrences to come. Refused while one stands whose day has come or that somebody touched: end it instead."""
    outcome = await service.void(session, id, precondition, by=principal, now=now, reason=said.reason)
    return await _told(session, principal, now, response, spoken, outcome)


async def _told(
    session: edge.Session, principal: Principal, now: edge.Now, response: Response, spoken: Language, outcome: Outcome
) -> SeriesOut:
    row = await queries.one(session, outcome.id, principal)
    announce(response, "activities", row.Series.id, row.Series.sequence)
    return states.answer(
        row, service.today(row, now), made=outcome.made, withdrawn=outcome.withdrawn, warned=outcome.warned,
        language=spoken,
    )  # fmt: skip
