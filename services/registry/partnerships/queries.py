"""Reading agreements that the caller may see: one, one to be changed, and lists."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Text, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import queries as institutions
from services.registry.models import Region
from services.registry.networks import queries as networks
from services.registry.networks.models import NetworkPlace
from services.registry.partners.models import Partner
from services.registry.partnerships.models import Partnership
from services.registry.partnerships.parties import having
from shared.auth import NATION, Principal, below
from shared.pagination import Order
from shared.problems import NotFound
from shared.searching import said_like

columns = Partnership.__table__.c
_partner = Partner.__table__.c
_region = Region.__table__.c
_place = NetworkPlace.__table__.c


class PartnershipSort(StrEnum):
    """Orders of the list."""

    SINCE = "since"
    SINCE_DOWN = "-since"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    PartnershipSort.SINCE: Order([columns.since, columns.id]),
    PartnershipSort.SINCE_DOWN: Order([columns.since, columns.id], descending=True),
    PartnershipSort.CHANGED: Order([columns.changed_at, columns.id]),
    PartnershipSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    PartnershipSort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see an agreement: one of its parties, who are institutions and networks, is theirs to see."""
    return having(institutions.visible(principal), networks.visible(principal))


def in_force(on: date) -> ColumnElement[bool]:
    """That an agreement is in force on a day: begun, and neither run out nor ended early."""
    until = func.coalesce(columns.ended_on, columns.until)
    return (columns.since <= on) & or_(until.is_(None), until > on)


def _rows() -> Select[Any]:
    """Agreements with their partner's kind and names, and the codes of the areas covered."""
    codes = select(_region.code).where(_region.id == columns.region_ids.any_()).order_by(_region.code)
    areas = func.array(codes.scalar_subquery(), type_=ARRAY(Text)).label("areas")
    partner = (_partner.kind, _partner.name, _partner.person_name)
    return select(*columns, *partner, areas).join(Partner, _partner.id == columns.partner_id)


async def read(session: AsyncSession, id: UUID, principal: Principal | None) -> Any:
    """One row, with what `_rows` adds; without a principal, one the caller has locked. Raises NotFound."""
    statement = _rows().where(columns.id == id)
    if principal is not None:
        statement = statement.where(visible(principal))
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row


async def listed(
    session: AsyncSession,
    principal: Principal,
    *,
    region: str | None = None,
    partner: UUID | None = None,
    institution: UUID | None = None,
    network: UUID | None = None,
    in_force_on: date | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with what `_rows` adds; voided ones if asked for.

    `region` is a stored code: it finds those with a party there that the caller may see. `q` finds titles and numbers in any spelling.
    """
    statement = _rows().where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        # Parties that the caller may not see are not looked for: where they are would be told.
        institution_there = below(institutions.columns.village_code, region) & institutions.visible(principal)
        statement = statement.where(having(institution_there, _works_in(region) & networks.visible(principal)))
    if partner is not None:
        statement = statement.where(columns.partner_id == partner)
    if institution is not None:
        statement = statement.where(columns.institution_ids.contains([institution]))
    if network is not None:
        statement = statement.where(columns.network_ids.contains([network]))
    if in_force_on is not None:
        statement = statement.where(in_force(in_force_on))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is not None:
        statement = statement.where(await said_like(session, columns.search_text, q))
    return statement


def _works_in(region: str) -> ColumnElement[bool]:
    return (
        select(_place.network_id)
        .where(_place.network_id == networks.columns.id, below(_place.village_code, region))
        .exists()
    )
