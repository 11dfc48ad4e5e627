"""Stores new sheets with the pairs that keep anybody from being named twice, beside their events and entries."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.activities.attendance import sheets
from services.activities.attendance.models import AttendanceSheet
from shared import outbox
from shared.auth import Principal
from shared.records import IdTaken

_PAIRS = "INSERT INTO attendance (activity_id, person_id, sheet_id) SELECT $1, unnest($2::uuid[]), $3"


async def store(
    driver: asyncpg.Connection, sheet: AttendanceSheet, *, by: Principal, now: datetime, regions: set[UUID]
) -> None:
    """Stores a drafted sheet. Its activity is new in this transaction, or locked. Raises IdTaken."""
    _, state, fact = sheets.registration(sheet, by, now, regions)
    try:
        await outbox.register(driver, sheet, state, fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(sheet.id) from error
    await name(driver, sheet, [one.person_id for one in sheet.people])


async def name(driver: asyncpg.Connection, sheet: AttendanceSheet, people: list[UUID]) -> None:
    """Notes that the activity names these people, by this sheet."""
    await driver.execute(_PAIRS, sheet.activity_id, people, sheet.id)
