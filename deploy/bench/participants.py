"""A completed activity with 30 named participants: POSTs against the same rows written by the raw driver.

The rows are those of a POST: the activity, its sheet, a pair for each person, two events and two entries of the audit
trail, each table's by one prepared statement. The raw driver has an event loop and 16 connections of its own, as the
service has.
"""

import asyncio
import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import uvloop
from asyncpg.pool import PoolConnectionProxy
from uuid_utils.compat import uuid7

from deploy.bench import load
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage

PARTICIPANTS = 30
LEADS = 500
PEOPLE = 20_000
BODIES = 2000
CONNECTIONS = 16
GOAL = Goal(0.40, 0.60)
"""1 ÷ 2.5, and what we aim at."""

# Their village is one that has arrived; nobody of them is a member of more than one institution.
INSTITUTIONS = """
    INSERT INTO known_institution (id, sequence, name, type, village_id, active, verification, voided)
    SELECT gen_random_uuid(), 1, 'Arisan Melati ' || n, 'ARS', village.id, '[{"since": "2015-09-01", "until": null}]',
        'terverifikasi', false
    FROM generate_series(1, $1::int) AS n JOIN (
        SELECT id, row_number() OVER (ORDER BY random()) AS place, count(*) OVER () AS villages FROM known_region
        WHERE level = 'village'
    ) AS village ON place = 1 + n % villages
    RETURNING id, (SELECT code FROM known_region WHERE known_region.id = village_id) AS code
"""
MEMBERS = """
    WITH person AS (
        INSERT INTO known_person (id, sequence, sex, birth_year, village_id, duplicate_of, erased, voided)
        SELECT gen_random_uuid(), 1, 'P', 1987, NULL, NULL, false, false FROM generate_series(1, $1::int) RETURNING id
    ), member AS (
        INSERT INTO known_membership (id, sequence, person_id, institution_id, spells, voided)
        SELECT gen_random_uuid(), 1, id, ($2::uuid[])[1 + floor(random() * cardinality($2::uuid[]))::int],
            '[{"since": "2020-01-01", "until": null}]', false FROM person
    ) SELECT id FROM person
"""
TABLES = ("activity", "attendance_sheet", "attendance", "outbox", "audit_entry")


def requests(wahana: Installation) -> list[str]:
    """POSTs of activities that were held, each with its own thirty people."""
    leads = [(row["id"], row["code"]) for row in wahana.fetch("activities", INSTITUTIONS, LEADS)]
    people = [str(row["id"]) for row in wahana.fetch("activities", MEMBERS, PEOPLE, [id for id, _ in leads])]
    wahana.execute("activities", "ANALYZE known_institution, known_person, known_membership")
    chance = random.Random(5)  # noqa: S311  # made-up data
    token = wahana.stage.token("integration")
    return [_post(chance, token, *chance.choice(leads), chance.sample(people, PARTICIPANTS)) for _ in range(BODIES)]


def _post(chance: random.Random, token: str, lead: UUID, village: str, people: Iterable[str]) -> str:
    day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 60))).isoformat()
    named = [{"person_id": one, "role": chance.choice(["anggota", "warga", "relawan"])} for one in people]
    return load.request("POST", "/v1/activities", token, {
        "title": f"Kerja bakti {chance.randrange(1000)}", "kind": "gotong_royong", "strategy": "pemberdayaan",
        "objective": "Saluran bersih sebelum musim hujan", "target_group": {"members": True},
        "village": village, "lead_institution_id": str(lead),
        "completion": {
            "held_from": day, "held_until": day, "invited": {"total": 40},
            "attended": {"total": 35, "by_sex": {"female": 20, "male": 15}}, "attendance": {"people": named},
        },
    })  # fmt: skip


def run(stage: Stage) -> list[Row]:
    """POSTs per second over 16 connections, and what the raw driver writes of the same rows meanwhile in a copy."""
    posts: list[load.Outcome] = []
    limits: list[float] = []
    with installed(stage, "activities") as wahana, installed(stage, "activities") as raw:
        wahana.start("activities")
        bodies = requests(wahana)
        wahana.load("activities", bodies, share=0.5)
        rows = {table: wahana.fetch("activities", _example(table)) for table in TABLES}
        for _ in range(stage.size.rounds):
            posts.append(wahana.load("activities", bodies))
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                limits.append(runner.run(_driven(raw.dsn("activities"), rows, stage.size.seconds)))
    rate, limit = Measured.of([one.rate for one in posts], "/s"), Measured.of(limits, "/s")
    return [against(f"POST an activity with {PARTICIPANTS} participants", rate, limit, GOAL), *load.rows(posts)]


def _example(table: str) -> str:
    """What one POST has written into a table."""
    activity = "(SELECT activity_id FROM attendance_sheet ORDER BY id LIMIT 1)"
    sheet = "(SELECT id FROM attendance_sheet ORDER BY id LIMIT 1)"
    wanted = {
        "activity": f"id = {activity}",
        "attendance_sheet": f"id = {sheet}",
        "attendance": f"sheet_id = {sheet}",
        "outbox": f"subject_id IN ({activity}, {sheet})",
        "audit_entry": f"record_id IN ({activity}::text, {sheet}::text)",
    }
    return f"SELECT * FROM {table} WHERE {wanted[table]}"  # noqa: S608  # our own names


async def _driven(dsn: str, rows: dict[str, list[asyncpg.Record]], seconds: float) -> float:
    """Transactions per second that write these rows under ids of their own."""
    pool = await asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS)
    written, ends = 0, time.perf_counter() + seconds

    async def write() -> None:
        nonlocal written
        async with pool.acquire() as connection:
            while time.perf_counter() < ends:
                await _write(connection, rows)
                written += 1

    await asyncio.gather(*(write() for _ in range(CONNECTIONS)))
    await pool.close()
    return written / seconds


async def _write(connection: asyncpg.Connection | PoolConnectionProxy, rows: dict[str, list[asyncpg.Record]]) -> None:
    ids = {str(row["id"]): uuid7() for table in ("activity", "attendance_sheet") for row in rows[table]}
    async with connection.transaction():
        for table, examples in rows.items():
            columns = [name for name in examples[0].keys() if (table, name) not in _GIVEN]  # noqa: SIM118  # a record
            places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  # our own names
            values = [[_anew(name, row[name], ids) for name in columns] for row in examples]
            await connection.executemany(statement, values)


_GIVEN = {("outbox", "id"), ("audit_entry", "id"), ("outbox", "feed_position")}
"""Columns whose values the database gives, or the relay."""


def _anew(column: str, value: object, ids: dict[str, UUID]) -> object:
    if column == "event_id":
        return uuid7()
    given = ids.get(str(value))
    return value if given is None else str(given) if isinstance(value, str) else given
