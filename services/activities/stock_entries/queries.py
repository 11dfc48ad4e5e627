"""Granaries as a caller may see them: the area scope, entries, balances, and the least that there is from a day on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from operator import eq, ge, le
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownInstitution, KnownRegion
from services.activities.parameters import Voided, narrowed
from services.activities.quantities import as_stored
from services.activities.stock_entries.models import StockBalance, StockEntry
from shared.auth import NATION, Principal, below
from shared.codes import StockDirection, StockReason
from shared.pagination import Order
from shared.problems import NotFound

_entries = StockEntry.__table__.c
_balances = StockBalance.__table__.c
_institutions = KnownInstitution.__table__.c
_seats = KnownRegion.__table__.c


def visible(principal: Principal) -> ColumnElement[bool]:
    """Entries of an institution whose seat lies in the caller's area; for an institution's operator, of its own."""
    return _of_institution(_entries.institution_id, principal)


def _of_institution(id: ColumnElement[UUID], principal: Principal) -> ColumnElement[bool]:
    scope = principal.within(_seats.area_code, institutions=id == principal.institution_id)
    # Joined, not compared: what is false for a caller without an institution leaves the comparison out.
    seat = KnownInstitution.__table__.join(KnownRegion.__table__, _seats.id == _institutions.village_id)
    return exists().select_from(seat).where(_institutions.id == id, scope)


def _in_region(id: ColumnElement[UUID], region: str) -> ColumnElement[bool]:
    seat = exists().where(
        _institutions.id == id, _seats.id == _institutions.village_id, below(_seats.area_code, region)
    )  # fmt: skip
    return true() if region == NATION else seat


def _named() -> Select[StockEntry, str]:
    return select(StockEntry, KnownInstitution.name).outerjoin(
        KnownInstitution, KnownInstitution.id == StockEntry.institution_id
    )


async def one(session: AsyncSession, id: UUID, principal: Principal) -> tuple[StockEntry, str | None]:
    """An entry as the caller may see it, and the institution's name. Raises NotFound."""
    row = (await session.execute(_named().where(_entries.id == id, visible(principal)))).one_or_none()
    if row is None:
        raise NotFound
    return row.StockEntry, row.name


async def least_from(session: AsyncSession, ledger: "Ledger", day: date) -> Decimal:
    """The lowest balance at the end of any day from `day` on. The caller holds the balance's row."""
    of_it = and_(
        _entries.institution_id == ledger.institution_id, _entries.commodity == ledger.commodity,
        _entries.unit == ledger.unit,
    )  # fmt: skip
    through_day = select(func.coalesce(func.sum(_entries.effect), 0)).where(of_it, _entries.moved_on <= day)
    running = (
        select(_entries.moved_on, func.sum(func.sum(_entries.effect)).over(order_by=_entries.moved_on).label("balance"))
        .where(of_it)
        .group_by(_entries.moved_on)
        .subquery()
    )
    later = select(func.min(running.c.balance)).where(running.c.moved_on > day)
    # LEAST passes over nulls: without a later day, what there is at the end of this one.
    found: Decimal | None = await session.scalar(
        select(func.least(through_day.scalar_subquery(), later.scalar_subquery()))
    )
    return as_stored(found or Decimal(0))


@dataclass(frozen=True, slots=True)
class Ledger:
    """What has a balance of its own: an institution's stock of one commodity in one unit."""

    institution_id: UUID
    commodity: str
    unit: str


class StockEntrySort(StrEnum):
    """Orders of the list."""

    MOVED_ON = "moved_on"
    MOVED_ON_DOWN = "-moved_on"
    CHANGED_AT = "changed_at"
    CHANGED_AT_DOWN = "-changed_at"

    @property
    def order(self) -> Order:
        """The order as a list takes it."""
        return Order([_entries[self.removeprefix("-")], _entries.id], descending=self.startswith("-"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; days are inclusive, `region` is a code of today."""

    region: str | None
    institution_id: UUID | None
    commodity: str | None
    unit: str | None
    direction: StockDirection | None
    reason: StockReason | None
    activity_id: UUID | None
    moved_from: date | None
    moved_until: date | None
    changed_since: datetime | None
    voided: Voided


def entries(principal: Principal, filters: Filters) -> Select[Any]:
    """Entries that the caller may see under these filters, each with its institution's name."""
    same = ("institution_id", "commodity", "unit", "direction", "reason", "activity_id")
    found = narrowed(
        *((_entries[name], eq, getattr(filters, name)) for name in same),
        (_entries.moved_on, ge, filters.moved_from),
        (_entries.moved_on, le, filters.moved_until),
        (_entries.changed_at, ge, filters.changed_since),
    )
    if filters.region is not None:
        found.append(_in_region(_entries.institution_id, filters.region))
    statement: Any = _named().where(visible(principal), *found, *filters.voided.of(_entries.voided))
    shown: Select[Any] = statement
    return shown


BY_LEDGER = Order([_balances.institution_id, _balances.commodity, _balances.unit])


def balances(
    principal: Principal, region: str | None, institution_id: UUID | None, commodity: str | None,
    month: tuple[date, date] | None,
) -> Select[Any]:  # fmt: skip
    """The balances that the caller may see, before, in and after a month `[since, until)`, or of the whole ledger."""
    since, until = month or (date.min, date.max)
    inside = and_(_entries.moved_on >= since, ~_entries.voided)

    def went(direction: StockDirection) -> Any:
        return func.coalesce(
            func.sum(case((and_(inside, _entries.direction == direction), _entries.quantity), else_=0)), 0
        )

    sums = (
        select(
            func.coalesce(func.sum(case((_entries.moved_on < since, _entries.effect), else_=0)), 0).label("opening"),
            went(StockDirection.MASUK).label("entered"), went(StockDirection.KELUAR).label("left"),
        )
        .where(
            _entries.institution_id == _balances.institution_id, _entries.commodity == _balances.commodity,
            _entries.unit == _balances.unit, _entries.moved_on < until,
        )
        .lateral("sums")
    )  # fmt: skip
    statement = (
        select(*_balances, KnownInstitution.name, sums.c.opening, sums.c.entered, sums.c.left)
        .select_from(StockBalance.__table__.join(sums, true()))
        .outerjoin(KnownInstitution, KnownInstitution.id == _balances.institution_id)
        .where(_of_institution(_balances.institution_id, principal))
    )
    for column, value in ((_balances.institution_id, institution_id), (_balances.commodity, commodity)):
        statement = statement if value is None else statement.where(column == value)
    return statement if region is None else statement.where(_in_region(_balances.institution_id, region))
