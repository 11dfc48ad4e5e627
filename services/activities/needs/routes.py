"""HTTP of needs: posted, read, searched, matched with offers, answered, closed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response, status

from services.activities.exchange import answering, ending, postings
from services.activities.exchange.lists import FilterParameters
from services.activities.exchange.matches import OfferMatchOut
from services.activities.exchange.schemas import Closure
from services.activities.known import arrival
from services.activities.needs import queries
from services.activities.needs.schemas import NeedAnswerIn, NeedAnswerOut, NeedChange, NeedIn, NeedOut
from services.activities.needs.states import NEED
from services.activities.rights import Exchanger, ExchangeReader
from shared import changes, edge, preconditions
from shared.codes import ExchangeKind
from shared.pagination import Page, PageParameters
from shared.preconditions import MERGE_PATCH, Precondition
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/needs", tags=["exchange"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@router.post("", summary="Post a need", status_code=status.HTTP_201_CREATED)
async def post_need(
    body: NeedIn, session: edge.Session, now: edge.Now, principal: Exchanger, response: Response, spoken: edge.Spoken
) -> NeedOut:
    """What an institution or a network of your area needs, told as far as its scope says."""
    draft = await postings.post(session, NEED, body, principal, now)
    response.headers["Location"] = f"/v1/needs/{draft.row.id}"
    preconditions.announce(response, "activities", draft.row.id, draft.row.sequence)
    return await queries.told(session, draft.row, principal, now, draft.warnings(spoken))


@router.get("", summary="List needs")
async def list_needs(
    session: edge.Session,
    now: edge.Now,
    principal: ExchangeReader,
    page: PageParameters,
    filters: FilterParameters,
    kind: Annotated[ExchangeKind | None, Query(description="Only this kind.", examples=["barang"])] = None,
    expired: Annotated[
        bool | None, Query(description="Only those whose last day is over, or only those whose last day is not.")
    ] = None,
) -> Page[NeedOut]:
    """Those whose scope reaches you, and all of the organisations you act for. Messages of answers are left out."""
    return await queries.listed(session, principal, filters, kind, expired, page, now)


@router.get("/{id}", summary="Read a need")
async def read_need(
    id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader, response: Response
) -> NeedOut:
    """With its answers, and the messages of those that are to you or yours."""
    answer = await queries.one(session, id, principal, now)
    preconditions.announce(response, "activities", id, answer.sequence)
    return answer


@router.get("/{id}/matches", summary="Offers that may meet a need")
async def list_need_matches(
    id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader, page: PageParameters
) -> Page[OfferMatchOut]:
    """Open offers of others that reach you, the best first: by what they are, how near they are, and the words in common."""
    return await queries.matches(session, id, principal, page, now)


@router.patch("/{id}", summary="Change a need")
async def change_need(
    id: UUID,
    patch: Annotated[NeedChange, Body(media_type=MERGE_PATCH)],
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
    spoken: edge.Spoken,
) -> NeedOut:
    """A JSON merge patch, while it is open."""
    held = await postings.change(session, NEED, id, patch, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now, held.warnings(spoken))


@router.post("/{id}/answer", summary="Answer a need", status_code=status.HTTP_201_CREATED)
async def answer_need(
    id: UUID, body: NeedAnswerIn, session: edge.Session, now: edge.Now, principal: Exchanger, response: Response
) -> NeedOut:
    """By somebody else that may read it, perhaps with an open offer of theirs, which is then taken up. Several may answer.

    An organisation answers once, and once with each of its offers; answers can be withdrawn.
    """
    held, answer = await answering.answer_need(session, id, body, principal, now)
    response.headers["Location"] = f"/v1/needs/{id}/answers/{answer.id}"
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.get("/{id}/answers/{answer_id}", summary="Read an answer to a need")
async def read_need_answer(
    id: UUID, answer_id: UUID, session: edge.Session, now: edge.Now, principal: ExchangeReader
) -> NeedAnswerOut:
    """One that stands, of a need that reaches you; its message if it is to you or yours."""
    return answering.one_of((await queries.one(session, id, principal, now)).answers, answer_id)


@router.post("/{id}/answers/{answer_id}/withdrawal", summary="Withdraw an answer to a need")
async def withdraw_need_answer(
    id: UUID,
    answer_id: UUID,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> NeedOut:
    """By who answered, while the need is open. An offer it came with is free again."""
    held = await ending.withdraw_from_need(session, id, answer_id, principal, now, if_match)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.post("/{id}/closure", summary="Tell what became of a need")
async def close_need(
    id: UUID,
    body: Closure,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> NeedOut:
    """By its poster. It takes no answers any more."""
    held = await postings.own(session, NEED, id, principal, now, if_match)
    await ending.close(session, held, held.row.answers, body, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.post("/{id}/voiding", summary="Mark a need as an entry error")
async def void_need(
    id: UUID,
    body: Reason,
    session: edge.Session,
    now: edge.Now,
    principal: Exchanger,
    if_match: Precondition,
    response: Response,
) -> NeedOut:
    """Nobody else reads it from now on; offers that answered it are free again. There is no way back."""
    held = await postings.own(session, NEED, id, principal, now, if_match)
    await ending.void_need(session, held, body.reason, principal, now)
    preconditions.announce(response, "activities", id, held.row.sequence)
    return await queries.told(session, held.row, principal, now)


@router.get("/{id}/history", summary="What happened to a need")
async def read_need_history(id: UUID, session: edge.Session, principal: ExchangeReader) -> list[changes.HistoryEntry]:
    """Every step, oldest first, without the texts; for those who act for its poster."""
    await postings.refuse_others(session, NEED, id, principal)
    return await changes.history(session, id)
