"""A rebuild of the copies of registry: the same consumer over the same topics into a shadow schema, while the live one
serves and keeps up.

Resumable (`shared.rebuilding`). At the end the live consumer stands still while the shadow catches up to exactly its
positions and both are compared; the live tables then take on each row that differs, in one transaction. They are not
exchanged: requests hold some of their rows, and hardly any ever differs. What is seen by a code that was wrong follows
afterwards (`known.following`).
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import cache

import asyncpg
import structlog
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.schema import CreateTable

from services.activities.known import copies, registry
from services.activities.known.models import KnownInstitution, KnownRegion, KnownRegionCode, KnownSuccession
from services.activities.mapping import ActivitiesTable
from services.activities.settings import Settings
from shared import database, rebuilding
from shared.consumer import Consumer
from shared.positions import parked_event, position
from shared.rebuilding import SHADOW, Outcome, Progress, steps

log = structlog.get_logger(__name__)

LIVE = "public"
SUBJECTS: tuple[type[ActivitiesTable], ...] = (
    KnownInstitution, *dict.fromkeys(copies.COPIES.values()), KnownRegion,
)  # fmt: skip
"""Copies with a row for each subject, in the order in which their rows are locked."""
OF_REGIONS: tuple[type[ActivitiesTable], ...] = (KnownRegionCode, KnownSuccession)
"""Copies with several rows for each region."""
NOT_COPIED = {"known_region": {"follows"}, "known_region_code": {"id"}}
"""Columns that say nothing of registry."""


async def rebuild(
    settings: Settings, *, replace_differing: bool = False, restart: bool = False,
    progress: Progress = lambda step, done, of: None, fault: Callable[[str], None] = lambda point: None,
) -> Outcome:  # fmt: skip
    """Rebuilds, compares and, if `replace_differing`, replaces what differs; the shadow is kept otherwise.

    Works as the owner of the tables. `fault` is called at named points; tests end the rebuild there.
    """
    owner = settings.as_owner()
    connection = await asyncpg.connect(owner.driver_dsn, command_timeout=600)
    engine = database.open_engine(owner, pool_size=2, schema=SHADOW)
    try:
        await _open_shadow(connection, engine, restart=restart)
        consumer = Consumer(owner, engine, registry.CONTRACTS, registry.copy, fault)
        while (behind := await rebuilding.behind(connection, LIVE)) > rebuilding.CLOSE_ENOUGH:
            bounds = await rebuilding.reached(connection, LIVE)
            if not await consumer.replay(bounds, steps(progress, "replay", behind)):
                break  # a recreated topic ends before the live positions
        # Bounded: the live consumer stands still meanwhile. The lock goes with the connection, whatever happens.
        async with asyncio.timeout(rebuilding.STILL_AT_MOST):
            await connection.execute("SELECT pg_advisory_lock($1)", registry.LOCK)
            behind = await rebuilding.behind(connection, LIVE)
            bounds = await rebuilding.reached(connection, LIVE)
            await consumer.replay(bounds, steps(progress, "catch up", behind))
            outcome = await rebuilding.compared(connection, LIVE, _comparable())
            if replace_differing or not outcome.differences:
                await _replace(connection)
                outcome.swapped = True
        return outcome
    finally:
        await engine.dispose()
        await connection.close()


def _tables() -> list[Table]:
    copied = [mapped.__table__ for mapped in (*SUBJECTS, *OF_REGIONS)]
    return [*(table for table in copied if isinstance(table, Table)), position, parked_event]


@cache
def _shape() -> str:
    """Of the tables that a rebuild fills: one that was begun with others cannot go on."""
    written = "".join(str(CreateTable(table)) for table in _tables())
    return hashlib.sha256(written.encode()).hexdigest()


async def _open_shadow(connection: asyncpg.Connection, engine: AsyncEngine, *, restart: bool) -> None:
    """Makes the shadow's empty tables, unless a rebuild of the same ones is under way."""
    if not restart and await _under_way(connection) == _shape():
        log.info("rebuild.resumes")
        return
    await connection.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
    await connection.execute(f"CREATE SCHEMA {SHADOW}")
    # From the models, which `make check` holds equal to the migrations.
    async with engine.begin() as shadow:
        for table in _tables():
            await shadow.run_sync(table.create, checkfirst=False)
    # Last: a rebuild that was stopped before is begun anew.
    await connection.execute(f"CREATE TABLE {SHADOW}.rebuild_of (shape text NOT NULL)")
    await connection.execute(f"INSERT INTO {SHADOW}.rebuild_of VALUES ($1)", _shape())  # noqa: S608  # our own names


async def _under_way(connection: asyncpg.Connection) -> str | None:
    if not await connection.fetchval("SELECT to_regclass($1)::text", f"{SHADOW}.rebuild_of"):
        return None
    found: str | None = await connection.fetchval(f"SELECT shape FROM {SHADOW}.rebuild_of")  # noqa: S608  # our own names
    return found


def _columns(mapped: type[ActivitiesTable]) -> list[str]:
    left_out = NOT_COPIED.get(mapped.__tablename__, set())
    return [column.name for column in mapped.__table__.columns if column.name not in left_out]


def _comparable() -> dict[str, str]:
    return {
        mapped.__tablename__: f"SELECT {', '.join(_columns(mapped))} FROM {{schema}}.{mapped.__tablename__}"  # noqa: S608  # our own names
        for mapped in (*SUBJECTS, *OF_REGIONS)
    }


async def _replace(connection: asyncpg.Connection) -> None:
    """Lets the live tables take on what differs, in one transaction, with the positions it is of; drops the shadow."""
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '10s'")
        await connection.execute("CREATE TEMP TABLE turned (id uuid) ON COMMIT DROP")
        for mapped in SUBJECTS:
            for statement in _taking_on(mapped.__tablename__, _columns(mapped)):
                await connection.execute(statement)
        for mapped in OF_REGIONS:
            for statement in _taking_all(mapped.__tablename__, _columns(mapped)):
                await connection.execute(statement)
        await connection.execute(_FOLLOW)
        await connection.execute(f"DELETE FROM {LIVE}.position")  # noqa: S608  # our own names
        await connection.execute(f"INSERT INTO {LIVE}.position SELECT * FROM {SHADOW}.position")  # noqa: S608  # our own names
        await connection.execute(f"DROP SCHEMA {SHADOW} CASCADE")


# Whoever lies in a village of another code, or is led from another village, is let follow.
_FOLLOW = f"""
    UPDATE {LIVE}.known_region SET follows = true
    WHERE area_code IS NOT NULL AND (id IN (SELECT id FROM turned) OR id IN (
        SELECT village_id FROM {LIVE}.known_institution WHERE id IN (SELECT id FROM turned)
    ))
"""  # noqa: S608  # our own names


def _taking_on(table: str, columns: Sequence[str]) -> list[str]:
    """Statements by which the live rows of subjects become the rebuilt ones, each differing row by itself, in their order."""
    listed, rebuilt = ", ".join(columns), ", ".join(f"rebuilt.{name}" for name in columns)
    taken = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "id")
    live = ", ".join(f"live.{name}" for name in columns)
    return [
        f"DELETE FROM {LIVE}.{table} live WHERE NOT EXISTS (SELECT FROM {SHADOW}.{table} rebuilt WHERE rebuilt.id = live.id)",  # noqa: S608  # our own names
        f"WITH changed AS (INSERT INTO {LIVE}.{table} ({listed}) SELECT {rebuilt} FROM {SHADOW}.{table} rebuilt"  # noqa: S608  # our own names
        f" LEFT JOIN {LIVE}.{table} live USING (id) WHERE live.id IS NULL OR ({live}) IS DISTINCT FROM ({rebuilt})"
        f" ORDER BY rebuilt.id ON CONFLICT (id) DO UPDATE SET {taken} RETURNING id)"
        " INSERT INTO turned SELECT id FROM changed",
    ]


def _taking_all(table: str, columns: Sequence[str]) -> list[str]:
    """Statements by which all live rows of regions become the rebuilt ones whose rows differ in anything."""
    listed = ", ".join(columns)
    live, rebuilt = (f"SELECT {listed} FROM {schema}.{table}" for schema in (LIVE, SHADOW))  # noqa: S608  # our own names
    return [
        f"CREATE TEMP TABLE anew_{table} ON COMMIT DROP AS SELECT DISTINCT region_id FROM"  # noqa: S608  # our own names
        f" (({live} EXCEPT ALL {rebuilt}) UNION ALL ({rebuilt} EXCEPT ALL {live})) AS differing",
        f"DELETE FROM {LIVE}.{table} WHERE region_id IN (SELECT region_id FROM anew_{table})",  # noqa: S608  # our own names
        f"INSERT INTO {LIVE}.{table} ({listed}) {rebuilt} WHERE region_id IN (SELECT region_id FROM anew_{table})",  # noqa: S608  # our own names
    ]
