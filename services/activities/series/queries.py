"""Series as a caller may see and change them: the area scope, one, one that is locked, and lists."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import eq, ge
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.queries import LeadOutsideYourArea
from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.parameters import Voided, lying_in, narrowed
from services.activities.series.models import Series
from shared import records, searching
from shared.auth import Principal
from shared.codes import ActivityKind
from shared.pagination import Order
from shared.preconditions import IfMatch
from shared.problems import NotFound

columns = Series.__table__.c


def readable(principal: Principal) -> ColumnElement[bool]:
    """Held in the caller's area, or led from there; an institution's operator: led by its own institution."""
    own = columns.lead_institution_id == principal.institution_id
    return principal.within(columns.village_code, columns.lead_village_code, institutions=own)


def writable(principal: Principal) -> ColumnElement[bool]:
    """Led from the caller's area; an institution's operator: led by its own institution."""
    return principal.within(
        columns.lead_village_code, institutions=columns.lead_institution_id == principal.institution_id
    )


def told() -> Select[Any]:
    """Series with the names of their leads and villages, and the time zone of these."""
    statement: Any = (
        select(
            Series,
            KnownRegion.name.label("village_name"),
            KnownRegion.time_zone,
            KnownInstitution.name.label("lead_name"),
            KnownInstitution.village_id.label("seat_id"),
        )
        .outerjoin(KnownRegion, KnownRegion.id == Series.village_id)
        .outerjoin(KnownInstitution, KnownInstitution.id == Series.lead_institution_id)
    )
    return cast(Select[Any], statement)


async def one(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """The row of `told` as the caller may see it. Raises NotFound."""
    statement = told().where(Series.id == id, readable(principal)).execution_options(populate_existing=True)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def locked(session: AsyncSession, id: UUID, principal: Principal, precondition: IfMatch | None) -> Any:
    """The row of `told`, its series locked until the transaction ends.

    What it refers to is held before (`referred.find`). Raises NotFound, LeadOutsideYourArea, PreconditionFailed.
    """
    await records.locked(session, Series, id, readable(principal))
    row = await one(session, id, principal)
    if await session.scalar(select(columns.id).where(columns.id == id, writable(principal))) is None:
        raise LeadOutsideYourArea
    if precondition:
        precondition.check(row.Series.sequence)
    return row


class SeriesSort(StrEnum):
    """Orders of the list."""

    TITLE = "title"
    TITLE_DOWN = "-title"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


_BY: dict[str, ColumnElement[Any]] = {"title": columns.title_words, "changed_at": columns.changed_at}
ORDERS = {
    sort: Order([_BY[sort.removeprefix("-")], columns.id], descending=sort.startswith("-")) for sort in SeriesSort
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; `region` is a stored code of today."""

    region: str | None
    kind: ActivityKind | None
    lead_institution_id: UUID | None
    programme_id: UUID | None
    q: str | None
    changed_since: datetime | None
    voided: Voided


async def listed(session: AsyncSession, principal: Principal, filters: Filters) -> Select[Any]:
    """What the caller may see under these filters."""
    found = narrowed(
        (columns.kind, eq, filters.kind),
        (columns.lead_institution_id, eq, filters.lead_institution_id),
        (columns.programme_id, eq, filters.programme_id),
        (columns.changed_at, ge, filters.changed_since),
    )
    found += filters.voided.of(columns.voided)
    found += lying_in(columns.village_code, filters.region)
    if filters.q:
        found.append(await searching.said_like(session, columns.title_words, filters.q))
    return told().where(readable(principal), *found)
