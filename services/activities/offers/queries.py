"""Offers as a caller may read them: one, lists, and the needs that may meet one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import not_
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.exchange import lists, matching, scope, showing
from services.activities.exchange.lists import Filters
from services.activities.exchange.matches import NeedMatchOut
from services.activities.exchange.models import ExchangeAnswer
from services.activities.needs import states as needs
from services.activities.needs.models import Need
from services.activities.offers import states
from services.activities.offers.models import Offer
from services.activities.offers.schemas import OfferOut
from shared.auth import Principal
from shared.codes import ExchangeKind, PostingState
from shared.pagination import Page, PageQuery, paginate
from shared.problems import NotFound

columns = Offer.__table__.c


async def one(session: AsyncSession, id: UUID, principal: Principal, now: datetime) -> OfferOut:
    """The offer as the caller may read it, with the messages of answers that are for them. Raises NotFound."""
    return await told(session, (await row(session, id, principal)).Offer, principal, now)


async def told(
    session: AsyncSession, offer: Offer, principal: Principal, now: datetime, warnings: Sequence[WarningOut] = ()
) -> OfferOut:
    """A row that the caller may read, or has written, as it is answered."""
    place = await showing.place(session, offer.village_id)
    called = await showing.names(session, states.named(offer))
    written = await showing.messages(session, ExchangeAnswer.offer_id == offer.id, offer.poster, principal)
    return states.answer(offer, place, called, now, written, warnings)


async def row(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """The row with its village's name and time zone. Raises NotFound."""
    statement = showing.placed(Offer).where(columns.id == id, states.OFFER.readable(principal))
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def listed(
    session: AsyncSession, principal: Principal, filters: Filters, kind: ExchangeKind | None, expired: bool | None,
    page: PageQuery, now: datetime,
) -> Page[OfferOut]:  # fmt: skip
    """One page of what the caller may read under these filters."""
    statement = showing.placed(Offer).where(states.OFFER.readable(principal))
    statement = lists.kept(statement, columns, kind, expired, now)
    rows, following, count = await lists.listed(session, statement, columns, filters, page)
    called = await showing.names(session, [one for found in rows for one in states.named(found.Offer)])
    items = [states.answer(found.Offer, found, called, now) for found in rows]
    return Page(items=items, next=following, count=count)


async def matches(
    session: AsyncSession, id: UUID, principal: Principal, page: PageQuery, now: datetime
) -> Page[NeedMatchOut]:
    """Open needs that an offer may meet, the best first. Raises NotFound."""
    offer: Offer = (await row(session, id, principal)).Offer
    of = Need.__table__.c
    open_ones = (of.state != PostingState.DITUTUP, of.voided.is_(False), not_(lists.over(of, now)))
    readable = showing.placed(Need).where(scope.readable(Need.__table__, principal), *open_ones)
    compared = matching.matches(offer, of, await matching.stems(session, offer), readable)
    rows, following, count = await paginate(session, compared, matching.best_first(compared, of), page)
    called = await showing.names(session, [one for found in rows for one in needs.named(found.Need)])
    items = [
        NeedMatchOut(
            need=needs.answer(found.Need, found, called, principal, now),
            score=matching.score_of(found, found.Need.kind, offer.kind),
        )
        for found in rows
    ]
    return Page(items=items, next=following, count=count)
