"""HTTP of referrals. What is told may name registry positions that it builds upon (`Wahana-At-Least`)."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response, status

from services.activities.benefits import disclosure
from services.activities.known import arrival
from services.activities.referrals import queries, service, states
from services.activities.referrals.schemas import Answer, ReferralCorrection, ReferralIn, ReferralOut
from services.activities.rights import BenefitKeeper
from shared import edge
from shared.preconditions import Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/referrals", tags=["referrals"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Record a referral to a partner", status_code=status.HTTP_201_CREATED)
async def record_referral(
    body: ReferralIn,
    session: edge.Session,
    now: edge.Now,
    principal: BenefitKeeper,
    response: Response,
    spoken: edge.Spoken,
) -> ReferralOut:
    """Being referred is the service: a benefit of help `rujukan` is recorded with it, whatever the partner answers."""
    draft = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/referrals/{draft.referral.id}"
    announce(response, "activities", draft.referral.id, draft.referral.sequence)
    return states.answer(draft.referral, draft.benefit.id, draft.warned, spoken)


@router.post("/{id}/answer", summary="Note what the partner answered")
async def answer_referral(
    id: UUID, body: Answer, session: edge.Session, now: edge.Now, principal: BenefitKeeper, precondition: Precondition,
    response: Response,
) -> ReferralOut:  # fmt: skip
    """`diterima` or `ditolak`; and `selesai`, once what was accepted is done."""
    referral = await service.answer(session, id, body, by=principal, precondition=precondition, now=now)
    await disclosure.shown(session, [referral], principal, now)
    announce(response, "activities", id, referral.sequence)
    return states.answer(referral, await queries.benefit_id(session, id))


@router.post("/{id}/correction", summary="Correct a referral")
async def correct_referral(
    id: UUID, body: ReferralCorrection, session: edge.Session, now: edge.Now, principal: BenefitKeeper,
    precondition: Precondition, response: Response, spoken: edge.Spoken,
) -> ReferralOut:  # fmt: skip
    """A merge patch, also of its answer, and the reason. Its benefit follows."""
    referral, warned = await service.correct(session, id, body, by=principal, precondition=precondition, now=now)
    await disclosure.shown(session, [referral], principal, now)
    announce(response, "activities", id, referral.sequence)
    return states.answer(referral, await queries.benefit_id(session, id), warned, spoken)


@router.post("/{id}/voiding", summary="Void a referral that was an entry error")
async def void_referral(
    id: UUID, said: Reason, session: edge.Session, now: edge.Now, principal: BenefitKeeper, precondition: Precondition,
    response: Response,
) -> ReferralOut:  # fmt: skip
    """It and its benefit count nowhere from now on. There is no way back: record it anew."""
    referral = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    await disclosure.shown(session, [referral], principal, now)
    announce(response, "activities", id, referral.sequence)
    return states.answer(referral, await queries.benefit_id(session, id))
