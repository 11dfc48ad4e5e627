"""Reading a network's ledger: its lines, its balances, and the least it would ever hold."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from services.registry.network_funds.models import NetworkFundEntry
from shared.codes import FundDirection
from shared.pagination import Order
from shared.problems import NotFound

columns = NetworkFundEntry.__table__.c
BY_DAY = Order([columns.on_date, columns.id])


@dataclass(frozen=True, slots=True)
class Balances:
    """Whole rupiah before, in and after a period."""

    opening: int
    collected: int
    passed_on: int

    @property
    def closing(self) -> int:
        """At the end of the period's last day."""
        return self.opening + self.collected - self.passed_on


def rows(network_id: UUID, since: date | None = None, until: date | None = None) -> Select[Any]:
    """The lines of a network over `[since, until)`, each with `reversed_by`."""
    undoing = aliased(NetworkFundEntry)
    return (
        select(*columns, undoing.id.label("reversed_by"))
        .outerjoin(undoing, undoing.counters == columns.id)
        .where(columns.network_id == network_id, *_during(since, until))
    )


async def read(session: AsyncSession, network_id: UUID, id: UUID) -> Any:
    """One line of a network's ledger. Raises NotFound."""
    row = (await session.execute(rows(network_id).where(columns.id == id))).one_or_none()
    if row is None:
        raise NotFound
    return row


async def balances(
    session: AsyncSession, network_id: UUID, since: date | None = None, until: date | None = None
) -> Balances:
    """What is there before a period, and what the period adds and takes; without days: the whole ledger."""
    of_network = columns.network_id == network_id
    opening = 0
    if since is not None:
        opening = int(await session.scalar(_sum(of_network, columns.on_date < since)))
    collected, passed_on = [
        int(await session.scalar(_sum(of_network, columns.direction == direction, *_during(since, until))))
        for direction in (FundDirection.PENGGALANGAN, FundDirection.PENYALURAN)
    ]
    return Balances(opening, collected, -passed_on)


async def least_from(session: AsyncSession, network_id: UUID, day: date) -> int:
    """The lowest balance at the end of any day from `day` on. The caller holds the network's lock."""
    through_day = int(await session.scalar(_sum(columns.network_id == network_id, columns.on_date <= day)))
    running = (
        select(columns.on_date, func.sum(func.sum(columns.effect)).over(order_by=columns.on_date).label("balance"))
        .where(columns.network_id == network_id)
        .group_by(columns.on_date)
        .subquery()
    )
    later = await session.scalar(select(func.min(running.c.balance)).where(running.c.on_date > day))
    return through_day if later is None else min(through_day, int(later))


def _sum(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.coalesce(func.sum(columns.effect), 0)).where(*conditions)


def _during(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    begun = [] if since is None else [columns.on_date >= since]
    return begun if until is None else [*begun, columns.on_date < until]
