"""Reading families within the caller's area."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, column, exists, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.families.models import Family, FamilyMember
from services.registry.models import Region
from services.registry.people.models import Person
from shared.auth import NATION, Principal, below
from shared.pagination import Order
from shared.problems import NotFound

columns = Family.__table__.c
_places = FamilyMember.__table__.c


class FamilySort(StrEnum):
    """Orders of the list."""

    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    FamilySort.CHANGED: Order([columns.changed_at, columns.id]),
    FamilySort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    FamilySort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see and change a family: it lives in one of their areas. Never an institution's operator."""
    return principal.within(columns.village_code)


def rows() -> Select[Any]:
    """Families, each with `village_name`."""
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
    person: UUID | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `village_name`; voided ones instead if asked for.

    `region` is a stored code; `person` is or was in it.
    """
    statement = rows().where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(below(columns.village_code, region))
    if person is not None:
        statement = statement.where(columns.id.in_(select(_places.family_id).where(_places.person_id == person)))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement


async def with_card(
    session: AsyncSession, indexes: Collection[str], principal: Principal, but: UUID | None
) -> UUID | None:
    """The family in the caller's area whose card has one of these blind indexes, other than `but`."""
    same = select(columns.id).where(columns.card_index.in_(indexes), columns.voided.is_(False), visible(principal))
    found: UUID | None = await session.scalar((same if but is None else same.where(columns.id != but)).limit(1))
    return found


async def elsewhere(
    session: AsyncSession, family: UUID, person: UUID, since: Any, until: Any
) -> tuple[UUID, str] | None:
    """Another family that the person is in on one of these days, and its village's code."""
    days = func.daterange(_places.since, _places.until).bool_op("&&")(func.daterange(since, until))
    statement = select(columns.id, columns.village_code).join(FamilyMember, _places.family_id == columns.id)
    row = (await session.execute(statement.where(_places.person_id == person, columns.id != family, days))).first()
    return (row.id, row.village_code) if row else None


def of_erased(person: UUID) -> Select[Any]:
    """The families with a card that this person is or was in, and of whose people each is erased; in one order.

    Voided ones too: their people stand in their lists alone.
    """
    theirs = select(_places.family_id).where(_places.person_id == person)
    living = select(_places.family_id).join(Person, Person.id == _places.person_id).where(Person.erased.is_(False))
    listed = cast(columns.members, JSONB)
    one = func.jsonb_array_elements(listed).table_valued(column("value", JSONB)).alias("one")
    other = exists().where(Person.id == cast(one.c.value["person_id"].astext, Uuid), Person.erased.is_(False))
    of_voided = and_(
        columns.voided, listed.contains([{"person_id": str(person)}]), ~exists().select_from(one).where(other)
    )
    found = or_(and_(columns.id.in_(theirs), columns.id.not_in(living)), of_voided)
    return select(Family).where(columns.card.is_not(None), found).order_by(columns.id)
