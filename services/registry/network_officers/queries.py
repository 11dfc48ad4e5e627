"""Reading the management of networks within the caller's area: one term, one to be changed, and lists."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.network_officers.models import NetworkOfficer
from services.registry.networks import queries as networks
from services.registry.networks.queries import Held
from services.registry.people import queries as people
from services.registry.people.models import Person
from shared import records
from shared.auth import Principal
from shared.codes import Role
from shared.events.institutions import Term
from shared.pagination import Order
from shared.problems import NotFound

columns = NetworkOfficer.__table__.c
BY_ID = Order([columns.id])


@dataclass(frozen=True, slots=True)
class HeldTerm:
    """A term to be changed with its network, both locked, and the person's name as the caller may see it."""

    officer: NetworkOfficer
    network: Held
    person_name: str | None


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a term: its network is theirs to see."""
    return exists().where(networks.columns.id == columns.network_id, networks.visible(principal))


def _rows(principal: Principal) -> Select[Any]:
    # Who sees a network need not see the people of all its villages: then the name is not told.
    seen = and_(people.columns.id == columns.person_id, people.visible(principal))
    name = people.columns.name.label("person_name")
    return select(*columns, name).select_from(NetworkOfficer).outerjoin(Person, seen).where(visible(principal))


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `person_name`. Raises NotFound."""
    row = (await session.execute(_rows(principal).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def held(session: AsyncSession, id: UUID, by: Principal, now: datetime) -> HeldTerm:
    """One term to be changed: its network is locked first. Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea."""
    row = await read(session, id, by)
    network = await networks.held(session, row.network_id, by, now)
    return HeldTerm(await records.locked(session, NetworkOfficer, id, visible(by)), network, row.person_name)


async def in_the_way(session: AsyncSession, officer: NetworkOfficer, wanted: dict[str, Any]) -> NetworkOfficer | None:
    """A term that does not let `officer` have the wanted role and days: the same person's in it, or another ketua's.

    The caller holds the network's lock.
    """
    same = and_(columns.person_id == officer.person_id, columns.role == wanted["role"])
    rivals = columns.role == Role.KETUA if wanted["role"] is Role.KETUA else same
    begun = [] if wanted["until"] is None else [columns.since < wanted["until"]]
    statement = (
        select(NetworkOfficer)
        .where(
            columns.network_id == officer.network_id, columns.voided.is_(False), columns.id != officer.id, rivals,
            or_(columns.until.is_(None), columns.until > wanted["since"]), *begun,
        )
        .order_by(columns.since)
        .limit(1)
    )  # fmt: skip
    found: NetworkOfficer | None = await session.scalar(statement)
    return found


async def terms(session: AsyncSession, network_id: UUID) -> list[Term]:
    """Every term of a network, oldest first, without who it is."""
    statement = (
        select(columns.role, columns.since, columns.until)
        .where(columns.network_id == network_id, columns.voided.is_(False))
        .order_by(columns.since, columns.role, columns.id)
    )
    return [Term(role=row.role, since=row.since, until=row.until) for row in await session.execute(statement)]


def listed(
    principal: Principal,
    *,
    network: UUID | None = None,
    role: Role | None = None,
    in_office_on: date | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `person_name`; voided ones instead if asked for."""
    statement = _rows(principal).where(columns.voided.is_(voided))
    if network is not None:
        statement = statement.where(columns.network_id == network)
    if role is not None:
        statement = statement.where(columns.role == role)
    if in_office_on is not None:
        statement = statement.where(
            columns.since <= in_office_on, or_(columns.until.is_(None), columns.until > in_office_on)
        )
    return statement
