"""How answers and what they answer end: withdrawn, closed with an outcome, or voided as entry errors.

Rows are locked in one order: the need, then the offers that answer it, by id.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.exchange import postings, scope
from services.activities.exchange.models import ExchangeAnswer
from services.activities.exchange.postings import Held
from services.activities.exchange.schemas import Closure
from services.activities.needs.models import Need
from services.activities.needs.states import NEED
from services.activities.offers.models import Offer
from services.activities.offers.states import OFFER
from shared import audit
from shared.auth import Principal
from shared.codes import PostingState
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, InvalidPayload, NotFound


class AnswerWithdrawn(Conflict):
    slug = "answer-withdrawn"
    title = Text("Jawaban ini sudah ditarik", "The answer was withdrawn already")


class OfferAnswersNeeds(Conflict):
    slug = "offer-answers-needs"
    title = Text("Tawaran ini sedang menjawab kebutuhan", "The offer answers needs")


async def withdraw_from_need(
    session: AsyncSession, id: UUID, answer_id: UUID, principal: Principal, now: datetime, if_match: IfMatch
) -> Held[Need]:
    """Takes an answer back. Raises NotFound, PreconditionFailed, PostedByOthers, PostingClosed, AnswerWithdrawn."""
    held = await postings.locked(
        session, NEED, id, principal, now, seen=NEED.table.id.in_(_of_mine("need_id", principal))
    )
    if_match.check(held.row.sequence)
    row = await _withdrawn(session, held, answer_id, ExchangeAnswer.need_id == id, principal, now)
    held.row.answers = [one for one in held.row.answers if one.id != answer_id]
    held.row.state = PostingState.DIJAWAB if held.row.answers else PostingState.TERBUKA
    await held.record(session, "answer_withdrawn", principal, now)
    if row.offer_id:
        await _release(session, row.offer_id, {answer_id}, principal, now)
    return held


async def withdraw_from_offer(
    session: AsyncSession, id: UUID, answer_id: UUID, principal: Principal, now: datetime, if_match: IfMatch
) -> Held[Offer]:
    """No longer asks for an offer. Raises as `withdraw_from_need`."""
    seen = OFFER.table.id.in_(_of_mine("offer_id", principal))
    held = await postings.locked(session, OFFER, id, principal, now, seen=seen)
    if_match.check(held.row.sequence)
    of_it = (ExchangeAnswer.offer_id == id) & ExchangeAnswer.need_id.is_(None)
    await _withdrawn(session, held, answer_id, of_it, principal, now)
    _let_go(held.row, {answer_id})
    await held.record(session, "take_up_withdrawn", principal, now)
    return held


async def close(
    session: AsyncSession, held: Held[Any], answers: list[Any], body: Closure, principal: Principal, now: datetime
) -> None:
    """Tells what became of a need or an offer. `answers` are those that stand. Raises PostingClosed, InvalidPayload."""
    postings.refuse_over(held.row)
    if body.answer_id and body.answer_id not in {one.id for one in answers}:
        raise InvalidPayload(errors=[_answer_unknown(body.answer_id)])
    held.row.state, held.row.outcome = PostingState.DITUTUP, body.outcome
    held.row.outcome_note, held.row.closed_with = body.note, body.answer_id
    await held.record(session, "closed", principal, now)


async def void_need(session: AsyncSession, held: Held[Need], reason: str, principal: Principal, now: datetime) -> None:
    """Tells that a need was an entry error; the offers that answered it are free again. Raises PostingVoided."""
    offers = {one.offer_id for one in held.row.answers if one.offer_id}
    answers = {one.id for one in held.row.answers}
    await postings.void(session, held, reason, principal, now)
    for offer_id in sorted(offers):
        await _release(session, offer_id, answers, principal, now)


async def void_offer(
    session: AsyncSession, held: Held[Offer], reason: str, principal: Principal, now: datetime
) -> None:
    """Tells that an offer was an entry error. Raises PostingVoided, OfferAnswersNeeds naming the needs."""
    needs = sorted({str(one.need_id) for one in held.row.taken_up if one.need_id})
    if needs and not held.row.voided:
        raise OfferAnswersNeeds(
            Text(
                f"Tarik dulu jawaban pada kebutuhan {', '.join(needs)}.",
                f"Withdraw its answers to the needs {', '.join(needs)} first.",
            ),
            extra={"needs": needs},
        )
    await postings.void(session, held, reason, principal, now)


async def _withdrawn(
    session: AsyncSession, held: Held[Any], id: UUID, of_it: ColumnElement[bool], principal: Principal, now: datetime
) -> ExchangeAnswer:
    row: ExchangeAnswer | None = await session.scalar(select(ExchangeAnswer).where(ExchangeAnswer.id == id, of_it))
    if row is None:
        raise NotFound
    if not await postings.acts_for(session, row.by, principal):
        raise postings.PostedByOthers
    postings.refuse_over(held.row)
    if row.withdrawn_at is not None:
        raise AnswerWithdrawn
    row.withdrawn_at = now
    await audit.note(session, row, "withdrawn", by=principal.subject, at=now, regions=held.regions)
    return row


async def _release(session: AsyncSession, id: UUID, answers: set[UUID], principal: Principal, now: datetime) -> None:
    """Frees an offer of answers that no longer stand; one that was closed meanwhile keeps its outcome."""
    row = await session.scalar(select(Offer).where(Offer.id == id).with_for_update())
    if row is None:
        return
    held = Held(OFFER, row, now.date(), {row.village_id})
    _let_go(row, answers)
    await held.record(session, "take_up_withdrawn", principal, now)


def _let_go(offer: Offer, answers: set[UUID]) -> None:
    offer.taken_up = [one for one in offer.taken_up if one.id not in answers]
    if offer.state is not PostingState.DITUTUP:
        offer.state = PostingState.DIJAWAB if offer.taken_up else PostingState.TERBUKA


def _of_mine(column: str, principal: Principal) -> Any:
    """What organisations for which the caller acts have answered: they may take it back though they no longer read it."""
    columns = ExchangeAnswer.__table__.c
    return select(columns[column]).where(columns.withdrawn_at.is_(None), scope.kept(columns.by_id, principal))


def _answer_unknown(id: UUID) -> Fault:
    return Fault(
        "answer-unknown",
        Text(f"Tidak ada jawaban {id} yang masih berlaku.", f"No answer {id} stands here."),
        Text("Pakai id salah satu jawaban, atau kosongkan.", "Use the id of one of its answers, or leave it out."),
        pointer="/answer_id",
    )
