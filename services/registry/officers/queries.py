"""Reading officers within the caller's area: one, one to be changed, and lists. The institution's seat decides."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries as institutions
from services.registry.models import Institution, Region
from services.registry.officers.models import Officer
from services.registry.people.models import Person
from shared import records
from shared.auth import NATION, Principal, below
from shared.codes import Role
from shared.events.institutions import Term
from shared.pagination import Order
from shared.problems import NotFound

columns = Officer.__table__.c
_people = Person.__table__.c


class OfficerSort(StrEnum):
    """Orders of the list."""

    ID = "id"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"


ORDERS = {
    OfficerSort.ID: Order([columns.id]),
    OfficerSort.CHANGED: Order([columns.changed_at, columns.id]),
    OfficerSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see and change an officer: the institution is theirs to see, wherever the person lives."""
    return exists().where(institutions.columns.id == columns.institution_id, institutions.visible(principal))


def during(since: date, until: date | None) -> ColumnElement[bool]:
    """That a term shares a day with `[since, until)`."""
    begun = [columns.since < until] if until is not None else []
    return and_(or_(columns.until.is_(None), columns.until > since), *begun)


def _rows() -> Select[Any]:
    # An outer join: counting the rows does not need it, and PostgreSQL leaves it out.
    return select(*columns, _people.name, _people.duplicate_of).outerjoin(Person, _people.id == columns.person_id)


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with name and `duplicate_of` of its person. Raises NotFound."""
    row = (await session.execute(_rows().where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def locked(session: AsyncSession, id: UUID, by: Principal) -> tuple[Officer, Institution, Region, Person]:
    """One officer with the institution, the village of its seat, and the person. Raises NotFound.

    The institution is locked first and then the officer, until the transaction ends.
    """
    institution_id = await session.scalar(select(columns.institution_id).where(columns.id == id, visible(by)))
    if institution_id is None:
        raise NotFound
    institution, village = await institutions.locked(session, institution_id, by)
    officer = await records.locked(session, Officer, id, visible(by))
    return officer, institution, village, await session.get_one(Person, officer.person_id)


async def in_the_way(
    session: AsyncSession, officer: Officer, role: Role, since: date, until: date | None
) -> Officer | None:
    """A term that does not let `officer` have `role` over `[since, until)`: the same person's in it, or another ketua's.

    The caller holds the institution's lock.
    """
    same = and_(columns.person_id == officer.person_id, columns.role == role)
    rivals = or_(same, columns.role == role) if role is Role.KETUA else same
    statement = (
        select(Officer)
        .where(
            columns.institution_id == officer.institution_id,
            not_(columns.voided),
            columns.id != officer.id,
            rivals,
            during(since, until),
        )
        .order_by(columns.since)
        .limit(1)
    )
    found: Officer | None = await session.scalar(statement)
    return found


async def terms(session: AsyncSession, institution_id: UUID) -> list[Term]:
    """Every term of an institution, oldest first, without who it is."""
    statement = (
        select(columns.role, columns.since, columns.until)
        .where(columns.institution_id == institution_id, not_(columns.voided))
        .order_by(columns.since, columns.role, columns.id)
    )
    return [Term(role=row.role, since=row.since, until=row.until) for row in await session.execute(statement)]


def listed(
    principal: Principal,
    *,
    region: str | None = None,
    institution: UUID | None = None,
    person: UUID | None = None,
    role: Role | None = None,
    in_office_on: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with what `read` gives of the person; voided ones instead if asked for.

    `region` is a stored code of the seat or above it.
    """
    statement = (
        _rows()
        .join(Institution, institutions.columns.id == columns.institution_id)
        .where(institutions.visible(principal), columns.voided if voided else not_(columns.voided))
    )
    if region is not None and region != NATION:
        statement = statement.where(below(institutions.columns.village_code, region))
    for column, value in ((columns.institution_id, institution), (columns.person_id, person), (columns.role, role)):
        if value is not None:
            statement = statement.where(column == value)
    if in_office_on is not None:
        statement = statement.where(
            columns.since <= in_office_on, or_(columns.until.is_(None), columns.until > in_office_on)
        )
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
