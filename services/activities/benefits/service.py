"""What happens to benefits: delivered, corrected, voided. Each is one event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits import drafts, finding, queries, states, twins
from services.activities.benefits.drafts import Draft
from services.activities.benefits.judging import Before, judged
from services.activities.benefits.models import SAME, Benefit
from services.activities.benefits.schemas import BenefitContent, BenefitCorrection, BenefitIn
from services.activities.benefits.twins import BenefitAlreadyRecorded, Key
from services.activities.known.places import Warned
from services.activities.village_reports import restating
from shared import database, outbox, records
from shared.auth import Principal
from shared.events import activities as contract
from shared.language import Text
from shared.preconditions import IfMatch, etag, patched
from shared.problems import Conflict
from shared.records import IdTaken


class BelongsToReferral(Conflict):
    slug = "belongs-to-referral"
    title = Text("Bantuan ini milik sebuah rujukan", "This benefit belongs to a referral")


class BenefitVoided(Conflict):
    slug = "benefit-voided"
    title = Text("Bantuan ini sudah dibatalkan", "This benefit is voided")


async def record(session: AsyncSession, body: BenefitIn, *, by: Principal, now: datetime) -> Draft:
    """Records help that was given, and tells it.

    Raises InvalidPayload naming each fault, BenefitAlreadyRecorded naming the other one, IdTaken, ReferenceNotArrived.
    """
    draft = drafts.drafted(body, await drafts.known(session, [body], by), by, now)
    try:
        async with session.begin_nested():
            await outbox.register(
                await database.driver(session), draft.benefit, states.state(draft.benefit), fact(draft, by, now)
            )
    except asyncpg.UniqueViolationError as error:
        raise await _taken(session, draft.benefit.id, body, draft.benefit.village_id, error.constraint_name) from error
    await restating.touched(session, draft.benefit.village_id, draft.benefit.given_on, by=by, now=now)
    return draft


async def register_many(session: AsyncSession, told: Sequence[Draft], *, by: Principal, now: datetime) -> None:
    """Stores many drafts with their events, in their order. Raises the database's IntegrityError for an id that is taken."""
    await outbox.register_many(session, [(one.benefit, states.state(one.benefit), fact(one, by, now)) for one in told])
    days = [(one.benefit.village_id, one.benefit.given_on) for one in told]
    await restating.touched_each(session, days, by=by, now=now)


def fact(draft: Draft, by: Principal, now: datetime) -> outbox.Fact:
    """The fact that help was given."""
    return outbox.Fact("delivered", by=by.subject, at=now, regions=draft.regions)


async def correct(
    session: AsyncSession, id: UUID, body: BenefitCorrection, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Benefit, list[Warned]]:
    """Corrects what was told; a patch that changes nothing is no event. Also gives what is odd and was accepted.

    Raises NotFound, GiverOutsideYourArea, PreconditionFailed, BelongsToReferral, BenefitVoided, InvalidPayload,
    BenefitAlreadyRecorded.
    """
    before = await queries.glimpsed(session, id, by)
    _refuse_of_referral(before)
    wanted = patched(states.content(before), body.change())
    # Held before the record is: registry's consumer locks in that order.
    referred = await finding.find(session, [states.given(wanted)], by, villages=[before.village_id])
    benefit = await _ready(session, id, by, precondition)
    IfMatch(frozenset({etag(before.sequence)})).check(benefit.sequence)
    current, told = states.content(benefit), states.state(benefit)
    if wanted == current:
        return benefit, []
    found = judged(states.given(wanted), Before(states.given(current), told.village_id), referred, by, now)
    if found.place.id == told.village_id and wanted.model_copy(update={"village": current.village}) == current:
        return benefit, found.warned  # another code of the same village
    regions = found.regions | await queries.regions(session, [benefit])
    apart = await _apart(session, benefit, wanted, found.place.id, again=body.again)
    try:
        # All that is changed is changed inside: what comes before a savepoint is written before it.
        async with session.begin_nested():
            benefit.apart = apart
            drafts.tell(benefit, wanted, found, referred)
            await records.record(
                session,
                benefit,
                states.state(benefit),
                "corrected",
                by=by,
                now=now,
                regions=regions,
                reason=body.reason,
            )
    except IntegrityError as error:
        # Another one like it was recorded meanwhile.
        if SAME not in str(error.orig):
            raise
        raise await _taken(session, id, wanted, found.place.id, SAME) from error
    await restate(session, told, benefit, by=by, now=now)
    return benefit, found.warned


async def restate(
    session: AsyncSession, told: contract.Benefit, benefit: Benefit, *, by: Principal, now: datetime
) -> None:
    """Marks the reports of the months and villages that a correction changed; `told` is what was public before it."""
    if states.state(benefit) == told:
        return
    for place in sorted({told.village_id, benefit.village_id}):
        await restating.touched(session, place, told.given_on, benefit.given_on, by=by, now=now)


async def _apart(
    session: AsyncSession, benefit: Benefit, wanted: BenefitContent, village_id: UUID, *, again: bool
) -> UUID | None:
    """What keeps it apart from one like it, if it was said to be another. Raises BenefitAlreadyRecorded."""
    key = Key.of(wanted, village_id)
    if again:
        return benefit.id
    if key != Key.of(states.content(benefit), benefit.village_id):
        if other := (await twins.found(session, [wanted], benefit.id)).get(key):
            raise BenefitAlreadyRecorded.of(other)
        return None
    return benefit.apart


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Benefit:
    """Takes an entry error out of every count. Raises as `correct`."""
    benefit = await _ready(session, id, by, precondition)
    benefit.voided = True
    regions = await queries.regions(session, [benefit])
    await records.record(
        session, benefit, states.state(benefit), "voided", by=by, now=now, regions=regions, reason=reason
    )
    await restating.touched(session, benefit.village_id, benefit.given_on, by=by, now=now)
    return benefit


async def _ready(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch) -> Benefit:
    benefit = await queries.locked(session, id, by, precondition)
    _refuse_of_referral(benefit)
    if benefit.voided:
        raise BenefitVoided
    return benefit


def _refuse_of_referral(benefit: Any) -> None:
    if benefit.referral_id is not None:
        raise BelongsToReferral(
            Text(
                f"Ubah rujukannya: /v1/referrals/{benefit.referral_id}; bantuannya ikut.",
                f"Change the referral, /v1/referrals/{benefit.referral_id}: the benefit follows it.",
            ),
            extra={"referral_id": str(benefit.referral_id)},
        )


async def _taken(
    session: AsyncSession, id: UUID, told: BenefitContent, village_id: UUID, constraint: str | None
) -> Conflict:
    if constraint != SAME:
        return IdTaken.of(id)
    return BenefitAlreadyRecorded.of((await twins.found(session, [told], id))[Key.of(told, village_id)])
