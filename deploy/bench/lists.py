"""Lists: a page of 50 institutions of a regency, against pgbench running the very statement the service runs."""

import asyncio
import random
from typing import Any

from sqlalchemy import event
from starlette.requests import Request
from starlette.responses import Response

from deploy.bench import load
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from services.registry.institutions import queries
from services.registry.institutions.queries import ORDERS, Sort
from shared import database
from shared.auth import Principal
from shared.codes import RegionLevel
from shared.pagination import PageQuery, paginate

GOAL = Goal(0.15, 0.20)
LIMIT = 50
REGIONS = 48

# Every third village has none, the others from one to a few; nearly all are verified and at work.
FILL = """
WITH village AS (
    SELECT id, code, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS all_villages
    FROM region WHERE level = 'village'
), made AS (
    SELECT number, floor(power(random(), 1.5) * (SELECT max(all_villages) FROM village))::bigint AS place,
        random() AS luck, now() - random() * interval '900 days' AS at
    FROM generate_series(1, {count}) AS number
)
INSERT INTO institution (id, sequence, type, name, origin, legal_status, village_id, village_code, founded_on, members,
    active, seats, operation, verification, makers, voided, registered_at, changed_at, sort_name, search_text)
SELECT uuidv7(), 3, (ARRAY['ARS', 'KUBE', 'LBD', 'KMT', 'SNM', 'KSM', 'OSN'])[1 + number % 7],
    (ARRAY['Arisan', 'Kelompok', 'Paguyuban', 'Rukun'])[1 + number % 4] || ' Melati ' || number, 'tumbuh',
    'tidak_berbadan_hukum', village.id, village.code, date '2015-08-17',
    '{{"female": 24, "male": 3, "unknown": 0}}', '[{{"since": "2015-09-01", "until": null}}]',
    jsonb_build_array(jsonb_build_object('village_id', village.id, 'village', village.code, 'since', NULL, 'until', NULL)),
    CASE WHEN luck < 0.9 THEN 'aktif' ELSE 'vakum' END, CASE WHEN luck < 0.8 THEN 'terverifikasi' ELSE 'draf' END,
    '[]', luck > 0.99, at, at,
    lower((ARRAY['Arisan', 'Kelompok', 'Paguyuban', 'Rukun'])[1 + number % 4]) || ' melati ' || number,
    lower((ARRAY['Arisan', 'Kelompok', 'Paguyuban', 'Rukun'])[1 + number % 4]) || ' melati ' || number
FROM made JOIN village USING (place)
"""


def requests(stage: Stage) -> list[str]:
    """The first page of each of some regencies."""
    token = stage.token("ministry")
    return [load.request("GET", f"/v1/institutions?region={code}&limit={LIMIT}", token) for code in _regencies(stage)]


def _regencies(stage: Stage) -> list[str]:
    codes = [row.code for row in stage.region_rows() if row.level is RegionLevel.REGENCY]
    return random.Random(1).sample(codes, min(REGIONS, len(codes)))  # noqa: S311  # made-up data


def fill(wahana: Installation) -> None:
    """Institutions in random villages."""
    wahana.execute("registry", FILL.format(count=wahana.stage.size.institutions))
    wahana.execute("registry", "VACUUM (ANALYZE) institution")


def run(stage: Stage) -> list[Row]:
    """Pages per second over 16 connections."""
    size, wanted, limits, outcomes = stage.size, requests(stage), [], []
    with installed(stage, "registry") as wahana:
        fill(wahana)
        scripts = [asyncio.run(_statement(wahana, code)) + ";\n" for code in _regencies(stage)]
        wahana.start("registry")
        for _ in range(size.rounds):
            limits.append(wahana.pgbench("registry", scripts))
            outcomes.append(wahana.load("registry", wanted))
    rate = Measured.of([one.rate for one in outcomes], "/s")
    return [
        against(f"list of {LIMIT} of {size.institutions:,}", rate, Measured.of(limits, "/s"), GOAL),
        *load.rows(outcomes),
    ]


async def _statement(wahana: Installation, region: str) -> str:
    """The statement by which the service reads this page, its parameters written into it."""
    engine = database.open_engine(wahana.settings("registry"), pool_size=1)
    executed: list[Any] = []
    event.listen(engine.sync_engine, "before_execute", lambda _, statement, *more: executed.append(statement))
    ministry = Principal("", "", frozenset({"ministry"}), ("ID",))
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    page = PageQuery(LIMIT, None, False, "", request, Response())
    async with database.transaction(database.sessions(engine)) as session:
        wanted = await queries.listed(session, ministry, region=region)
        await paginate(session, wanted, ORDERS[Sort.NAME], page)
    await engine.dispose()
    return str(executed[-1].compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
