"""A rebuild: the same projection over the same topics into a shadow schema, while the live one serves and keeps up.

Resumable: the shadow has positions of its own, so a rebuild that was killed goes on where it was. At the end the live
projection stands still while the shadow catches up to exactly its positions and both are compared (seconds to minutes,
by size; reads and writes go on), and the schemas change names in one transaction. A region has the same number in both,
so that a reader in the middle of an answer reads equal rows.
"""

import asyncio

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting import moving, versions, worker
from services.reporting.dossiers import PROJECTION_LOCK
from services.reporting.measures import GROUPS
from services.reporting.models import LIVE, SCHEMA
from services.reporting.people import comparing
from services.reporting.periods import Period
from services.reporting.settings import Settings
from shared import database, rebuilding
from shared.rebuilding import SHADOW, Outcome, Progress, steps

log = structlog.get_logger(__name__)

RETIRED = "retired"
CLOSE_ENOUGH = rebuilding.CLOSE_ENOUGH
"""Events behind at which the live projection is asked to stand still."""


class RegionsArrived(RuntimeError):
    """The shadow numbers its regions otherwise than the live tables: it was thrown away."""


async def rebuild(
    settings: Settings, *, replace_differing: bool = False, restart: bool = False,
    progress: Progress = lambda step, done, of: None,
) -> Outcome:  # fmt: skip
    """Rebuilds, compares and swaps. With differences it swaps only if `replace_differing`; the shadow is kept otherwise.

    Works as the owner of the tables.
    """
    settings = settings.as_owner()
    connection = await asyncpg.connect(settings.driver_dsn, command_timeout=600)
    engine = database.open_engine(settings, pool_size=2, schema=SHADOW)
    try:
        first = Period.parse(settings.statistics_from).first
        await _open_shadow(connection, engine, first, restart=restart)
        consumer = worker.consumer(settings, engine)
        while (behind := await rebuilding.behind(connection, SCHEMA)) > CLOSE_ENOUGH:
            step = steps(progress, "replay", behind)
            if not await consumer.replay(await rebuilding.reached(connection, SCHEMA), step):
                break  # a recreated topic ends before the live positions
        # Bounded: the live projection stands still meanwhile. The lock goes with the connection, whatever happens.
        async with asyncio.timeout(rebuilding.STILL_AT_MOST):
            await _hold_still(connection, settings, first)
            step = steps(progress, "catch up", await rebuilding.behind(connection, SCHEMA))
            await consumer.replay(await rebuilding.reached(connection, SCHEMA), step)
            await moving.finish(engine, first)
            outcome = await _compare(connection)
            if replace_differing or not outcome.differences:
                await _swap(connection)
                outcome.swapped = True
        return outcome
    finally:
        await engine.dispose()
        await connection.close()


async def _hold_still(connection: asyncpg.Connection, settings: Settings, statistics_from: int) -> None:
    """Lets the live projection stand still at a moment when no village waits to be moved.

    Numbers of other measures are not moved by ours; they will differ anyway.
    """
    engine = database.open_engine(settings, pool_size=1, schema=SCHEMA)
    ours = True
    try:
        while True:
            try:
                await moving.finish(engine, statistics_from)
            except versions.MeasuresChanged:
                ours = False
            await connection.execute("SELECT pg_advisory_lock($1, hashtext($2))", PROJECTION_LOCK, SCHEMA)
            waits = await connection.fetchval(f"SELECT EXISTS (SELECT FROM {SCHEMA}.region WHERE moves)")  # noqa: S608  # our own names
            if not (waits and ours):
                return
            await connection.execute("SELECT pg_advisory_unlock($1, hashtext($2))", PROJECTION_LOCK, SCHEMA)
    finally:
        await engine.dispose()


async def _open_shadow(
    connection: asyncpg.Connection, engine: AsyncEngine, statistics_from: int, *, restart: bool
) -> None:
    """Makes the shadow's empty tables, unless a rebuild by the same measures is under way.

    Its regions bear the live numbers from the start: a reader who has looked up a region's number before the swap and
    reads the cells after it must read the same region's.
    """
    if not restart and await _under_way(connection) == versions.version(statistics_from):
        log.info("rebuild.resumes")
        return
    await connection.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
    await connection.execute(f"CREATE SCHEMA {SHADOW}")
    # From the models, which `make check` holds equal to the migrations: LIKE would give indexes other names.
    async with engine.begin() as shadow:
        for metadata in LIVE:
            await shadow.run_sync(metadata.create_all, checkfirst=False)
    async with connection.transaction():
        await connection.execute(
            f"INSERT INTO {SHADOW}.region (key, id, sequence) OVERRIDING SYSTEM VALUE"  # noqa: S608  # our own names
            f" SELECT key, id, 0 FROM {SCHEMA}.region"
        )
        await _continue_numbers(connection, "region", "key")
        await connection.execute(
            f"INSERT INTO {SHADOW}.measure_version (measures, version) VALUES ('all', $1)",  # noqa: S608  # our own names
            versions.version(statistics_from),
        )


async def _under_way(connection: asyncpg.Connection) -> str | None:
    """The measures of a rebuild that was begun; its last preparation is to say them."""
    if not await connection.fetchval("SELECT to_regclass($1)::text", f"{SHADOW}.measure_version"):
        return None
    found: str | None = await connection.fetchval(f"SELECT version FROM {SHADOW}.measure_version")  # noqa: S608  # our own names
    return found


async def _continue_numbers(connection: asyncpg.Connection, table: str, column: str) -> None:
    await connection.execute(
        f"SELECT setval(pg_get_serial_sequence('{SHADOW}.{table}', '{column}'),"  # noqa: S608  # our own names
        f" (SELECT coalesce(max({column}), 0) + 1 FROM {SHADOW}.{table}), false)"
    )


async def _compare(connection: asyncpg.Connection) -> Outcome:
    """Rows that only one of the schemas has, in either direction. Raises RegionsArrived."""
    if await connection.fetchval(
        f"SELECT EXISTS (SELECT FROM {SCHEMA}.region live JOIN {SHADOW}.region shadow USING (id)"  # noqa: S608  # our own names
        " WHERE live.key <> shadow.key)"
    ):
        await connection.execute(f"DROP SCHEMA {SHADOW} CASCADE")
        raise RegionsArrived("new regions arrived during the rebuild and have other numbers there: run it again")
    return await rebuilding.compared(connection, SCHEMA, _comparable())


def _comparable() -> dict[str, str]:
    queries = {
        "dossier": "SELECT subject_id, noun, sequence, md5(state::text) AS digest FROM {schema}.dossier WHERE sequence > 0",
        "region": "SELECT id, sequence, md5(state::text) AS digest FROM {schema}.region WHERE sequence > 0",
        "tally": "SELECT owner_id, tag, period, amount FROM {schema}.tally WHERE amount <> 0",
        **comparing.QUERIES,
    }
    for group in GROUPS:
        nonzero = " OR ".join(f"{name} <> 0" for name in group.measures)
        queries[group.table.name] = (
            f"SELECT region_key, month, dimension, tree, {', '.join(group.measures)}"  # noqa: S608  # our own names
            f" FROM {{schema}}.{group.table.name} WHERE {nonzero}"
        )
    return queries


async def _swap(connection: asyncpg.Connection) -> None:
    """Gives the shadow the live name in one transaction; the old tables stay as `retired` until the next rebuild."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        for table in ("watermark", "idempotency_key"):
            await connection.execute(f"INSERT INTO {SHADOW}.{table} SELECT * FROM {SCHEMA}.{table}")  # noqa: S608  # our own names
        await connection.execute(f"TRUNCATE {SHADOW}.parked_event")
        await connection.execute(
            f"INSERT INTO {SHADOW}.parked_event OVERRIDING SYSTEM VALUE SELECT * FROM {SCHEMA}.parked_event"  # noqa: S608  # our own names
        )
        await _continue_numbers(connection, "parked_event", "id")
        await rebuilding.carry_rights(connection, SCHEMA)
        await connection.execute(f"DROP SCHEMA IF EXISTS {RETIRED} CASCADE")
        await connection.execute(f"ALTER SCHEMA {SCHEMA} RENAME TO {RETIRED}")
        await connection.execute(f"ALTER SCHEMA {SHADOW} RENAME TO {SCHEMA}")
