"""What indicators divide by, for any number of regions and periods: the newest revision of what holds in each period."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, and_, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Integer

from services.reporting.models import region
from services.reporting.periods import Period
from services.reporting.reference.models import population as population_table
from services.reporting.reference.models import ppks_baseline
from shared.codes import BeneficiaryUnit, PpksKind


@dataclass(frozen=True, slots=True)
class Reference:
    """An amount that somebody published: of which month's last day (of a baseline: January's first), and by whom."""

    id: UUID
    amount: int
    year: int
    month: int
    source: str


async def population(
    session: AsyncSession, regions: Sequence[int], periods: Sequence[Period]
) -> dict[tuple[int, int], Reference]:
    """Inhabitants by region key and number of the period: the latest reference not after the period's last day.

    A region and period without one is left out. Nothing is summed from below, or shared out from above.
    """
    table = population_table.c
    rows = await session.execute(_newest(population_table, regions, table.month))
    known: dict[int, list[tuple[int, Reference]]] = {}
    for key, id_, year, month, people, source in rows:
        told = Reference(id_, people, year, month, source)
        known.setdefault(key, []).append((year * 12 + month - 1, told))
    found = {}
    for key, references in known.items():
        for number, period in enumerate(periods):
            held = [(month, each) for month, each in references if month <= period.last]
            if held:
                found[key, number] = max(held, key=lambda one: one[0])[1]
    return found


async def baseline(
    session: AsyncSession,
    regions: Sequence[int],
    periods: Sequence[Period],
    kind: PpksKind | None = None,
    unit: BeneficiaryUnit = BeneficiaryUnit.PERORANGAN,
) -> dict[tuple[int, int], Reference]:
    """PPKS on record at the start of each period's year, by region key and number of the period; of one kind, or of any."""
    return {
        (key, number): told
        for (key, number, of), told in (await baselines(session, regions, periods, unit)).items()
        if of is kind
    }


async def baselines(
    session: AsyncSession,
    regions: Sequence[int],
    periods: Sequence[Period],
    unit: BeneficiaryUnit = BeneficiaryUnit.PERORANGAN,
) -> dict[tuple[int, int, PpksKind | None], Reference]:
    """As `baseline`, of every kind that is on record, and of any (None)."""
    table = ppks_baseline.c
    statement = _newest(ppks_baseline, regions, table.kind).where(table.unit == unit)
    years: dict[int, list[int]] = {}
    for number, period in enumerate(periods):
        years.setdefault(period.begins.year, []).append(number)
    return {
        (key, number, kind): Reference(id_, count, year, 1, source)
        for key, id_, year, kind, count, source in await session.execute(statement.where(table.year.in_(years)))
        for number in years[year]
    }


def _newest(table: Table, regions: Sequence[int], about: Any) -> Select[Any]:
    """Region key, id, year, what it is about, amount and source of each newest revision."""
    return (
        select(region.c.key, table.c.id, table.c.year, about, table.c.amount, table.c.source)
        .join(region, region.c.id == table.c.region_id)
        .where(region.c.key == any_(literal(list(regions), ARRAY(Integer))), newest(table))
    )


def newest(table: Table) -> Any:
    """That a row is the newest revision of what it is about."""
    newer = table.alias()
    alike = [
        newer.c[name].is_not_distinct_from(table.c[name])
        for name in ("region_id", "year", "month", "kind", "unit")
        if name in table.c
    ]
    return ~select(newer.c.id).where(and_(*alike, newer.c.revision > table.c.revision)).exists()
