"""Lists: pages of 50 institutions of a regency, and those of a name, against pgbench running the service's statements.

First pages and those that follow; in a regency by its officer's rights, in the nation by the ministry's. Filled by the
functions that imports use, which is a measurement of its own (`bulk`).
"""

import random
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
from sqlalchemy import Select

from deploy.bench import bulk, pages, population
from deploy.bench.figures import Goal, Row
from deploy.bench.installation import installed
from deploy.bench.pages import ASKED, LIMIT, NATION, Listing, Page
from deploy.bench.stage import Stage
from services.registry.institutions import queries
from shared.codes import InstitutionType, Operation, RegionLevel, Verification
from shared.pagination import Order

GOAL = Goal(1 / 3, 1 / 2)
CODES: dict[str, Callable[[str], Any]] = {
    "type": InstitutionType, "verification": Verification, "operation": Operation,
}  # fmt: skip


def requests(stage: Stage) -> list[str]:
    """The first page of each of some regencies."""
    return [page.request(stage) for page in _filtered(stage)]


def regencies(stage: Stage) -> list[str]:
    """Codes of those that are asked about."""
    codes = [row.code for row in stage.region_rows() if row.level is RegionLevel.REGENCY]
    return random.Random(1).choices(codes, k=ASKED)  # noqa: S311  # made-up data


def _page(area: str, filters: dict[str, str]) -> Page:
    return Page("/v1/institutions", "ministry" if area == NATION else "regency-officer", area, filters)


def _filtered(stage: Stage) -> list[Page]:
    """Those at work and verified in some regencies, every third of one type."""
    here = {"verification": "terverifikasi", "operation": "aktif"}
    return [
        _page(NATION, {"region": code, **here, **({"type": "KUBE"} if place % 3 == 2 else {})})
        for place, code in enumerate(regencies(stage))
    ]


def _named(areas: Sequence[str]) -> list[Page]:
    """What people look for in these areas: parts of names, now and then misspelt."""
    chance = random.Random(4)  # noqa: S311  # made-up data
    return [_page(area, {"q": population.sought(chance)}) for area in areas]


def run(stage: Stage) -> list[Row]:
    """Institutions loaded per second; pages per second, and how long they take."""
    listing = Listing("registry", _listed)
    with installed(stage, "registry") as wahana:
        rows = bulk.fill(wahana)
        wahana.start("registry")
        for name, wanted in (
            (f"list of {LIMIT} of a regency", _filtered(stage)),
            ("search in a regency", _named(regencies(stage))),
            ("search in the nation", _named([NATION] * ASKED)),
        ):
            name = f"{name}, {stage.size.institutions:,} in all"
            rows += pages.measured(wahana, listing, name, wanted, GOAL)
    return rows


async def _listed(connection: asyncpg.Connection, page: Page) -> tuple[Select[Any], Order]:
    filters = {name: CODES.get(name, str)(value) for name, value in page.filters.items()}
    return await queries.listed(connection, page.caller, **filters)
