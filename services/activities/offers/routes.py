"""HTTP of offers: posted, read, searched, matched with needs, asked for, closed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response, status

from services.activities.exchange import answering, ending, postings
from services.activities.exchange.lists import FilterParameters
from services.activities.exchange.matches import NeedMatchOut
from services.activities.exchange.schemas import Closure
from services.activities.known import arrival
from services.activities.offers import queries
from services.activities.offers.schemas import OfferAnswerIn, OfferChange, OfferIn, OfferOut, TakeUpOut
from services.activities.offers.states import OFFER
from services.activities.rights import Exchanger, ExchangeReader
from shared import changes, edge, preconditions
from shared.codes import ExchangeKind
from shared.pagination import Page, PageParameters
from shared.preconditions import MERGE_PATCH, Precondition
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/offers", tags=["exchange"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Post an offer", status_code=status.HTTP_201_CREATED)
async def post_offer(
    body: OfferIn, session: edge.Session, now: edge.Now, principal: Exchanger, response: Response, spoken: edge.Spoken
) -> OfferOut:
    """What an institution or a network of your area offers, told as far as its scope says."""
    draft = await postings.post(session, OFFER, body, principal, now)
    response.headers["Location"] = f"/v1/offers/{draft.row.id}"
    preconditions.announce(response, "activities", draft.row.id, draft.row.sequence)
    return await queries.told(session, draft.row, principal, now, draft.warnings(spoken))


@router.get("", summary="List offers")
async def list_offers(
    session: edge.Session,
    now: edge.Now,
    principal: ExchangeReader,
    page: PageParameters,
    filters: FilterParameters,
    kind: Annotated[ExchangeKind | None, Query(description="Only this kind.", examples=["barang"])] = None,
    expired: Annotated[
        bool | None, Query(description="Only those whose last day is over, or only those whose last day is not.")
    ] = None,
) -> Page[OfferOut]:
    """Those whose scope reaches you, and all of the organisations you act for. Answers are left out."""
    return await queries.listed(session, principal, filters, kind, expired, page, now)


@router.get("/{id}", summary="Read an offer")
async def read_offer(
    id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader, response: Response
) -> OfferOut:
    """With those of its answers that are to you or yours, and their messages."""
    answer = await queries.one(session, id, principal, now)
    preconditions.announce(response, "activities", id, answer.sequence)
    return answer


@router.get("/{id}/matches", summary="Needs that an offer may meet")
async def list_offer_matches(
    id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader, page: PageParameters
) -> Page[NeedMatchOut]:
    """Open needs of others that reach you, the best first: by what they are, how near they are, and the words in common."""
    return await queries.matches(session, id, principal, page, now)


@router.patch("/{id}", summary="Change an offer")
async def change_offer(
    id: UUID,
    patch: Annotated[OfferChange, Body(media_type=MERGE_PATCH)],
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> OfferOut:
    """A JSON merge patch, while it is open."""
    held = await postings.change(session, OFFER, id, patch, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now, held.warnings(spoken))


@router.post("/{id}/answer", summary="Ask for an offer", status_code=status.HTTP_201_CREATED)
async def answer_offer(
    id: UUID, body: OfferAnswerIn, session: edge.Session, now: edge.Now, principal: Exchanger, response: Response
) -> OfferOut:
    """By somebody else that may read it and would like to have it. Several may ask; each once, and may withdraw."""
    held, answer = await answering.ask_for_offer(session, id, body, principal, now)
    response.headers["Location"] = f"/v1/offers/{id}/answers/{answer.id}"
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.get("/{id}/answers/{answer_id}", summary="Read who asked for an offer")
async def read_offer_answer(
    id: UUID, answer_id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader
) -> TakeUpOut:
    """One that stands and is to you or yours."""
    return answering.one_of((await queries.one(session, id, principal, now)).taken_up, answer_id)


@router.post("/{id}/answers/{answer_id}/withdrawal", summary="No longer ask for an offer")
async def withdraw_offer_answer(
    id: UUID,
    answer_id: UUID,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> OfferOut:
    """By who asked, while the offer is open."""
    held = await ending.withdraw_from_offer(session, id, answer_id, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.post("/{id}/closure", summary="Tell what became of an offer")
async def close_offer(
    id: UUID,
    body: Closure,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> OfferOut:
    """By its poster. It takes no answers any more."""
    held = await postings.own(session, OFFER, id, principal, now, if_match)
    await ending.close(session, held, held.row.taken_up, body, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.post("/{id}/voiding", summary="Mark an offer as an entry error")
async def void_offer(
    id: UUID,
    body: Reason,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> OfferOut:
    """Nobody else reads it from now on. Not while it answers needs. There is no way back."""
    held = await postings.own(session, OFFER, id, principal, now, if_match)
    await ending.void_offer(session, held, body.reason, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.get("/{id}/history", summary="What happened to an offer")
async def read_offer_history(id: UUID, session: edge.Session, principal: ExchangeReader) -> list[changes.HistoryEntry]:
    """Every step, oldest first, without the texts; for those who act for its poster."""
    await postings.refuse_others(session, OFFER, id, principal)
    return await changes.history(session, id)
