"""Answers: to a need, perhaps with an offer, or by who asks for an offer.

Rows are locked in one order: the need, then the offers that answer it, by id.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.exchange import known as exchange_known
from services.activities.exchange import parties, postings, scope, showing
from services.activities.exchange.models import ExchangeAnswer
from services.activities.exchange.postings import Held
from services.activities.exchange.schemas import AnswerOut, OrganisationIn
from services.activities.needs.models import Need
from services.activities.needs.states import NEED
from services.activities.offers.models import Offer
from services.activities.offers.states import OFFER
from shared import audit
from shared.auth import Principal
from shared.codes import PostingState
from shared.events.activities import Answer, Organisation, TakeUp
from shared.language import Text
from shared.problems import Conflict, Fault, InvalidPayload, NotFound
from shared.records import IdTaken

One = TypeVar("One", bound=AnswerOut)
MOST = 200
"""Answers that may stand: an event carries all of them and has to fit (`semantics.md` §2.2)."""


class PostingExpired(Conflict):
    slug = "posting-expired"
    title = Text("Batas waktunya sudah lewat", "Its last day is over")


class AnsweredAlready(Conflict):
    slug = "answered-already"
    title = Text("Lembaga ini sudah menjawab", "This organisation has answered already")


class TooManyAnswers(Conflict):
    slug = "too-many-answers"
    title = Text("Sudah terlalu banyak jawaban", "There are too many answers already")


async def answer_need(
    session: AsyncSession, id: UUID, body: Any, principal: Principal, now: datetime
) -> tuple[Held[Need], ExchangeAnswer]:
    """Answers a need. Raises NotFound, PostingClosed, PostingExpired, InvalidPayload, AnsweredAlready, TooManyAnswers, IdTaken."""
    held = await postings.locked(session, NEED, id, principal, now)
    need = held.row
    _refuse_closed(held, need.answers)
    party = body.by.party
    await _refuse_party(session, held, party, principal)
    offer = await _offered(session, body.offer_id, party, principal, now) if body.offer_id else None
    if any(one.by == party and one.offer_id == body.offer_id for one in need.answers):
        raise AnsweredAlready
    row = await _written(session, held, body, principal, now, need_id=id, offer_id=body.offer_id)
    need.answers = [*need.answers, Answer(id=row.id, by=party, offer_id=body.offer_id, on=held.today)]
    need.state = PostingState.DIJAWAB
    await held.record(session, "answered", principal, now)
    if offer:
        await _take_up(session, offer, TakeUp(id=row.id, by=need.poster, need_id=id, on=held.today), principal, now)
    return held, row


async def ask_for_offer(
    session: AsyncSession, id: UUID, body: Any, principal: Principal, now: datetime
) -> tuple[Held[Offer], ExchangeAnswer]:
    """Asks for an offer. Raises as `answer_need`."""
    held = await postings.locked(session, OFFER, id, principal, now)
    _refuse_closed(held, held.row.taken_up)
    party = body.by.party
    await _refuse_party(session, held, party, principal)
    if any(one.by == party and one.need_id is None for one in held.row.taken_up):
        raise AnsweredAlready
    row = await _written(session, held, body, principal, now, need_id=None, offer_id=id)
    await _take_up(session, held, TakeUp(id=row.id, by=party, on=held.today), principal, now)
    return held, row


def one_of(answers: Sequence[One], id: UUID) -> One:
    """The answer with this id. Raises NotFound."""
    for one in answers:
        if one.id == id:
            return one
    raise NotFound


def _refuse_closed(held: Held[Any], answers: list[Any]) -> None:
    postings.refuse_over(held.row)
    if showing.is_over(held.row, held.today):
        raise PostingExpired
    if len(answers) >= MOST:
        raise TooManyAnswers


async def _refuse_party(session: AsyncSession, held: Held[Any], party: Organisation, principal: Principal) -> None:
    """Raises InvalidPayload: for whom the caller does not act, who posted it, and whom it does not reach."""
    await refuse_party(session, held.noun.table.__table__, held.row, party, principal)


async def refuse_party(session: AsyncSession, table: Any, row: Any, party: Organisation, principal: Principal) -> None:
    """Raises InvalidPayload: for whom the caller does not act, who posted it, and whom it does not reach."""
    known = await exchange_known.organisations(session, [party])
    faults = parties.party_faults(party, known, principal, "/by")
    if not faults and party == row.poster:
        faults = [_own_posting()]
    if not faults and not await session.scalar(
        select(table.c.id).where(table.c.id == row.id, scope.reaches(table, party))
    ):
        faults = [_out_of_reach()]
    if faults:
        raise InvalidPayload(errors=faults)


async def _offered(
    session: AsyncSession, id: UUID, party: Organisation, principal: Principal, now: datetime
) -> Held[Offer]:
    """The open offer of the organisation that answers with it, locked. Raises InvalidPayload."""
    try:
        held = await postings.locked(session, OFFER, id, principal, now)
    except NotFound as missing:
        raise InvalidPayload(errors=[_offer_unknown(id)]) from missing
    offer = held.row
    if offer.poster != party or offer.voided:
        raise InvalidPayload(errors=[_offer_unknown(id)])
    if offer.state is PostingState.DITUTUP or showing.is_over(offer, held.today):
        raise InvalidPayload(errors=[_offer_over()])
    if len(offer.taken_up) >= MOST:
        raise TooManyAnswers
    return held


async def _written(
    session: AsyncSession, held: Held[Any], body: Any, principal: Principal, now: datetime, *, need_id: UUID | None,
    offer_id: UUID | None,
) -> ExchangeAnswer:  # fmt: skip
    by: OrganisationIn = body.by
    row = ExchangeAnswer(
        id=body.id or uuid7(), need_id=need_id, offer_id=offer_id, by_kind=by.organisation, by_id=by.id,
        message=body.message, on_date=held.today, recorded_at=now, withdrawn_at=None,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            await audit.note(session, row, "answered", by=principal.subject, at=now, regions=held.regions)
            session.add(row)
    except IntegrityError as error:
        raise IdTaken.of(row.id) from error
    return row


async def _take_up(session: AsyncSession, held: Held[Offer], told: TakeUp, principal: Principal, now: datetime) -> None:
    held.row.taken_up = [*held.row.taken_up, told]
    held.row.state = PostingState.DIJAWAB
    await held.record(session, "taken_up", principal, now)


def _own_posting() -> Fault:
    return Fault(
        "own-posting",
        Text("Lembaga ini sendiri yang memasangnya.", "This organisation posted it itself."),
        Text("Sebut lembaga atau jaringan lain.", "Name another institution or network."),
        pointer="/by/id",
    )


def _out_of_reach() -> Fault:
    return Fault(
        "posting-does-not-reach",
        Text("Ini tidak ditujukan kepada lembaga itu.", "This is not told to that organisation."),
        Text("Sebut lembaga atau jaringan di dalam cakupannya.", "Name an institution or a network within its scope."),
        pointer="/by/id",
    )


def _offer_unknown(id: UUID) -> Fault:
    return Fault(
        "offer-unknown",
        Text(f"Lembaga itu tidak memiliki tawaran {id}.", f"That organisation has no offer {id}."),
        Text("Pakai tawarannya sendiri, atau kosongkan.", "Use an offer of its own, or leave it out."),
        pointer="/offer_id",
    )


def _offer_over() -> Fault:
    return Fault(
        "offer-not-open",
        Text("Tawaran itu sudah ditutup atau lewat waktunya.", "The offer is closed, or its last day is over."),
        Text("Pakai tawaran yang masih terbuka, atau kosongkan.", "Use one that is open, or leave it out."),
        pointer="/offer_id",
    )
