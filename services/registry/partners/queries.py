"""Reading partners that the caller may see: one, one to be changed, and lists."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.partners.models import Partner
from services.registry.partners.places import above
from services.registry.partnerships.models import Partnership
from shared import records
from shared.auth import NATION, Principal, below
from shared.codes import PartnerKind
from shared.pagination import Order
from shared.problems import NotFound
from shared.searching import said_like

columns = Partner.__table__.c
_agreements = Partnership.__table__.c


class PartnerSort(StrEnum):
    """Orders of the list; names without regard to case and accents, persons before all named."""

    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    PartnerSort.NAME: Order([columns.sort_name, columns.id]),
    PartnerSort.NAME_DOWN: Order([columns.sort_name, columns.id], descending=True),
    PartnerSort.CHANGED: Order([columns.changed_at, columns.id]),
    PartnerSort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    PartnerSort.ID: Order([columns.id]),
}


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see a partner: its region lies in one of their areas, or holds one of them.

    A village may work with a partner of its regency, its province or the nation. An institution's operator sees those
    that its institution has an agreement with.
    """
    if principal.own_record_only:
        return principal.within(institutions=_agreed_with(principal.institution_id))
    return or_(principal.within(columns.region_code), columns.region_code.in_(above(principal.areas)))


def _agreed_with(institution: UUID | None) -> ColumnElement[bool]:
    if institution is None:
        return false()
    return exists().where(
        _agreements.partner_id == columns.id,
        _agreements.institution_ids.contains([institution]),
        _agreements.voided.is_(False),
    )


def _rows() -> Select[Any]:
    # An outer join: counting the rows does not need it then, and PostgreSQL leaves it out.
    return select(*columns, Region.name.label("region_name")).outerjoin(Region, Region.id == columns.region_id)


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `region_name`. Raises NotFound."""
    row = (await session.execute(_rows().where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def locked(session: AsyncSession, id: UUID, principal: Principal) -> tuple[Partner, Region]:
    """One partner, locked until the transaction ends, and its region. Raises NotFound."""
    partner = await records.locked(session, Partner, id, visible(principal))
    return partner, await session.get_one(Region, partner.region_id)


async def listed(
    session: AsyncSession,
    principal: Principal,
    *,
    region: str | None = None,
    kind: PartnerKind | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
) -> Select[Any]:
    """The rows under these filters that the caller may see, with `region_name`; voided ones instead if asked for.

    `region` is a stored code. `q` finds the names of those that are no persons, in any spelling.
    """
    statement = _rows().where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(below(columns.region_code, region))
    if kind is not None:
        statement = statement.where(columns.kind == kind)
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is not None:
        statement = statement.where(await said_like(session, columns.search_text, q))
    return statement
