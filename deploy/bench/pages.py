"""Pages of lists as callers ask for them, first ones and those that follow, against pgbench running their statements."""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import orjson
from sqlalchemy import ClauseElement, Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from starlette.requests import Request
from starlette.responses import Response

from deploy.bench import load
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation
from deploy.bench.stage import Stage
from deploy.local.ports import HOST
from shared.auth import Principal
from shared.pagination import Order, PageQuery, bounded

GOAL_P95 = Goal(60, 30, most=True)
"""Milliseconds at 8 connections."""
CONNECTIONS = 8
LIMIT = 50
ASKED = 48
"""Pages of each kind, and as many of their followers."""
NATION = "ID"
_QUOTED = re.compile(r"'[^']*'")


@dataclass(frozen=True, slots=True)
class Page:
    """One page as a caller asks for it."""

    path: str
    role: str
    area: str
    """Of the caller's rights."""
    filters: dict[str, str]
    cursor: str | None = None

    @property
    def address(self) -> str:
        """At the service."""
        query = {**self.filters, "limit": str(LIMIT), **({"cursor": self.cursor} if self.cursor else {})}
        return f"{self.path}?{urlencode(query)}"

    @property
    def caller(self) -> Principal:
        """As the service sees who asks."""
        return Principal("", "", frozenset({self.role}), (self.area,))

    def request(self, stage: Stage) -> str:
        """As a load sends it."""
        return load.request("GET", self.address, stage.token(self.role, self.area))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a service. `statement`: what reads a page's rows, and their order, as the service composes them."""

    service: str
    statement: Callable[[asyncpg.Connection, Page], Awaitable[tuple[Select[Any], Order]]]


def measured(
    wahana: Installation, listing: Listing, name: str, pages: Sequence[Page], goal: Goal | None = None
) -> list[Row]:
    """Pages per second, and how long they take. `goal` is about their ratio to the limit."""
    scripts, following = asyncio.run(_prepared(wahana, listing, pages))
    requests = [page.request(wahana.stage) for page in (*pages, *following)]
    return raced(wahana, listing.service, name, scripts, requests, goal)


def raced(
    wahana: Installation,
    service: str,
    name: str,
    scripts: Sequence[str],
    requests: Sequence[str],
    goal: Goal | None = None,
) -> list[Row]:
    """Requests per second against pgbench running what the service runs for them, in turns; and how long they take."""
    limits, outcomes = [], []
    for _ in range(wahana.stage.size.rounds):
        limits.append(wahana.pgbench(service, scripts, clients=CONNECTIONS))
        outcomes.append(wahana.load(service, requests, connections=CONNECTIONS))
    rate = Measured.of([one.rate for one in outcomes], "/s")
    return [
        against(name, rate, Measured.of(limits, "/s"), goal),
        Row("… its p95", Measured.of([one.p95 for one in outcomes], "ms"), goal=GOAL_P95),
        *load.rows(outcomes),
    ]


async def _prepared(wahana: Installation, listing: Listing, pages: Sequence[Page]) -> tuple[list[str], list[Page]]:
    """The statements that read these pages and those that follow them, and the latter as they are asked for."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{wahana.port(listing.service)}") as client:
        following = [page for first in pages if (page := await _following(client, wahana.stage, first))]
    connection = await wahana.connect(listing.service)
    scripts = [await _script(connection, listing, page) for page in (*pages, *following)]
    await connection.close()
    return scripts, following


async def _following(client: httpx.AsyncClient, stage: Stage, page: Page) -> Page | None:
    answer = await client.get(
        page.address, headers={"Authorization": f"Bearer {stage.token(page.role, page.area)}"}, timeout=60
    )
    cursor = answer.raise_for_status().json()["next"]
    return replace(page, cursor=cursor) if cursor else None


async def _script(connection: asyncpg.Connection, listing: Listing, page: Page) -> str:
    """The statement by which the service reads this page."""
    async with connection.transaction():
        statement, order = await listing.statement(connection, page)
    mark = orjson.loads(base64.urlsafe_b64decode(f"{page.cursor}=="))[0] if page.cursor else ""
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []})
    return script(bounded(statement, order, PageQuery(LIMIT, page.cursor, False, mark, request, Response())))


def script(statement: ClauseElement) -> str:
    """A statement for pgbench, its parameters written into it."""
    dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    return _QUOTED.sub(_without_colon, text) + ";\n"


def _without_colon(quoted: re.Match[str]) -> str:
    """A quoted text in which pgbench reads no variable."""
    text = quoted[0]
    return "E" + text.replace("\\", "\\\\").replace(":", "\\x3a") if ":" in text else text
