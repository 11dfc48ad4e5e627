"""Reading institutions within the caller's area: one, one to be changed, and lists."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import search
from services.registry.institutions.schemas import InstitutionOut
from services.registry.models import Institution, Region
from shared.auth import NATION, Principal, below
from shared.codes import ActivityField, FundingSource, InstitutionType, Operation, PpksKind, Verification
from shared.pagination import Order
from shared.problems import NotFound
from shared.shown import Shown

_table = Institution.__table__
columns = _table.c


class Sort(StrEnum):
    """Orders of the list; names without regard to case and accents."""

    NAME = "name"
    NAME_DOWN = "-name"
    CHANGED = "changed_at"
    CHANGED_DOWN = "-changed_at"
    ID = "id"


ORDERS = {
    Sort.NAME: Order([columns.sort_name, columns.id]),
    Sort.NAME_DOWN: Order([columns.sort_name, columns.id], descending=True),
    Sort.CHANGED: Order([columns.changed_at, columns.id]),
    Sort.CHANGED_DOWN: Order([columns.changed_at, columns.id], descending=True),
    Sort.ID: Order([columns.id]),
}


SHOWN = Shown(
    InstitutionOut,
    _table,
    village="institution.village_code",
    village_name="(SELECT region.name FROM region WHERE region.id = institution.village_id)",
    active_from="institution.active #> '{0,since}'",
    coordinates="CASE WHEN institution.latitude IS NOT NULL THEN"
    " json_build_object('latitude', institution.latitude, 'longitude', institution.longitude) END",
    absorbed="(SELECT coalesce(json_agg(json_build_object('institution_id', one.value -> 'institution_id',"
    " 'type', one.value -> 'type', 'merged_on', one.value -> 'merged_on')), '[]')"
    " FROM jsonb_array_elements(institution.absorbed) AS one)",
    pending_change_request_id="institution.change_request_id",
)
"""A row as `states.answer` answers it."""


def visible(principal: Principal) -> ColumnElement[bool]:
    """That the caller may see and change an institution: its seat is in one of their areas, or it is their own."""
    own = columns.id == principal.institution_id
    return principal.within(columns.village_code, institutions=own)


def _rows() -> Select[Any]:
    # An outer join: counting the rows does not need it then, and PostgreSQL leaves it out.
    return select(*columns, Region.name.label("village_name"), Region.time_zone).outerjoin(
        Region, Region.id == columns.village_id
    )


async def read(session: AsyncSession, id: UUID, principal: Principal) -> Any:
    """One row, with `village_name` and `time_zone`. Raises NotFound."""
    row = (await session.execute(_rows().where(columns.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def refuse_invisible(session: AsyncSession, id: UUID, principal: Principal) -> None:
    """Raises NotFound when there is no such institution or the caller may not see it."""
    if await session.scalar(select(columns.id).where(columns.id == id, visible(principal))) is None:
        raise NotFound


async def locked(
    session: AsyncSession, id: UUID, principal: Principal, *, share: bool = False
) -> tuple[Institution, Region]:
    """One institution, locked until the transaction ends, and the village of its seat. Raises NotFound.

    The lock is taken before the version is compared: of many changes meant for one version exactly one goes through.
    With `share` nobody changes it meanwhile, and others may hold it so too.
    """
    statement = (
        select(Institution, Region)
        .join(Region, Region.id == Institution.village_id)
        .where(columns.id == id, visible(principal))
        .with_for_update(of=Institution, read=share)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def listed(
    driver: asyncpg.Connection,
    principal: Principal,
    *,
    region: str | None = None,
    type: InstitutionType | None = None,
    verification: Verification | None = None,
    operation: Operation | None = None,
    activity_field: ActivityField | None = None,
    ppks_kind: PpksKind | None = None,
    funding_source: FundingSource | None = None,
    changed_since: datetime | None = None,
    q: str | None = None,
    voided: bool = False,
    sort: Sort = Sort.NAME,
) -> tuple[Select[str], Order]:
    """The rows under these filters that the caller may see, as answers show them; voided ones instead if asked for.

    `region` is a stored code. `q` finds names and local names (`institutions.search`).
    """
    statement = select(SHOWN.item).select_from(_table).where(visible(principal), columns.voided.is_(voided))
    if region is not None and region != NATION:
        statement = statement.where(below(columns.village_code, region))
    for column, value in ((columns.type, type), (columns.verification, verification), (columns.operation, operation)):
        if value is not None:
            statement = statement.where(column == value)
    for column, held in (
        (columns.activity_fields, activity_field), (columns.ppks_kinds, ppks_kind),
        (columns.funding_sources, funding_source and {"source": funding_source}),
    ):  # fmt: skip
        if held is not None:
            statement = statement.where(type_coerce(column, JSONB).contains([held]))
    if changed_since is not None:
        statement = statement.where(columns.changed_at >= changed_since)
    if q is None:
        return statement, ORDERS[sort]
    if search.is_small(region, principal):
        return statement.where(search.looked_at(q)), ORDERS[sort]
    return statement.where(await search.looked_up(driver, statement, q)), search.order(ORDERS[sort])
