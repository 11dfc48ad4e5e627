"""Needs as a caller may read them: one, lists, and the offers that may meet one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import not_
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.exchange import lists, matching, scope, showing
from services.activities.exchange.lists import Filters
from services.activities.exchange.matches import OfferMatchOut
from services.activities.exchange.models import ExchangeAnswer
from services.activities.needs import states
from services.activities.needs.models import Need
from services.activities.needs.schemas import NeedOut
from services.activities.offers import states as offers
from services.activities.offers.models import Offer
from shared.auth import Principal
from shared.codes import ExchangeKind, PostingState
from shared.pagination import Page, PageQuery, paginate
from shared.problems import NotFound

columns = Need.__table__.c


async def one(session: AsyncSession, id: UUID, principal: Principal, now: datetime) -> NeedOut:
    """The need as the caller may read it, with the messages of answers that are for them. Raises NotFound."""
    return await told(session, (await row(session, id, principal)).Need, principal, now)


async def told(
    session: AsyncSession, need: Need, principal: Principal, now: datetime, warnings: Sequence[WarningOut] = ()
) -> NeedOut:
    """A row that the caller may read, or has written, as it is answered."""
    place = await showing.place(session, need.village_id)
    called = await showing.names(session, states.named(need))
    written = await showing.messages(session, ExchangeAnswer.need_id == need.id, need.poster, principal)
    return states.answer(need, place, called, principal, now, written, warnings)


async def row(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """The row with its village's name and time zone. Raises NotFound."""
    statement = showing.placed(Need).where(columns.id == id, states.NEED.readable(principal))
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def listed(
    session: AsyncSession, principal: Principal, filters: Filters, kind: ExchangeKind | None, expired: bool | None,
    page: PageQuery, now: datetime,
) -> Page[NeedOut]:  # fmt: skip
    """One page of what the caller may read under these filters."""
    statement = showing.placed(Need).where(states.NEED.readable(principal))
    statement = lists.kept(statement, columns, kind, expired, now)
    rows, following, count = await lists.listed(session, statement, columns, filters, page)
    called = await showing.names(session, [one for found in rows for one in states.named(found.Need)])
    items = [states.answer(found.Need, found, called, principal, now) for found in rows]
    return Page(items=items, next=following, count=count)


async def matches(
    session: AsyncSession, id: UUID, principal: Principal, page: PageQuery, now: datetime
) -> Page[OfferMatchOut]:
    """Open offers that may meet a need, the best first. Raises NotFound."""
    need: Need = (await row(session, id, principal)).Need
    of = Offer.__table__.c
    open_ones = (of.state != PostingState.DITUTUP, of.voided.is_(False), not_(lists.over(of, now)))
    readable = showing.placed(Offer).where(scope.readable(Offer.__table__, principal), *open_ones)
    compared = matching.matches(need, of, await matching.stems(session, need), readable)
    rows, following, count = await paginate(session, compared, matching.best_first(compared, of), page)
    called = await showing.names(session, [one for found in rows for one in offers.named(found.Offer)])
    items = [
        OfferMatchOut(
            offer=offers.answer(found.Offer, found, called, now),
            score=matching.score_of(found, found.Offer.kind, need.kind),
        )
        for found in rows
    ]
    return Page(items=items, next=following, count=count)
