"""What was planned in a programme against what was done, summed by the database when it is asked: exact at that moment."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.programmes.schemas import BudgetProgress, Counts, KindCounts, MonthCounts, Progress
from shared.codes import ActivityKind, FundingSource
from shared.problems import NotFound

_COUNTS = tuple(Counts.model_fields)
# One statement: counts and sums are of one moment. An activity is counted by its plan in one month and held in another.
_READ = text("""
    WITH belonging AS MATERIALIZED (
        SELECT kind, status, planned_until, held_until, resources FROM activity
        WHERE programme_id = :id AND NOT voided
    ), counted AS (
        SELECT kind, to_char(planned_until, 'YYYY-MM') AS month, 1 AS planned, 0 AS completed,
            (status = 'dibatalkan')::int AS cancelled, (status = 'direncanakan')::int AS open
        FROM belonging WHERE planned_until IS NOT NULL
        UNION ALL
        SELECT kind, to_char(held_until, 'YYYY-MM'), 0, 1, 0, 0 FROM belonging WHERE held_until IS NOT NULL
    ), sums AS (
        SELECT kind, month, sum(planned) AS planned, sum(completed) AS completed, sum(cancelled) AS cancelled,
            sum(open) AS open
        FROM counted GROUP BY GROUPING SETS ((), (kind), (month))
    ), lines AS (
        SELECT line ->> 'source' AS source, CAST(line ->> 'value' AS bigint) AS planned, 0 AS contributed, 0 AS unvalued
        FROM programme, jsonb_array_elements(budget) AS line WHERE id = :id
        UNION ALL
        SELECT sum ->> 'source', 0, CAST(sum ->> 'value' AS bigint), CAST(sum ->> 'unvalued' AS bigint)
        FROM belonging, jsonb_array_elements(resources) AS sum
    ), money AS (
        SELECT source, sum(planned) AS planned, sum(contributed) AS contributed, sum(unvalued) AS unvalued
        FROM lines GROUP BY source
    )
    SELECT year, (SELECT json_agg(sums) FROM sums) AS counts, (SELECT json_agg(money) FROM money) AS money
    FROM programme WHERE id = :id
""").bindparams(bindparam("id", type_=Uuid))


async def read(session: AsyncSession, id: UUID) -> Progress:
    """The progress of a programme that the caller may see. Raises NotFound."""
    row = (await session.execute(_READ, {"id": id})).one_or_none()
    if row is None:
        raise NotFound
    counts: list[dict[str, Any]] = row.counts
    months = {f"{row.year}-{month:02}" for month in range(1, 13)}
    by_month = {one["month"]: one for one in counts if one["month"]}
    by_kind = {one["kind"]: one for one in counts if one["kind"]}
    (whole,) = (one for one in counts if not one["month"] and not one["kind"])
    money = {one["source"]: one for one in row.money or []}
    return Progress(
        programme_id=id,
        year=row.year,
        activities=Counts(**_numbers(whole)),
        by_month=[
            MonthCounts(month=month, **_numbers(by_month.get(month, {}))) for month in sorted(months | by_month.keys())
        ],
        by_kind=[KindCounts(kind=kind, **_numbers(by_kind[kind])) for kind in ActivityKind if kind in by_kind],
        budget=[_of_source(source, money[source]) for source in FundingSource if source in money],
    )


def _numbers(counted: Mapping[str, Any]) -> dict[str, int]:
    return {name: counted.get(name) or 0 for name in _COUNTS}


def _of_source(source: FundingSource, sums: Mapping[str, int]) -> BudgetProgress:
    planned, contributed = sums["planned"], sums["contributed"]
    return BudgetProgress(
        source=source, planned=planned, contributed=contributed, difference=contributed - planned,
        unvalued=sums["unvalued"],
    )  # fmt: skip
