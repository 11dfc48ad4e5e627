"""HTTP of benefits. What is told may name registry positions that it builds upon (`Wahana-At-Least`)."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from services.activities.benefits import disclosure, service, states
from services.activities.benefits.schemas import BenefitCorrection, BenefitIn, BenefitOut
from services.activities.known import arrival
from services.activities.rights import BenefitKeeper
from shared import edge
from shared.preconditions import Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/benefits", tags=["benefits"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Record help that was given", status_code=status.HTTP_201_CREATED)
async def record_benefit(
    body: BenefitIn,
    session: edge.Session,
    now: edge.Now,
    principal: BenefitKeeper,
    response: Response,
    spoken: edge.Spoken,
) -> BenefitOut:
    """To a person, a family or a community, by an institution or a network of your area, or a partner.

    An age that is unusual for a kind is told in `warnings` and stored. The same benefit told twice is refused (409
    `benefit-already-recorded`), unless it is said to be given `again`. A referral: POST /v1/referrals.
    """
    draft = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/benefits/{draft.benefit.id}"
    announce(response, "activities", draft.benefit.id, draft.benefit.sequence)
    return states.answer(draft.benefit, draft.warned, spoken)


@router.post("/{id}/correction", summary="Correct a benefit")
async def correct_benefit(
    id: UUID, body: BenefitCorrection, session: edge.Session, now: edge.Now, principal: BenefitKeeper,
    precondition: Precondition, response: Response, spoken: edge.Spoken,
) -> BenefitOut:  # fmt: skip
    """A merge patch and the reason. The earlier version stays readable in the history."""
    benefit, warned = await service.correct(session, id, body, by=principal, precondition=precondition, now=now)
    await disclosure.shown(session, [benefit], principal, now)
    announce(response, "activities", id, benefit.sequence)
    return states.answer(benefit, warned, spoken)


@router.post("/{id}/voiding", summary="Void a benefit that was an entry error")
async def void_benefit(
    id: UUID, said: Reason, session: edge.Session, now: edge.Now, principal: BenefitKeeper, precondition: Precondition,
    response: Response,
) -> BenefitOut:  # fmt: skip
    """It counts nowhere from now on. There is no way back: record it anew. That of a referral is voided with it."""
    benefit = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    await disclosure.shown(session, [benefit], principal, now)
    announce(response, "activities", id, benefit.sequence)
    return states.answer(benefit)
