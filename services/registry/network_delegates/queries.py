"""Reading delegates within the caller's area: one, one to be changed, lists, and whether a person belongs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.memberships import queries as people_memberships
from services.registry.memberships import spells
from services.registry.network_delegates.models import NetworkDelegate
from services.registry.network_memberships import queries as memberships
from services.registry.network_memberships.models import NetworkMembership
from services.registry.network_memberships.queries import HeldMembership
from services.registry.officers.models import Officer
from services.registry.people import queries as people
from services.registry.people.models import Person
from shared import records
from shared.auth import Principal
from shared.pagination import Order
from shared.problems import NotFound

columns = NetworkDelegate.__table__.c
_officers = Officer.__table__.c
BY_ID = Order([columns.id])


@dataclass(frozen=True, slots=True)
class HeldDelegate:
    """A delegate to be changed with the membership and its network, all locked, and the person's name as the caller may
    see it."""

    delegate: NetworkDelegate
    of: HeldMembership
    person_name: str | None


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a delegate: the membership is theirs to see."""
    return exists().where(memberships.columns.id == columns.membership_id, memberships.visible(principal))


def _rows(principal: Principal) -> Select[Any]:
    # Who sees a network need not see the people of all its villages: then the name is not told.
    seen = and_(people.columns.id == columns.person_id, people.visible(principal))
    member = memberships.columns
    return (
        select(*columns, member.network_id, member.institution_id, people.columns.name.label("person_name"))
        .select_from(NetworkDelegate)
        .join(NetworkMembership, member.id == columns.membership_id)
        .outerjoin(Person, seen)
        .where(memberships.visible(principal))
    )


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `network_id`, `institution_id` and `person_name`. Raises NotFound."""
    row = (await session.execute(_rows(principal).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def held(session: AsyncSession, id: UUID, by: Principal, now: datetime) -> HeldDelegate:
    """One delegate to be changed: network and membership are locked first.

    Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea.
    """
    row = await read(session, id, by)
    of = await memberships.held(session, row.membership_id, by, now)
    return HeldDelegate(await records.locked(session, NetworkDelegate, id, visible(by)), of, row.person_name)


async def in_the_way(
    session: AsyncSession, delegate: NetworkDelegate, since: date, until: date | None
) -> NetworkDelegate | None:
    """Other days of the same delegate that overlap `[since, until)`. The caller holds the network's lock."""
    begun = [] if until is None else [columns.since < until]
    found: NetworkDelegate | None = await session.scalar(
        select(NetworkDelegate)
        .where(
            columns.membership_id == delegate.membership_id, columns.person_id == delegate.person_id,
            columns.voided.is_(False), columns.id != delegate.id,
            or_(columns.until.is_(None), columns.until > since), *begun,
        )
        .order_by(columns.since)
        .limit(1)
    )  # fmt: skip
    return found


async def belongs(session: AsyncSession, institution_id: UUID, person: Person, day: date) -> bool:
    """Whether a person is member or officer of an institution on a day, under any record of the same person."""
    days = await people_memberships.spells_of(session, institution_id, person)
    if spells.cover(days, day, day + timedelta(days=1)):
        return True
    in_office = (
        select(_officers.id)
        .join(Person, people.columns.id == _officers.person_id)
        .where(
            _officers.institution_id == institution_id, _officers.voided.is_(False),
            people_memberships.canonical() == (person.duplicate_of or person.id),
            _officers.since <= day, or_(_officers.until.is_(None), _officers.until > day),
        )
        .limit(1)
    )  # fmt: skip
    return await session.scalar(in_office) is not None


def listed(
    principal: Principal,
    *,
    network: UUID | None = None,
    institution: UUID | None = None,
    membership: UUID | None = None,
    delegate_on: date | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, as `read` gives them; voided ones instead if asked for."""
    statement = _rows(principal).where(columns.voided.is_(voided))
    for column, value in (
        (memberships.columns.network_id, network), (memberships.columns.institution_id, institution),
        (columns.membership_id, membership),
    ):  # fmt: skip
        if value is not None:
            statement = statement.where(column == value)
    if delegate_on is not None:
        # Nobody speaks for an institution that has left.
        statement = statement.where(
            columns.since <= delegate_on, or_(columns.until.is_(None), columns.until > delegate_on),
            memberships.on(delegate_on),
        )  # fmt: skip
    return statement
