"""Programmes as they are read: one, and lists of them, with the names of their owners and places."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import eq, ge
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.known.networks_models import KnownNetwork
from services.activities.parameters import Voided, narrowed
from services.activities.programmes.models import Programme
from services.activities.programmes.queries import columns, in_region, readable
from services.activities.programmes.schemas import ProgrammeOut
from services.activities.programmes.states import answer
from shared import searching
from shared.auth import NATION, Principal
from shared.codes import OrganisationKind
from shared.pagination import Order
from shared.problems import NotFound


class ProgrammeSort(StrEnum):
    """Orders of the list. `year`: by year, then title."""

    YEAR = "year"
    YEAR_DOWN = "-year"
    TITLE = "title"
    TITLE_DOWN = "-title"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"


_BY: dict[str, list[ColumnElement[Any]]] = {
    "year": [columns.year, columns.title_words, columns.id],
    "title": [columns.title_words, columns.id],
    "changed_at": [columns.changed_at, columns.id],
}
ORDERS = {sort: Order(_BY[sort.removeprefix("-")], descending=sort.startswith("-")) for sort in ProgrammeSort}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; `region` is a stored code of today."""

    owner_kind: OrganisationKind | None
    owner_id: UUID | None
    year: int | None
    region: str | None
    q: str | None
    changed_since: datetime | None
    voided: Voided


def told() -> Select[Any]:
    """Programmes with the names of their owners and of where these lie."""
    statement: Any = (
        select(
            Programme,
            func.coalesce(KnownInstitution.name, KnownNetwork.name).label("owner_name"),
            KnownRegion.area_code.label("village"),
            KnownRegion.name.label("village_name"),
        )
        .outerjoin(KnownInstitution, KnownInstitution.id == Programme.owner_id)
        .outerjoin(KnownNetwork, KnownNetwork.id == Programme.owner_id)
        .outerjoin(KnownRegion, KnownRegion.id == func.coalesce(KnownInstitution.village_id, Programme.village_id))
    )
    return cast(Select[Any], statement)


async def one(session: AsyncSession, id: UUID, principal: Principal) -> ProgrammeOut:
    """The programme as the caller may see it. Raises NotFound."""
    row = (await session.execute(told().where(Programme.id == id, readable(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return answer(row)


async def listed(session: AsyncSession, principal: Principal, filters: Filters) -> Select[Any]:
    """What the caller may see under these filters."""
    found = narrowed(
        (columns.owner_kind, eq, filters.owner_kind),
        (columns.owner_id, eq, filters.owner_id),
        (columns.year, eq, filters.year),
        (columns.changed_at, ge, filters.changed_since),
    )
    found += filters.voided.of(columns.voided)
    if filters.region not in (None, NATION):
        found.append(in_region(filters.region or NATION))
    if filters.q:
        found.append(await searching.said_like(session, columns.title_words, filters.q))
    return told().where(readable(principal), *found)
