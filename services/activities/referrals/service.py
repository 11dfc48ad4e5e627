"""What happens to referrals: made, answered, corrected, voided.

A referral is itself the service that was given: a benefit of help `rujukan` is written with it, follows its corrections and
is voided with it. What the partner answers does not undo it. The benefit is locked before its referral, as tables are when
records follow a region (`known.following`).
"""

from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits import finding
from services.activities.benefits import queries as benefits
from services.activities.benefits import service as benefit_service
from services.activities.benefits import states as benefit_states
from services.activities.benefits.judging import Before
from services.activities.benefits.models import Benefit
from services.activities.known.models import KnownRegion
from services.activities.known.places import Warned
from services.activities.referrals import answering, drafts, queries, states, twins
from services.activities.referrals.drafts import Draft
from services.activities.referrals.models import SAME, Referral
from services.activities.referrals.schemas import (
    Answer,
    ReferralContent,
    ReferralCorrected,
    ReferralCorrection,
    ReferralIn,
)
from services.activities.referrals.twins import Key, ReferralAlreadyRecorded
from services.activities.village_reports import restating
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.events.envelope import State
from shared.preconditions import IfMatch, etag, patched
from shared.problems import Conflict, InvalidPayload
from shared.records import IdTaken


async def record(session: AsyncSession, body: ReferralIn, *, by: Principal, now: datetime) -> Draft:
    """Records that somebody was referred, and the benefit that this is; tells both.

    Raises InvalidPayload naming each fault, ReferralAlreadyRecorded naming the other one, IdTaken, ReferenceNotArrived.
    """
    draft = drafts.drafted(body, await drafts.known(session, [body], by), by, now)
    told: list[tuple[Referral | Benefit, State, str]]
    told = [(draft.referral, states.state(draft.referral), "made"), _delivered(draft)]
    try:
        async with session.begin_nested():
            driver = await database.driver(session)
            for row, state, verb in told:
                await outbox.register(driver, row, state, _fact(verb, draft, by, now))
    except asyncpg.UniqueViolationError as error:
        raise await _taken(
            session, draft.referral.id, body, draft.referral.village_id, error.constraint_name
        ) from error
    await restating.touched(session, draft.referral.village_id, draft.referral.referred_on, by=by, now=now)
    return draft


def _delivered(draft: Draft) -> tuple[Benefit, State, str]:
    return draft.benefit, benefit_states.state(draft.benefit), "delivered"


def _fact(verb: str, draft: Draft, by: Principal, now: datetime) -> outbox.Fact:
    return outbox.Fact(verb, by=by.subject, at=now, regions=draft.regions)


async def answer(
    session: AsyncSession, id: UUID, body: Answer, *, by: Principal, precondition: IfMatch, now: datetime
) -> Referral:
    """Notes what the partner answered, or that the service is done.

    Raises NotFound, GiverOutsideYourArea, PreconditionFailed, WrongState naming the possible answers, InvalidPayload.
    """
    referral = await queries.locked(session, id, by, precondition)
    answering.require(referral, body.state)
    place = await session.get_one(KnownRegion, referral.village_id)
    answering.refuse(referral, body, local_date(now, place.time_zone))
    referral.state, referral.answered_on, referral.answer_notes = body.state, body.answered_on, body.notes
    regions = await benefits.regions(session, [referral])
    await records.record(session, referral, states.state(referral), "answered", by=by, now=now, regions=regions)
    return referral


async def correct(
    session: AsyncSession, id: UUID, body: ReferralCorrection, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Referral, list[Warned]]:
    """Corrects what was told, also of the answer; its benefit follows. A patch that changes nothing is no event.

    Raises NotFound, GiverOutsideYourArea, PreconditionFailed, WrongState when voided, InvalidPayload,
    ReferralAlreadyRecorded.
    """
    before = await queries.glimpsed(session, id, by)
    wanted = patched(states.content(before), body.change())
    # Held before the record is: registry's consumer locks in that order.
    referred = await finding.find(
        session, [states.given(wanted)], by, villages=[before.village_id], to_partners=[wanted.partner_id]
    )
    benefit = await queries.benefit(session, id)
    referral = await queries.locked(session, id, by, precondition)
    IfMatch(frozenset({etag(before.sequence)})).check(referral.sequence)
    answering.require_standing(referral)
    current = states.content(referral)
    if wanted == current:
        return referral, []
    told, stood = benefit_states.state(benefit), Before(states.given(current), referral.village_id)
    found = drafts.judge(wanted, current, stood, referred, by, now)
    if faults := answering.day_faults(wanted.answered_on, local_date(now, found.place.time_zone)):
        raise InvalidPayload(errors=faults)
    if found.place.id == told.village_id and wanted.model_copy(update={"village": current.village}) == current:
        return referral, found.warned  # another code of the same village
    regions = found.regions | await benefits.regions(session, [referral])
    apart = await _apart(session, referral, wanted, found.place.id, again=body.again)
    try:
        # All that is changed is changed inside: what comes before a savepoint is written before it.
        async with session.begin_nested():
            referral.apart = apart
            drafts.correct(referral, wanted, found)
            drafts.follow(benefit, states.given(wanted), found, referred)
            follows = benefit if benefit_states.state(benefit) != told else None
            await _tell(session, referral, follows, "corrected", regions, by, now, body.reason)
    except IntegrityError as error:
        # Another one like it was recorded meanwhile.
        if SAME not in str(error.orig):
            raise
        raise await _taken(session, id, wanted, found.place.id, SAME) from error
    await benefit_service.restate(session, told, benefit, by=by, now=now)
    return referral, found.warned


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Referral:
    """Takes an entry error and its benefit out of every count. Raises as `correct`."""
    await queries.glimpsed(session, id, by)
    benefit = await queries.benefit(session, id)
    referral = await queries.locked(session, id, by, precondition)
    answering.require_standing(referral)
    regions = await benefits.regions(session, [referral])
    referral.voided = benefit.voided = True
    await _tell(session, referral, benefit, "voided", regions, by, now, reason)
    await restating.touched(session, benefit.village_id, benefit.given_on, by=by, now=now)
    return referral


async def _apart(
    session: AsyncSession, referral: Referral, wanted: ReferralCorrected, village_id: UUID, *, again: bool
) -> UUID | None:
    """What keeps it apart from one like it, if it was said to be another. Raises ReferralAlreadyRecorded."""
    key = Key.of(wanted, village_id)
    if again:
        return referral.id
    if key != Key.of(states.content(referral), referral.village_id):
        if other := (await twins.found(session, [wanted], referral.id)).get(key):
            raise ReferralAlreadyRecorded.of(other)
        return None
    return referral.apart


async def _tell(
    session: AsyncSession, referral: Referral, benefit: Benefit | None, verb: str, regions: set[UUID], by: Principal,
    now: datetime, reason: str,
) -> None:  # fmt: skip
    await records.record(
        session, referral, states.state(referral), verb, by=by, now=now, regions=regions, reason=reason
    )
    if benefit:
        await records.record(
            session, benefit, benefit_states.state(benefit), verb, by=by, now=now, regions=regions, reason=reason
        )


async def _taken(
    session: AsyncSession, id: UUID, told: ReferralContent, village_id: UUID, constraint: str | None
) -> Conflict:
    if constraint != SAME:
        return IdTaken.of(id)
    return ReferralAlreadyRecorded.of((await twins.found(session, [told], id))[Key.of(told, village_id)])
