"""Reading local cultural values within the caller's area: one, and lists, each with the villages where it is practised."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.cultural_values.models import CulturalValue, PracticePlace
from services.registry.models import Region
from shared.auth import NATION, Principal, below
from shared.codes import ValueKind, ValueState
from shared.pagination import Order
from shared.problems import NotFound
from shared.searching import said_like

columns = CulturalValue.__table__.c
_places = PracticePlace.__table__.c


class CulturalValueSort(StrEnum):
    """Orders of the list; names without regard to case and accents."""

    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    CulturalValueSort.NAME: Order([columns.sort_name, columns.id]),
    CulturalValueSort.NAME_DOWN: Order([columns.sort_name, columns.id], descending=True),
    CulturalValueSort.CHANGED: Order([columns.changed_at, columns.id]),
    CulturalValueSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    CulturalValueSort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a value: one of its villages is in their areas, or their own institution practises it."""
    if principal.own_record_only:
        own = columns.institution_ids.contains([principal.institution_id]) if principal.institution_id else false()
        return principal.within(institutions=own)
    return _practised(principal.within(_places.village_code))


def _practised(where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_places.cultural_value_id == columns.id, where)


async def villages_of(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[Region]]:
    """The villages where each of these values is practised, by code."""
    statement = (
        select(_places.cultural_value_id, Region)
        .join(Region, Region.id == _places.village_id)
        .where(_places.cultural_value_id.in_(ids))
        .order_by(Region.code)
    )
    found: dict[UUID, list[Region]] = {}
    for id, village in await session.execute(statement):
        found.setdefault(id, []).append(village)
    return found


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row. Raises NotFound."""
    row = (await session.execute(select(*columns).where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def listed(
    session: AsyncSession,
    principal: Principal,
    *,
    region: str | None = None,
    kind: ValueKind | None = None,
    state: ValueState | None = None,
    institution: UUID | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see; voided ones instead if asked for.

    `region` is a stored code. `q` finds names and local names in any spelling.
    """
    statement = select(*columns).where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(_practised(below(_places.village_code, region)))
    for column, value in ((columns.kind, kind), (columns.state, state)):
        if value is not None:
            statement = statement.where(column == value)
    if institution is not None:
        statement = statement.where(columns.institution_ids.contains([institution]))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is not None:
        statement = statement.where(await said_like(session, columns.search_text, q))
    return statement
