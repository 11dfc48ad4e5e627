"""The database as a server: reachable, of the right version, migrated, durable, on time, not held up by anybody."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from shared import migrations, walls
from shared.clock import Clock
from shared.doctor.findings import Finding, fault, graded, ok, unknown, warning
from shared.settings import ServiceSettings

VERSION = 180000
"""Of PostgreSQL, as `server_version_num`: uuidv7() and temporal constraints came with 18."""
WITHIN = 8.0
"""Seconds for a connection."""
TIMEOUTS = {"statement_timeout": "30s", "idle_in_transaction_session_timeout": "1min", "TimeZone": "UTC"}
CLOCK = (2.0, 20.0)
"""Seconds that two clocks may differ; a token is believed 30 s past its end."""
HELD = (600.0, 3600.0)
"""Seconds for which a transaction or a replication slot may hold back what vacuum removes and the numbers' age."""
OPEN = """
    SELECT pid, usename, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND extract(epoch FROM clock_timestamp() - xact_start)::float8 > $1::float8
"""
SLOT_BYTES = (2 << 30, 20 << 30)
CROWDED = (0.8, 0.95)
"""Part of the connections that are taken."""
XIDS = (1_000_000_000, 1_800_000_000)
"""Transactions since the oldest that vacuum has not frozen; PostgreSQL refuses writes a little after 2.1 billion."""


async def connect(settings: ServiceSettings, schema: str | None) -> asyncpg.Connection:
    """A connection as the service makes them, that the walls between areas let see everything."""
    connection = await asyncpg.connect(
        settings.driver_dsn, timeout=WITHIN, command_timeout=60,
        server_settings={
            "application_name": f"wahana-{settings.service}-doctor", "search_path": f"{schema or 'public'}, public",
            "statement_timeout": "30s", "idle_in_transaction_session_timeout": "60s", "timezone": "UTC", "jit": "off",
        },
    )  # fmt: skip
    await connection.execute(f"SELECT set_config('{walls.AREAS}', '{walls.EVERYTHING}', false)")  # ours
    return connection


async def version(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """PostgreSQL's version and the encoding of the database."""
    number = int(await connection.fetchval("SHOW server_version_num"))
    said = f"PostgreSQL {await connection.fetchval('SHOW server_version')}"
    if number < VERSION:
        yield fault("database.version", said, "Move to PostgreSQL 18 or newer (pg_upgrade, or backup and restore).")
    else:
        yield ok("database.version", said)
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        yield fault("database.version", f"encoding {encoding}", "Create the database anew with ENCODING 'UTF8'.")


async def migrated(connection: asyncpg.Connection, settings: ServiceSettings) -> AsyncIterator[Finding]:
    """Whether the tables are those of this version of the code."""
    command = f"alembic -c shared/migrations/alembic.ini -n {settings.service} upgrade head"
    if not await connection.fetchval("SELECT to_regclass('public.alembic_version') IS NOT NULL"):
        yield fault("database.migrations", "never migrated", f"Run the migrations as the owner: {command}")
        return
    script = ScriptDirectory.from_config(migrations.config(settings))
    (head,) = script.get_heads()
    stored = [row[0] for row in await connection.fetch("SELECT version_num FROM public.alembic_version")]
    if stored == [head]:
        yield ok("database.migrations", f"at {head}, the newest")
        return
    try:
        known = all(script.get_revision(version) is not None for version in stored)
    except CommandError:
        known = False
    if known:
        yield fault("database.migrations", f"at {stored}, behind {head}", f"Run the migrations as the owner: {command}")
    else:
        yield fault(
            "database.migrations", f"at {stored}, which this version does not know; its newest is {head}",
            "Run the version of Wahana that made it, or restore the backup from before.",
        )  # fmt: skip


async def durable(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """What was answered with 201 survives a fall of the machine."""
    off = [
        n
        for n in ("fsync", "synchronous_commit", "full_page_writes")
        if await connection.fetchval(f"SHOW {n}") == "off"
    ]
    if off:
        yield fault("database.durable", f"{', '.join(off)} off", "Switch it on: else acknowledged writes may be lost.")
    else:
        yield ok("database.durable", "fsync, synchronous_commit and full_page_writes are on")


async def timeouts(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Whether what a service says when it connects has arrived; a pooler may swallow it."""
    for name, wanted in TIMEOUTS.items():
        if (found := await connection.fetchval(f"SHOW {name}")) != wanted:
            yield fault(
                "database.timeouts", f"{name} is {found}, {wanted} was asked for",
                "Connect without a pooler, or let it pass startup parameters (a session pool).",
            )  # fmt: skip
            return
    yield ok("database.timeouts", "statements end after 30 s, idle transactions after 60 s")


async def clocks(connection: asyncpg.Connection, clock: Clock) -> AsyncIterator[Finding]:
    """The database's clock against this machine's, as exactly as the round trip allows."""
    began = time.monotonic()
    before = clock.now()
    at = await connection.fetchval("SELECT clock_timestamp()")
    doubt = (time.monotonic() - began) / 2
    offset = (at - before - timedelta(seconds=doubt)).total_seconds()
    yield graded(
        "clock.database", f"{offset:+.2f} s against this machine (±{doubt:.2f} s)", max(0.0, abs(offset) - doubt), CLOCK,
        "Let both machines follow the same time servers (chrony, systemd-timesyncd).",
    )  # fmt: skip


async def size(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """How large it is. How much room is left only its machine knows."""
    bytes_ = await connection.fetchval("SELECT pg_database_size(current_database())")
    yield unknown(
        "database.disk", f"{bytes_ / (1 << 20):.0f} MiB; what is free there cannot be asked over SQL",
        "Watch the free space of PostgreSQL's machine where it is.",
    )  # fmt: skip


async def crowded(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """How many of the server's connections are taken, by whomever."""
    ((taken, most),) = await connection.fetch("""
        SELECT count(*), current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - current_setting('reserved_connections')::int
        FROM pg_stat_activity WHERE backend_type = 'client backend'
    """)
    yield graded(
        "database.connections", f"{taken} of {most} are taken", taken / most, CROWDED,
        "Raise max_connections, or lower DATABASE_POOL_SIZE or the number of processes.",
    )  # fmt: skip


async def held_back(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Who keeps vacuum, and the watermarks, from moving on: transactions, prepared transactions, replication slots."""
    check = "database.held"
    held = []
    if not await connection.fetchval("SELECT pg_has_role('pg_read_all_stats', 'USAGE')"):
        held.append(unknown(check, "of other roles' transactions only those that this role may see"))
    for row in await connection.fetch(OPEN, HELD[0]):
        said = f"a transaction of {row['usename']} (pid {row['pid']}) is open for {row['seconds']:.0f} s"
        held.append(graded(check, said, row["seconds"], HELD, f"End it: SELECT pg_terminate_backend({row['pid']})."))
    for row in await connection.fetch("""
        SELECT gid, extract(epoch FROM clock_timestamp() - prepared)::float8 AS seconds FROM pg_prepared_xacts
        WHERE database = current_database()
    """):
        said = f"the prepared transaction {row['gid']} is open for {row['seconds']:.0f} s"
        held.append(warning(check, said, f"Nothing of Wahana prepares any: ROLLBACK PREPARED '{row['gid']}'."))
    for finding in held:
        yield finding
    if not any(finding.remedy for finding in held):
        yield ok(check, "no transaction is open for ten minutes")


async def slots(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Replication slots that keep what the server would throw away."""
    rows = await connection.fetch("""
        SELECT slot_name, active, wal_status,
            coalesce(pg_wal_lsn_diff(
                CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_lsn() END, restart_lsn
            ), 0)::float8 AS kept
        FROM pg_replication_slots
    """)
    for row in rows:
        said = f"{row['slot_name']} keeps {row['kept'] / (1 << 20):.0f} MiB, {'used' if row['active'] else 'unused'}"
        remedy = f"Bring its reader back, or drop it: SELECT pg_drop_replication_slot('{row['slot_name']}')."
        if row["wal_status"] in ("lost", "unreserved"):
            yield fault("database.slots", f"{said}, {row['wal_status']}", remedy)
        elif not row["active"]:
            yield warning("database.slots", said, remedy)
        else:
            yield graded("database.slots", said, row["kept"], SLOT_BYTES, remedy)
    if not rows:
        yield ok("database.slots", "no replication slot keeps anything")


async def wraparound(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """How far vacuum is from freezing too late."""
    age = await connection.fetchval("SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()")
    yield graded(
        "database.vacuum", f"the oldest unfrozen transaction is {age:,} old", age, XIDS,
        "Find what keeps autovacuum from freezing (database.held, database.slots), and run VACUUM (FREEZE).",
    )  # fmt: skip


async def collation(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """Whether indexes on text are still in the order of the machine's collation library."""
    stale = await connection.fetchval("""
        SELECT datcollversion IS DISTINCT FROM pg_database_collation_actual_version(oid)
        FROM pg_database WHERE datname = current_database()
    """)
    if stale:
        yield warning(
            "database.collation",
            "made by another version of the collation library",
            "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION.",
        )
    else:
        yield ok("database.collation", "as when the indexes were made")


async def owner(connection: asyncpg.Connection, settings: ServiceSettings) -> AsyncIterator[Finding]:
    """The owner's address, if there is one, leads to this very database and to who owns its tables."""
    name = f"{settings.service.upper()}_OWNER_DATABASE_URL"
    if settings.owner_database_url is None:
        yield unknown("database.owner", f"{name} is not set here; migrations need it")
        return
    place = "SELECT current_database(), pg_postmaster_start_time()"
    theirs = await asyncpg.connect(settings.as_owner().driver_dsn, timeout=WITHIN)
    try:
        if await theirs.fetchrow(place) != await connection.fetchrow(place):
            yield fault(
                "database.owner", "leads to another database", f"Correct {name}: the same database, other role."
            )
            return
        owners = [row[0] for row in await theirs.fetch("""
            SELECT DISTINCT tableowner::text FROM pg_tables
            WHERE schemaname IN ('public', 'live', 'reference') AND NOT pg_has_role(current_user, tableowner, 'USAGE')
        """)]  # fmt: skip
    finally:
        await theirs.close()
    if owners:
        yield fault("database.owner", f"tables belong to {', '.join(owners)}", f"Name the tables' owner in {name}.")
    else:
        yield ok("database.owner", "leads to the same database, and owns its tables")
