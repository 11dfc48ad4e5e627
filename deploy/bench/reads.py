"""Reads: the nation by province, every indicator over twelve months, from cells of ten years with all kinds and types."""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.bench import load
from deploy.bench.figures import Goal, Measured, Row, percentile
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from services.reporting.cells import TOTALLED
from services.reporting.indicators import catalogue, queries
from services.reporting.indicators.queries import Asked
from services.reporting.measures import (
    ACTIVITY,
    AGES,
    ALL,
    GROUPS,
    INSTITUTION,
    KINDS,
    PARTICIPANT,
    PPKS,
    RESOURCE,
    SERVED,
    SEXES,
    SOURCES,
    TYPES,
)
from services.reporting.periods import Period, PeriodKind
from services.reporting.places import Tree
from services.reporting.regions import Place
from shared import database
from shared.codes import RegionLevel

GOAL = Goal(10, 2, most=True)
YEARS = 10
REPEATS = 50
DIMENSIONS = {
    ACTIVITY: len(KINDS), INSTITUTION: len(TYPES), RESOURCE: len(SOURCES), PARTICIPANT: len(SEXES) * len(AGES),
    SERVED: len(PPKS),
}  # fmt: skip
"""How many parts the rows of a group are kept in; 1 for the others."""

# Large regions have every kind in every month, districts a few.
FILL = """
INSERT INTO {table} (region_key, month, dimension, tree, {measures})
SELECT region.key, month, dimension, 0, {amounts}
FROM region, generate_series({first}, {last}) AS month, generate_series(0, {dimensions} - 1) AS dimension
WHERE region.level = ANY(ARRAY{levels})
    AND (region.level <> 'district' OR (region.key + month + dimension) % {dimensions} < 2)
"""


TOTAL = """
INSERT INTO {table} (region_key, month, dimension, tree, {measures})
SELECT region_key, month, {all}, tree, {sums} FROM {table} JOIN region ON region.key = region_key
WHERE region.level = ANY(ARRAY{levels}) GROUP BY region_key, month, tree
"""


def fill(wahana: Installation) -> None:
    """Cells of ten years."""
    last = _last_month()
    for group in GROUPS:
        dimensions = DIMENSIONS.get(group, 1)
        wahana.execute("reporting", FILL.format(
            table=group.table.name, measures=", ".join(group.measures),
            amounts=", ".join("1 + (random() * 400)::int" for _ in group.measures), dimensions=dimensions,
            first=last + 1 - 12 * YEARS, last=last, levels=list(wahana.stage.size.fill),
        ))  # fmt: skip
        if group.split:
            wahana.execute("reporting", TOTAL.format(
                table=group.table.name, measures=", ".join(group.measures), all=ALL,
                sums=", ".join(f"sum({measure})" for measure in group.measures),
                levels=[level.value for level in RegionLevel][:TOTALLED],
            ))  # fmt: skip
    wahana.execute("reporting", "VACUUM (ANALYZE)")


def _last_month() -> int:
    now = datetime.now(UTC)
    return now.year * 12 + now.month - 2


def requests(stage: Stage) -> list[str]:
    """All indicators of all provinces over the last twelve months."""
    token, last = stage.token("ministry"), _last_month()
    series = f"{Period(last - 11, PeriodKind.MONTH)}..{Period(last, PeriodKind.MONTH)}"
    return [
        load.request("GET", f"/v1/indicators/{code}/values?region=ID&children=true&period={series}", token)
        for code in catalogue.CURRENT
    ]


def run(stage: Stage) -> list[Row]:
    """Milliseconds in the database, as round trips of the driver, and as one request for each indicator, one after another."""
    wanted, executed, trips, views, many = requests(stage), [], [], [], []
    with installed(stage, "reporting") as wahana:
        fill(wahana)
        wahana.start("reporting")
        for _ in range(stage.size.rounds):
            in_database, round_trips = asyncio.run(_read(wahana))
            executed.append(in_database)
            trips.append(round_trips)
            one = wahana.load("reporting", wanted, connections=1, share=0.5)
            views.append(len(wanted) * one.seconds / one.count * 1000)
            many.append(wahana.load("reporting", wanted, share=0.5))
    name = f"nation by province, {len(catalogue.CURRENT)} indicators × 12 months"
    return [
        Row(f"{name}, in the database", Measured.of(executed, "ms"), goal=GOAL),
        Row("… as round trips of the driver", Measured.of(trips, "ms")),
        Row(f"… as {len(wanted)} requests one after another", Measured.of(views, "ms")),
        Row("… requests/s over 16 connections", Measured.of([outcome.rate for outcome in many], "/s")),
        *load.rows(many),
    ]


async def _read(wahana: Installation) -> tuple[float, float]:
    """Median milliseconds of the service's own statements: executing them, and their round trips with reading the rows."""
    engine = database.open_engine(wahana.settings("reporting"), pool_size=1, schema="live")
    statements: list[Any] = []
    event.listen(engine.sync_engine, "before_execute", lambda _, statement, *more: statements.append(statement))
    async with database.transaction(database.sessions(engine)) as session:
        await _numbers(session, await provinces(wahana))
    await engine.dispose()
    compiled = [
        str(statement.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
        for statement in statements
    ]
    connection = await wahana.connect("reporting")
    await connection.execute("SET jit = off")
    executing, trips = [], []
    prepared = [await connection.prepare(statement) for statement in compiled]
    for _ in range(REPEATS):
        began = time.perf_counter()
        for statement in prepared:
            await statement.fetch()
        trips.append((time.perf_counter() - began) * 1000)
        plans = [await connection.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}") for text in compiled]
        executing.append(sum(json.loads(plan)[0]["Execution Time"] for plan in plans))
    await connection.close()
    return statistics.median(executing), percentile(trips, 0.5)


async def provinces(wahana: Installation) -> list[Place]:
    """What the service makes of the provinces when their values are asked."""
    connection = await wahana.connect("reporting")
    rows = await connection.fetch("SELECT key, code, name, level FROM region WHERE level = 'province' ORDER BY code")
    await connection.close()
    return [Place(row["key"], row["code"], row["name"], row["level"], "Asia/Jakarta", None) for row in rows]


async def _numbers(session: AsyncSession, places: list[Place]) -> None:
    periods = [Period(month, PeriodKind.MONTH) for month in range(_last_month() - 11, _last_month() + 1)]
    await queries.read(session, catalogue.CURRENT.values(), Asked.about(places, periods, Tree.AS_WAS))
