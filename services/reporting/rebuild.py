"""A rebuild: the same projection over the same topics into a shadow schema, while the live one serves and keeps up.

Resumable: the shadow has positions of its own, so a rebuild that was killed goes on where it was. At the end the live
projection stands still for a moment, the shadow catches up to exactly its positions, both are compared, and the schemas
change names in one transaction. Readers see either the one or the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg
import structlog

from services.reporting import recomputation, worker
from services.reporting.dossiers import PROJECTION_LOCK
from services.reporting.measures import GROUPS
from services.reporting.models import METADATA, SCHEMA
from services.reporting.periods import Period
from services.reporting.settings import Settings
from shared import database
from shared.kafka import TopicPartition

log = structlog.get_logger(__name__)

SHADOW = "rebuild"
RETIRED = "retired"
CLOSE_ENOUGH = 2000
"""Events behind at which the live projection is asked to stand still."""
Progress = Callable[[str, int, int], None]
"""Told the step, what is done and what there is to do."""


@dataclass
class Outcome:
    """What a rebuild found: rows only one side has, by table, with a few samples; and whether it was swapped in."""

    differences: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)
    swapped: bool = False


async def rebuild(
    settings: Settings, *, replace_differing: bool = False, restart: bool = False,
    progress: Progress = lambda step, done, of: None,
) -> Outcome:  # fmt: skip
    """Rebuilds, compares and swaps. With differences it swaps only if `replace_differing`; the shadow is kept otherwise."""
    connection = await asyncpg.connect(settings.driver_dsn, command_timeout=600)
    engine = database.open_engine(settings, pool_size=2, schema=SHADOW)
    try:
        await _open_shadow(connection, Period.parse(settings.statistics_from).first, restart=restart)
        consumer = worker.consumer(settings, engine)
        while (behind := await _behind(connection)) > CLOSE_ENOUGH:
            step = _steps(progress, "replay", behind)
            if not await consumer.replay(await _positions(connection), step):
                break  # a recreated topic ends before the live positions
        await connection.execute("SELECT pg_advisory_lock($1, hashtext($2))", PROJECTION_LOCK, SCHEMA)
        await consumer.replay(await _positions(connection), _steps(progress, "catch up", await _behind(connection)))
        outcome = await _compare(connection)
        if replace_differing or not outcome.differences:
            await _swap(connection)
            outcome.swapped = True
        return outcome
    finally:
        await engine.dispose()
        await connection.close()


def _steps(progress: Progress, step: str, of: int) -> Callable[[int], None]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(step, done, of)

    return advance


def _tables() -> list[str]:
    return [table.name for metadata in METADATA for table in metadata.sorted_tables]


async def _open_shadow(connection: asyncpg.Connection, statistics_from: int, *, restart: bool) -> None:
    """Makes the shadow's empty tables like the live ones, unless a rebuild by the same measures is under way."""
    async with connection.transaction():
        if await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", f"{SHADOW}.measure_version") and not restart:
            claimed = await connection.fetchval(f"SELECT version FROM {SHADOW}.measure_version")  # noqa: S608
            if claimed == recomputation.version(statistics_from):
                log.info("rebuild.resumes")
                return
        await connection.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
        await connection.execute(f"CREATE SCHEMA {SHADOW}")
        for table in _tables():
            await connection.execute(f"CREATE TABLE {SHADOW}.{table} (LIKE {SCHEMA}.{table} INCLUDING ALL)")
        await connection.execute(
            f"INSERT INTO {SHADOW}.measure_version (measures, version) VALUES ('all', $1)",  # noqa: S608
            recomputation.version(statistics_from),
        )


async def _positions(connection: asyncpg.Connection) -> dict[TopicPartition, int]:
    rows = await connection.fetch(f"SELECT topic, partition, next_offset FROM {SCHEMA}.position")  # noqa: S608
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}


async def _behind(connection: asyncpg.Connection) -> int:
    count: int = await connection.fetchval(
        f"SELECT coalesce(sum(live.next_offset - coalesce(shadow.next_offset, 0)), 0)::bigint FROM {SCHEMA}.position live"  # noqa: S608
        f" LEFT JOIN {SHADOW}.position shadow USING (topic, partition)"
    )
    return count


async def _compare(connection: asyncpg.Connection) -> Outcome:
    """Rows that only one of the schemas has, in either direction. Regions are compared by id: their numbers may differ."""
    outcome = Outcome()
    for table, query in _comparable().items():
        live, shadow = query.format(schema=SCHEMA), query.format(schema=SHADOW)
        rows = await connection.fetch(
            f"(SELECT 'live' AS side, * FROM ({live} EXCEPT ALL {shadow}) a)"  # noqa: S608
            f" UNION ALL (SELECT 'rebuilt', * FROM ({shadow} EXCEPT ALL {live}) b) LIMIT 1000"
        )
        if rows:
            outcome.differences[table] = len(rows)
            outcome.samples.extend(f"{table} {dict(row)}" for row in rows[:5])
    return outcome


def _comparable() -> dict[str, str]:
    queries = {
        "dossier": "SELECT subject_id, sequence, md5(state::text) AS digest FROM {schema}.dossier",
        "region": "SELECT id, sequence, md5(state::text) AS digest FROM {schema}.region",
        "tally": "SELECT owner_id, tag, period, amount FROM {schema}.tally WHERE amount <> 0",
    }
    for group in GROUPS:
        nonzero = " OR ".join(f"{name} <> 0" for name in group.measures)
        queries[group.table.name] = (
            f"SELECT id, month, dimension, tree, {', '.join(group.measures)} FROM {{schema}}.{group.table.name}"  # noqa: S608
            f" JOIN {{schema}}.region ON key = region_key WHERE {nonzero}"
        )
    return queries


async def _swap(connection: asyncpg.Connection) -> None:
    """Gives the shadow the live name in one transaction; the old tables stay as `retired` until the next rebuild."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        await connection.execute(f"INSERT INTO {SHADOW}.watermark SELECT * FROM {SCHEMA}.watermark")  # noqa: S608
        await connection.execute(f"TRUNCATE {SHADOW}.parked_event")
        await connection.execute(
            f"INSERT INTO {SHADOW}.parked_event OVERRIDING SYSTEM VALUE SELECT * FROM {SCHEMA}.parked_event"  # noqa: S608
        )
        await connection.execute(
            f"SELECT setval(pg_get_serial_sequence('{SHADOW}.parked_event', 'id'),"  # noqa: S608
            f" (SELECT coalesce(max(id), 0) + 1 FROM {SHADOW}.parked_event), false)"
        )
        await connection.execute(f"DROP SCHEMA IF EXISTS {RETIRED} CASCADE")
        await connection.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {RETIRED}")
        await connection.execute(f"ALTER SCHEMA {SHADOW} RENAME TO {SCHEMA}")
