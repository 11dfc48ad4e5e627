"""Lists of postings: what they are narrowed to, and in which order; their parameters alike for all three."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import eq, ge
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator
from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, not_
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.exchange import search
from services.activities.known.models import KnownRegion
from services.activities.parameters import Area, Voided, lying_in, narrowed
from shared.codes import ExchangeKind, ExchangeScope, PostingState
from shared.fields import Instant, printable
from shared.pagination import Order, PageQuery, paginate


class ExchangeSort(StrEnum):
    """Orders of the lists. `relevance`: how well they answer to the words of `q`, the best first."""

    RELEVANCE = "relevance"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"
    RECORDED_AT = "recorded_at"
    RECORDED_AT_DOWN = "-recorded_at"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to, and its order; `region` is a code of today."""

    region: str | None
    state: PostingState | None
    scope: ExchangeScope | None
    poster_id: UUID | None
    q: str | None
    changed_since: datetime | None
    voided: Voided
    sort: ExchangeSort | None


async def _filters(
    region: Area,
    state: Annotated[
        PostingState | None, Query(description="Only those that stand here.", examples=["terbuka"])
    ] = None,
    scope: Annotated[ExchangeScope | None, Query(description="Only those of this scope.", examples=["public"])] = None,
    poster_id: Annotated[UUID | None, Query(description="Only those of this institution or network.")] = None,
    q: Annotated[
        str | None,
        Query(
            min_length=2,
            max_length=100,
            description="Words, in any of their Indonesian forms: `bersih` finds `membersihkan`; nearly right ones find it too.",
            examples=["jahit"],
        ),
        AfterValidator(lambda text: text and printable(text)),
    ] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: Annotated[
        Voided,
        Query(
            description="`true`: the entry errors of your own organisations instead; `any`: both, as synchronising needs."
        ),
    ] = Voided.FALSE,
    sort: Annotated[
        ExchangeSort | None,
        Query(description="Without it: by relevance if there is `q`, else what changed last first."),
    ] = None,
) -> Filters:
    if q is not None:
        search.refuse_unsearchable(q)
    return Filters(region, state, scope, poster_id, q, changed_since, voided, sort)


FilterParameters = Annotated[Filters, Depends(_filters)]


async def listed(
    session: AsyncSession, statement: Select[Any], columns: Any, filters: Filters, page: PageQuery
) -> tuple[list[Any], str | None, int | None]:
    """One page of a statement under these filters."""
    wanted = narrowed(
        (columns.state, eq, filters.state),
        (columns.scope, eq, filters.scope),
        (columns.poster_id, eq, filters.poster_id),
        (columns.changed_at, ge, filters.changed_since),
    )
    wanted += [*filters.voided.of(columns.voided), *lying_in(columns.village_code, filters.region)]
    if filters.q:
        wanted.append(await search.holds(session, columns, filters.q))
    return await paginate(session, statement.where(*wanted), _order(columns, filters), page)


def _order(columns: Any, filters: Filters) -> Order:
    sort = filters.sort or (ExchangeSort.RELEVANCE if filters.q else ExchangeSort.CHANGED_AT_DOWN)
    if sort is ExchangeSort.RELEVANCE:
        ranked = [search.rank(columns, filters.q)] if filters.q else []
        return Order([*ranked, columns.changed_at, columns.id], descending=True)
    return Order([columns[sort.removeprefix("-")], columns.id], descending=sort.startswith("-"))


def over(columns: Any, now: datetime) -> ColumnElement[bool]:
    """That the last day is over by the calendar of the village, and nobody closed it. Needs the village's region joined."""
    today = cast(func.timezone(KnownRegion.time_zone, literal(now)), Date)
    return and_(columns.state != PostingState.DITUTUP, columns.last_day.is_not(None), columns.last_day < today)


def kept(
    statement: Select[Any], of: Any, kind: ExchangeKind | None, expired: bool | None, now: datetime
) -> Select[Any]:
    """Only this kind, and only those whose last day is over, or is not."""
    if kind is not None:
        statement = statement.where(of.kind == kind)
    if expired is not None:
        past = over(of, now)
        statement = statement.where(past if expired else not_(past))
    return statement
