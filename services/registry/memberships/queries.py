"""Reading memberships within the caller's area: one, one to be changed, and lists. The institution's seat decides."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries as institutions
from services.registry.memberships.models import KeptSpell, Membership, SpellRow
from services.registry.memberships.schemas import MembershipOut
from services.registry.models import Institution, Region
from services.registry.people.models import Person
from shared import records
from shared.auth import NATION, Principal, below
from shared.codes import Sex
from shared.pagination import Order
from shared.problems import NotFound
from shared.shown import Shown

_table = Membership.__table__
columns = _table.c
_people = Person.__table__.c
_spells = SpellRow.__table__.c


class MembershipSort(StrEnum):
    """Orders of the list. None by name: a cursor would carry it into addresses, and those into logs."""

    ID = "id"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"


ORDERS = {
    MembershipSort.ID: Order([columns.id]),
    MembershipSort.CHANGED: Order([columns.changed_at, columns.id]),
    MembershipSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
}


SHOWN = Shown(
    MembershipOut,
    _table,
    canonical_person_id="coalesce(person.duplicate_of, membership.person_id)",
    person_name="person.name",
    sex="person.sex",
    spells="(SELECT json_agg(json_build_object('joined_on', spell.value -> 'since', 'left_on', spell.value -> 'until',"
    " 'reason', spell.value -> 'reason')) FROM jsonb_array_elements(membership.spells) AS spell)",
)
"""A row, joined with its person, as `states.answer` answers it."""


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see and change a membership: the institution is theirs to see, wherever the person lives."""
    return exists().where(institutions.columns.id == columns.institution_id, institutions.visible(principal))


def on(day: date) -> ColumnElement[bool]:
    """That the person was a member on a day."""
    return exists().where(
        _spells.membership_id == columns.id,
        _spells.since <= day,
        or_(_spells.until.is_(None), _spells.until > day),
    )


def canonical() -> ColumnElement[UUID]:
    """The id of the record that stands for the person of a joined row of `person`."""
    return func.coalesce(_people.duplicate_of, _people.id)


def _rows() -> Select[Any]:
    # An outer join: counting the rows does not need it, and PostgreSQL leaves it out.
    return select(*columns, _people.name, _people.sex, _people.duplicate_of).outerjoin(
        Person, _people.id == columns.person_id
    )


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with name, sex and `duplicate_of` of its person. Raises NotFound."""
    row = (await session.execute(_rows().where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def locked(session: AsyncSession, id: UUID, by: Principal) -> tuple[Membership, Institution, Region, Person]:
    """One membership with its institution, the village of the seat, and the person. Raises NotFound.

    The institution is locked first and then the membership, until the transaction ends: so no officer's term that rests
    on the membership is written meanwhile.
    """
    institution_id = await session.scalar(select(columns.institution_id).where(columns.id == id, visible(by)))
    if institution_id is None:
        raise NotFound
    institution, village = await institutions.locked(session, institution_id, by)
    membership = await records.locked(session, Membership, id, visible(by))
    return membership, institution, village, await session.get_one(Person, membership.person_id)


async def spells_of(
    session: AsyncSession, institution_id: UUID, person: Person, besides: UUID | None = None
) -> list[KeptSpell]:
    """Every day a person was a member of an institution, also under records that are duplicates of the same person.

    `besides` is a membership that is left out.
    """
    statement = (
        select(columns.spells)
        .join(Person, _people.id == columns.person_id)
        .where(
            columns.institution_id == institution_id,
            not_(columns.voided),
            canonical() == (person.duplicate_of or person.id),
        )
    )
    if besides is not None:
        statement = statement.where(columns.id != besides)
    return [spell for spells in await session.scalars(statement) for spell in spells]


def listed(
    principal: Principal,
    *,
    region: str | None = None,
    institution: UUID | None = None,
    person: UUID | None = None,
    sex: Sex | None = None,
    member_on: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[str]:
    """The rows under these filters that the caller may see, as answers show them; voided ones instead if asked for.

    `region` is a stored code of the seat or above it.
    """
    seat = institutions.columns.village_code
    statement = (
        select(SHOWN.item)
        .select_from(_table)
        .outerjoin(Person.__table__, _people.id == columns.person_id)
        .join(Institution.__table__, institutions.columns.id == columns.institution_id)
        .where(institutions.visible(principal), columns.voided if voided else not_(columns.voided))
    )
    if region is not None and region != NATION:
        statement = statement.where(below(seat, region))
    for column, value in ((columns.institution_id, institution), (columns.person_id, person), (_people.sex, sex)):
        if value is not None:
            statement = statement.where(column == value)
    if member_on is not None:
        statement = statement.where(on(member_on))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
