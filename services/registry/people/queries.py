"""Reading people within the caller's sight: one, lists, and those of a number or a name."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, cast, func, not_, or_, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.families.models import Family, FamilyMember
from services.registry.institutions import queries as institutions
from services.registry.memberships.models import Membership
from services.registry.models import Institution, Region
from services.registry.officers.models import Officer
from services.registry.people.models import Person
from shared.auth import NATION, Principal, below
from shared.codes import Sex
from shared.fields import folded
from shared.pagination import Order
from shared.problems import NotFound
from shared.searching import said_like

MOST_FOUND = 50
columns = Person.__table__.c
_kept = Person.__table__.alias("kept")
_FEW = 2
"""Dots in the code of an area with few people: a district or a village."""


class PersonSort(StrEnum):
    """Orders of the list. Not by name: a cursor would carry it into addresses, and so into logs."""

    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    PersonSort.CHANGED: Order([columns.changed_at, columns.id]),
    PersonSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    PersonSort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a person. To change one takes more: `service.refuse_kept_elsewhere`.

    They live, or are kept, in one of the caller's areas; or they are member or officer of an institution that the caller
    may see. An institution's operator sees those whom its institution keeps, and its members and officers.
    """
    if NATION in principal.areas and not principal.own_record_only:
        return true()
    seen = select(Institution.id).where(institutions.visible(principal))
    belonging = [
        select(of.person_id).where(of.institution_id.in_(seen), not_(of.voided)) for of in (Membership, Officer)
    ]
    if not _sees_few(principal):
        # Most people of a list's order are in sight: it is read in that order, and only the others are looked at twice.
        here = principal.within(columns.village_code, columns.kept_village_code)
        return or_(here, *(each.where(each.selected_columns[0] == columns.id).exists() for each in belonging))
    # Few are: each part reads an index of its own; one condition over all of them would read the whole table.
    own = _kept.c.kept_institution_id == principal.institution_id
    living = select(_kept.c.id).where(
        principal.within(_kept.c.village_code, _kept.c.kept_village_code, institutions=own)
    )
    return columns.id.in_(union(living, *belonging))


def _sees_few(principal: Principal) -> bool:
    """Whether the caller's areas have few people, beside all that there may be."""
    return principal.own_record_only or all(area.count(".") >= _FEW for area in principal.areas)


def rows() -> Select[Any]:
    """People, each with `village_name`."""
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
    sex: Sex | None = None,
    duplicates_of: UUID | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `village_name`; voided ones instead if asked for.

    `region` is a stored code: of the residence, or of the village that keeps the record.
    """
    statement = rows().where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(or_(below(columns.village_code, region), below(columns.kept_village_code, region)))
    if sex is not None:
        statement = statement.where(columns.sex == sex)
    if duplicates_of is not None:
        statement = statement.where(columns.duplicate_of == duplicates_of)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement


async def with_nik(
    session: AsyncSession, indexes: Collection[str], principal: Principal, *, but: UUID | None = None
) -> Sequence[Any]:
    """Those in the caller's sight whose NIK has one of these blind indexes, the records that stand for a person first."""
    statement = rows().where(columns.nik_index.in_(indexes), columns.voided.is_(False), visible(principal))
    if but is not None:
        statement = statement.where(columns.id != but)
    ordered = statement.order_by(columns.duplicate_of.is_not(None), columns.registered_at, columns.id)
    return list(await session.execute(ordered.limit(MOST_FOUND)))


async def in_family(
    session: AsyncSession, indexes: Collection[str], principal: Principal, now: datetime
) -> Sequence[Any]:
    """Those in the caller's sight who are today, there, in a family whose card has one of these blind indexes."""
    member = FamilyMember.__table__.c
    there = (
        select(member.person_id)
        .join(Family, Family.id == member.family_id)
        .join(Region, Region.id == Family.village_id)
        .where(
            Family.card_index.in_(indexes),
            func.daterange(member.since, member.until).bool_op("@>")(cast(func.timezone(Region.time_zone, now), Date)),
        )
    )
    statement = rows().where(columns.id.in_(there), columns.voided.is_(False), visible(principal))
    return list(await session.execute(statement.order_by(columns.birth_year, columns.id).limit(MOST_FOUND)))


async def named(session: AsyncSession, name: str, principal: Principal) -> Sequence[Any]:
    """Those in the caller's sight whose name is like this one, the most alike first.

    It sets how similar is similar enough for the rest of the transaction.
    """
    stored = columns.sort_name
    like = await said_like(session, stored, name)
    if not _sees_few(principal):
        # By the index of names, which row security keeps from a condition of this statement.
        like = columns.id.in_(select(func.people_said_like(folded(name))))
    statement = rows().where(like, columns.voided.is_(False), visible(principal))
    alike = func.word_similarity(folded(name), stored).desc()
    return list(await session.execute(statement.order_by(alike, stored, columns.id).limit(MOST_FOUND)))


async def names_of(session: AsyncSession, ids: Collection[UUID], principal: Principal) -> dict[UUID, str | None]:
    """Names of those of these people whom the caller may see, by id."""
    found = await session.execute(select(columns.id, columns.name).where(columns.id.in_(ids), visible(principal)))
    return {row.id: row.name for row in found}
