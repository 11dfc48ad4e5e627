"""Reading communities within the caller's area, and their people."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.communities.models import Community, CommunityMember
from services.registry.models import Region
from services.registry.people import queries as people
from services.registry.people.models import Person
from shared.auth import NATION, Principal, below
from shared.codes import CommunityKind
from shared.fields import folded
from shared.pagination import Order
from shared.problems import NotFound
from shared.searching import ALIKE

columns = Community.__table__.c
members = CommunityMember.__table__.c
BY_ID = Order([members.id])


class CommunitySort(StrEnum):
    """Orders of the list; names without regard to case and accents."""

    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    CommunitySort.NAME: Order([columns.sort_name, columns.id]),
    CommunitySort.NAME_DOWN: Order([columns.sort_name, columns.id], descending=True),
    CommunitySort.CHANGED: Order([columns.changed_at, columns.id]),
    CommunitySort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    CommunitySort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see and change a community: it lives in one of their areas. Never an institution's operator."""
    return principal.within(columns.village_code)


def rows() -> Select[Any]:
    """Communities, each with `village_name`."""
    return select(*columns, Region.name.label("village_name")).outerjoin(Region, Region.id == columns.village_id)


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `village_name`. Raises NotFound."""
    row = (await session.execute(rows().where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


def listed(
    principal: Principal,
    *,
    region: str | None = None,
    kind: CommunityKind | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `village_name`; voided ones instead if asked for.

    `region` is a stored code; `q` a part of the name, or one that is spelled alike.
    """
    statement = rows().where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(below(columns.village_code, region))
    if kind is not None:
        statement = statement.where(columns.kind == kind)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is not None:
        name = columns.sort_name
        alike = func.word_similarity(folded(q), name) >= ALIKE
        statement = statement.where(or_(name.contains(folded(q)), alike))
    return statement


def belonging(community: UUID, principal: Principal, *, voided: bool = False) -> Select[Any]:
    """The people of a community, each with `name` if the caller may see them; voided entries instead if asked for."""
    seen = select(Person.id, Person.name).where(people.visible(principal)).subquery()
    statement = select(*members, seen.c.name).outerjoin(seen, seen.c.id == members.person_id)
    return statement.where(members.community_id == community, members.voided.is_(voided))
