"""Lists: pages of 50 institutions of a regency, and those of a name, against pgbench running the service's statements.

First pages and those that follow; in a regency by its officer's rights, in the nation by the ministry's. Filled by the
functions that imports use, which is a measurement of its own (`bulk`).
"""

import asyncio
import base64
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import orjson
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from starlette.requests import Request
from starlette.responses import Response

from deploy.bench import bulk, load, population
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from deploy.local.ports import HOST
from services.registry.institutions import queries
from shared.auth import Principal
from shared.codes import InstitutionType, Operation, RegionLevel, Verification
from shared.pagination import PageQuery, bounded

GOAL = Goal(1 / 3, 1 / 2)
GOAL_P95 = Goal(60, 30, most=True)
"""Milliseconds at 8 connections."""
CONNECTIONS = 8
LIMIT = 50
ASKED = 48
"""Pages of each kind, and as many of their followers."""
NATION = "ID"
CODES: dict[str, Callable[[str], Any]] = {
    "type": InstitutionType, "verification": Verification, "operation": Operation,
}  # fmt: skip
_QUOTED = re.compile(r"'[^']*'")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as a caller asks for it."""

    area: str
    """Of the caller's rights."""
    filters: dict[str, str]
    cursor: str | None = None

    @property
    def role(self) -> str:
        """Of the caller."""
        return "ministry" if self.area == NATION else "regency-officer"

    @property
    def address(self) -> str:
        """At the service."""
        query = {**self.filters, "limit": str(LIMIT), **({"cursor": self.cursor} if self.cursor else {})}
        return f"/v1/institutions?{urlencode(query)}"

    def request(self, stage: Stage) -> str:
        """As a load sends it."""
        return load.request("GET", self.address, stage.token(self.role, self.area))


def requests(stage: Stage) -> list[str]:
    """The first page of each of some regencies."""
    return [page.request(stage) for page in _filtered(stage)]


def _filtered(stage: Stage) -> list[Page]:
    """Those at work and verified in some regencies, every third of one type."""
    here = {"verification": "terverifikasi", "operation": "aktif"}
    return [
        Page(NATION, {"region": code, **here, **({"type": "KUBE"} if place % 3 == 2 else {})})
        for place, code in enumerate(_regencies(stage))
    ]


def _regencies(stage: Stage) -> list[str]:
    codes = [row.code for row in stage.region_rows() if row.level is RegionLevel.REGENCY]
    return random.Random(1).choices(codes, k=ASKED)  # noqa: S311  # made-up data


def _named(areas: Sequence[str]) -> list[Page]:
    """What people look for in these areas: parts of names, now and then misspelt."""
    chance = random.Random(4)  # noqa: S311  # made-up data
    return [Page(area, {"q": population.sought(chance)}) for area in areas]


def run(stage: Stage) -> list[Row]:
    """Institutions loaded per second; pages per second, and how long they take."""
    with installed(stage, "registry") as wahana:
        rows = bulk.fill(wahana)
        wahana.start("registry")
        regencies = _regencies(stage)
        for name, pages in (
            (f"list of {LIMIT} of a regency", _filtered(stage)),
            ("search in a regency", _named(regencies)),
            ("search in the nation", _named([NATION] * ASKED)),
        ):
            rows += _measured(wahana, name, pages)
    return rows


def _measured(wahana: Installation, name: str, pages: Sequence[Page]) -> list[Row]:
    stage, limits, outcomes = wahana.stage, [], []
    scripts, following = asyncio.run(_prepared(wahana, pages))
    wanted = [page.request(stage) for page in (*pages, *following)]
    for _ in range(stage.size.rounds):
        limits.append(wahana.pgbench("registry", scripts, clients=CONNECTIONS))
        outcomes.append(wahana.load("registry", wanted, connections=CONNECTIONS))
    rate = Measured.of([one.rate for one in outcomes], "/s")
    return [
        against(f"{name}, {stage.size.institutions:,} in all", rate, Measured.of(limits, "/s"), GOAL),
        Row("… its p95", Measured.of([one.p95 for one in outcomes], "ms"), goal=GOAL_P95),
        *load.rows(outcomes),
    ]


async def _prepared(wahana: Installation, pages: Sequence[Page]) -> tuple[list[str], list[Page]]:
    """The statements that read these pages and those that follow them, and the latter as they are asked for."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{wahana.port('registry')}") as client:
        following = [page for first in pages if (page := await _following(client, wahana.stage, first))]
    connection = await wahana.connect("registry")
    scripts = [await _script(connection, page) for page in (*pages, *following)]
    await connection.close()
    return scripts, following


async def _following(client: httpx.AsyncClient, stage: Stage, page: Page) -> Page | None:
    answer = await client.get(
        page.address, headers={"Authorization": f"Bearer {stage.token(page.role, page.area)}"}, timeout=60
    )
    cursor = answer.raise_for_status().json()["next"]
    return Page(page.area, page.filters, cursor) if cursor else None


async def _script(connection: asyncpg.Connection, page: Page) -> str:
    """The statement by which the service reads this page, its parameters written into it."""
    caller = Principal("", "", frozenset({page.role}), (page.area,))
    async with connection.transaction():
        statement, order = await queries.listed(
            connection, caller, **{name: CODES.get(name, str)(value) for name, value in page.filters.items()}
        )
    mark = orjson.loads(base64.urlsafe_b64decode(f"{page.cursor}=="))[0] if page.cursor else ""
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    wanted = bounded(statement, order, PageQuery(LIMIT, page.cursor, False, mark, request, Response()))
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    text = str(wanted.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return _QUOTED.sub(_without_colon, text) + ";\n"


def _without_colon(quoted: re.Match[str]) -> str:
    """A quoted text in which pgbench reads no variable."""
    text = quoted[0]
    return "E" + text.replace("\\", "\\\\").replace(":", "\\x3a") if ":" in text else text
