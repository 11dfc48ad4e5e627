"""Reads of reference data over HTTP: revisions with their regions, within the caller's areas."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting.models import region
from services.reporting.reference.lookups import newest
from shared.auth import Principal, below
from shared.pagination import Order
from shared.problems import NotFound


def revisions(table: Table, principal: Principal) -> Select[Any]:
    """Every revision in the caller's areas, with its region."""
    shown = (
        region.c.code.label("region_code"),
        region.c.name.label("region_name"),
        region.c.level.label("region_level"),
    )
    return (
        select(*table.c, newest(table).label("current"), *shown)
        .join(region, region.c.id == table.c.region_id)
        .where(region.c.code.is_not(None), principal.within(region.c.code))
    )


def narrowed(statement: Select[Any], table: Table, *, area: str | None, history: bool, **equal: Any) -> Select[Any]:
    """Those of a region and below, of fields that equal what is asked; all revisions, or those that hold."""
    if area is not None and area != "ID":
        statement = statement.where(below(region.c.code, area))
    for name, value in equal.items():
        if value is not None:
            statement = statement.where(table.c[name] == value)
    return statement if history else statement.where(newest(table))


def by_region(table: Table) -> Order:
    """By region, then year, then revision."""
    return Order([region.c.code, table.c.year, table.c.revision, table.c.id])


async def one(session: AsyncSession, table: Table, principal: Principal, id: UUID) -> Any:
    """One revision. Raises NotFound."""
    row = (await session.execute(revisions(table, principal).where(table.c.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


def alike(statement: Select[Any], table: Table, row: Any) -> Select[Any]:
    """Every revision of what a row is about."""
    for name in ("region_id", "year", "month", "kind", "unit"):
        if name in table.c:
            statement = statement.where(table.c[name].is_not_distinct_from(getattr(row, name)))
    return statement
