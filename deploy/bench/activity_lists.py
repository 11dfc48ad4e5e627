"""Lists of activities and of who came: pages of 50 by village, regency or nation and month, sheets, and their people.

First pages and those that follow, against pgbench running the service's statements. What is asked about is drawn as
activities are: busy villages more often than others. Callers have the rights of the village, the regency or the nation.
The goal is how long they take. Most of these statements take the database a fraction of a millisecond, so that the ratio
tells what all the rest of a request costs.
"""

import asyncio
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select

from deploy.bench import load, pages, undertakings
from deploy.bench.figures import Row
from deploy.bench.installation import Installation, installed
from deploy.bench.pages import ASKED, LIMIT, NATION, Listing, Page
from deploy.bench.stage import Stage
from services.activities.activities import listing as activities
from services.activities.attendance import queries as sheets
from services.activities.attendance.models import AttendanceSheet
from services.activities.known.memberships import OF_PEOPLE
from services.activities.parameters import Voided
from shared.codes import ActivityKind
from shared.pagination import Order

ACTIVITIES, SHEETS = "/v1/activities", "/v1/attendance-sheets"
DRAWN = """
    SELECT activity.id, village_code, held_until, kind, activity.changed_at,
        (SELECT id FROM attendance_sheet WHERE activity_id = activity.id ORDER BY id LIMIT 1) AS sheet_id
    FROM activity WHERE named > 0 ORDER BY md5(id::text) LIMIT $1
"""
READ: dict[str, Any] = {
    "kind": ActivityKind, "held_from": date.fromisoformat, "held_until": date.fromisoformat,
    "changed_since": datetime.fromisoformat, "sort": activities.Sort,
}  # fmt: skip


def run(stage: Stage) -> list[Row]:
    """Pages per second, and how long they take."""
    rows: list[Row] = []
    with installed(stage, "activities") as wahana:
        undertakings.fill(wahana)
        wahana.start("activities")
        drawn = wahana.fetch("activities", DRAWN, ASKED)
        listing, among = Listing("activities", _activities), f"{stage.size.activities:,} in all"
        for name, wanted in asked(drawn).items():
            rows += pages.measured(wahana, listing, f"{name}, {among}", wanted)
        of_an_activity = [_page(SHEETS, _regency(one), activity_id=str(one["id"])) for one in drawn]
        rows += pages.measured(wahana, Listing("activities", _sheets), "sheets of an activity", of_an_activity)
        rows += _people(wahana, drawn)
    return rows


def asked(drawn: Sequence[asyncpg.Record]) -> dict[str, list[Page]]:
    """Pages by what the list is narrowed to."""
    return {
        f"activities of a village and month, {LIMIT} a page": [
            _page(ACTIVITIES, one["village_code"], region=one["village_code"], **_month(one)) for one in drawn
        ],
        "… of a regency, month and kind": [
            _page(ACTIVITIES, _regency(one), region=_regency(one), kind=one["kind"], sort="day", **_month(one))
            for one in drawn
        ],
        "… of the nation and a month": [_page(ACTIVITIES, NATION, **_month(one)) for one in drawn],
        "… of a regency, the newest": [_page(ACTIVITIES, NATION, region=_regency(one)) for one in drawn],
        "… of a village, changed since": [
            _page(ACTIVITIES, one["village_code"], sort="changed_at", changed_since=f"{one['changed_at']:%FT%TZ}")
            for one in drawn
        ],
    }  # fmt: skip


def _page(path: str, area: str, **filters: str) -> Page:
    roles = {NATION: "ministry", _regency_of(area): "regency-officer"}
    return Page(path, roles.get(area, "village-operator"), area, filters)


def _regency(one: asyncpg.Record) -> str:
    return _regency_of(one["village_code"])


def _regency_of(code: str) -> str:
    return code[:5]


def _month(one: asyncpg.Record) -> dict[str, str]:
    day: date = one["held_until"]
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return {"held_from": str(day.replace(day=1)), "held_until": str(last)}


async def _activities(_: asyncpg.Connection, page: Page) -> tuple[Select[Any], Order]:
    read = {name: READ.get(name, str)(value) for name, value in page.filters.items()}
    sort = read.pop("sort", activities.Sort.DAY_DOWN)
    return activities.listed(page.caller, activities.Filters(**read), sort)


async def _sheets(_: asyncpg.Connection, page: Page) -> tuple[Select[Any], Order]:
    return sheets.listed(
        page.caller, activity_id=UUID(page.filters["activity_id"]), region=None, changed_since=None, voided=Voided.FALSE,
        sort=sheets.SheetSort.CHANGED_AT_DOWN,
    )  # fmt: skip


def _people(wahana: Installation, drawn: Sequence[asyncpg.Record]) -> list[Row]:
    """Sheets with their people, one by one."""
    requests = [
        load.request("GET", f"{SHEETS}/{one['sheet_id']}", wahana.stage.token("regency-officer", _regency(one)))
        for one in drawn
    ]
    scripts = asyncio.run(_reading(wahana, drawn))
    return pages.raced(wahana, "activities", "a sheet with its people", scripts, requests)


async def _reading(wahana: Installation, drawn: Sequence[asyncpg.Record]) -> list[str]:
    """What the service runs to read these sheets."""
    connection = await wahana.connect("activities")
    found = await connection.fetch(
        "SELECT sheet_id, array_agg(person_id) AS people FROM attendance WHERE sheet_id = ANY($1) GROUP BY 1",
        [one["sheet_id"] for one in drawn],
    )
    await connection.close()
    people = {row["sheet_id"]: row["people"] for row in found}
    return [_script(one, people[one["sheet_id"]]) for one in drawn]


def _script(one: asyncpg.Record, people: Sequence[UUID]) -> str:
    caller = _page(SHEETS, _regency(one)).caller
    sheet = select(AttendanceSheet).where(AttendanceSheet.id == one["sheet_id"], sheets.readable(caller))
    ids = f"'{{{', '.join(map(str, people))}}}'::uuid[]"
    members = f"SELECT CAST(json_agg(found) AS text) FROM ({OF_PEOPLE.query.format(ids=ids)}) AS found"  # noqa: S608  # our own texts
    return f"{pages.script(sheet)}{members};\n"
