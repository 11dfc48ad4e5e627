"""Reading network memberships within the caller's area: one, one to be changed, lists, and who is a member on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries as institutions
from services.registry.models import Institution
from services.registry.network_memberships.models import NetworkMembership, NetworkMembershipSpell
from services.registry.networks import queries as networks
from services.registry.networks.queries import Held
from shared import records
from shared.auth import NATION, Principal, below
from shared.pagination import Order
from shared.problems import NotFound

columns = NetworkMembership.__table__.c
_spells = NetworkMembershipSpell.__table__.c
BY_ID = Order([columns.id])


@dataclass(frozen=True, slots=True)
class HeldMembership:
    """A membership to be changed with its network, both locked, and its institution."""

    membership: NetworkMembership
    network: Held
    institution: Institution

    @property
    def regions(self) -> set[UUID]:
        """The regions that its events concern: the network's territory and the institution's seat."""
        return self.network.regions | {self.institution.village_id}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a membership: its network or its institution is in their area; an institution's operator
    sees those of its own."""
    if principal.own_record_only:
        return principal.within(institutions=columns.institution_id == principal.institution_id)
    network = exists().where(networks.columns.id == columns.network_id, networks.visible(principal))
    institution = exists().where(institutions.columns.id == columns.institution_id, institutions.visible(principal))
    return or_(network.correlate(NetworkMembership), institution.correlate(NetworkMembership))


def on(day: date) -> ColumnElement[bool]:
    """That the institution was a member on a day."""
    return exists().where(
        _spells.membership_id == columns.id, _spells.since <= day, or_(_spells.until.is_(None), _spells.until > day)
    )


def _rows(principal: Principal) -> Select[Any]:
    # The network may be seen from where the institution is not: then its name is not told.
    seen = and_(institutions.columns.id == columns.institution_id, institutions.visible(principal))
    name = institutions.columns.name.label("institution_name")
    return select(*columns, name).select_from(NetworkMembership).outerjoin(Institution, seen).where(visible(principal))


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `institution_name`. Raises NotFound."""
    row = (await session.execute(_rows(principal).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def held(session: AsyncSession, id: UUID, by: Principal, now: datetime) -> HeldMembership:
    """One membership to be changed: its institution is held first, so that it is not merged meanwhile, then its network
    is locked and then the membership.

    Raises NotFound, OwnRecordOnly, NetworkOutsideYourArea.
    """
    of = select(columns.network_id, columns.institution_id).where(columns.id == id, visible(by))
    ids = (await session.execute(of)).one_or_none()
    if ids is None:
        raise NotFound
    network_id, institution_id = ids
    # Seen or not: the network may be the caller's to change where the institution is not.
    institution = await session.get_one(Institution, institution_id, with_for_update={"read": True})
    try:
        network = await networks.held(session, network_id, by, now)
    except NotFound as elsewhere:  # the institution is in the caller's area, and the network works elsewhere
        raise networks.NetworkOutsideYourArea from elsewhere
    membership = await records.locked(session, NetworkMembership, id, visible(by))
    return HeldMembership(membership, network, institution)


async def count_on(session: AsyncSession, network_id: UUID, day: date) -> int:
    """How many institutions are members of a network on a day."""
    members = select(func.count()).where(columns.network_id == network_id, columns.voided.is_(False), on(day))
    return await session.scalar(members) or 0


async def was_member(session: AsyncSession, network_id: UUID, institution_id: UUID, day: date) -> bool:
    """Whether an institution is a member of a network on a day."""
    there = select(columns.id).where(
        columns.network_id == network_id, columns.institution_id == institution_id, columns.voided.is_(False), on(day)
    )
    return await session.scalar(there) is not None


def listed(
    principal: Principal,
    *,
    region: str | None = None,
    network: UUID | None = None,
    institution: UUID | None = None,
    member_on: date | None = None,
    changed_since: datetime | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `institution_name`; voided ones instead if asked for.

    `region` is a stored code: of the institution's seat, or above it, as far as the caller may see where that is.
    """
    statement = _rows(principal).where(columns.voided.is_(voided))
    if region is not None and region != NATION:
        seat = institutions.columns.village_code
        there = exists().where(
            institutions.columns.id == columns.institution_id, below(seat, region), institutions.visible(principal)
        )
        statement = statement.where(there.correlate(NetworkMembership))
    for column, value in ((columns.network_id, network), (columns.institution_id, institution)):
        if value is not None:
            statement = statement.where(column == value)
    if member_on is not None:
        statement = statement.where(on(member_on))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    return statement
