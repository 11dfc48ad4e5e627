"""Stores new sheets with the pairs that keep anybody from being named twice, beside their events and entries."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.attendance import sheets
from services.activities.attendance.models import Attendance, AttendanceSheet
from shared import outbox
from shared.auth import Principal
from shared.events.envelope import State
from shared.records import IdTaken

Registered = tuple[outbox.Subject, State, outbox.Fact]
"""A new subject with its first event and what happened, as `outbox` stores them."""
# The pairs are read from the row that is being stored: its people are not sent twice.
_BESIDE = """
    INSERT INTO attendance (activity_id, person_id, sheet_id)
    SELECT activity_id, CAST(one ->> 'person_id' AS uuid), id FROM subject1, jsonb_array_elements(people) AS one
"""
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


async def store_with(
    driver: asyncpg.Connection,
    activity: Registered,
    sheet: AttendanceSheet,
    *,
    by: Principal,
    now: datetime,
    regions: set[UUID],
) -> None:
    """Stores a new activity and its first sheet, all in one statement. Raises IdTaken."""
    try:
        await outbox.register_together(driver, [activity, sheets.registration(sheet, by, now, regions)], _BESIDE)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(sheet.id if error.table_name == AttendanceSheet.__tablename__ else activity[0].id) from error


async def store_each(
    session: AsyncSession, drafted: Sequence[tuple[AttendanceSheet, set[UUID]]], *, by: Principal, now: datetime
) -> None:
    """Stores drafted sheets, each with the regions it concerns. Their activities are new in this transaction, or locked.

    Raises the database's IntegrityError for an id that is taken.
    """
    await outbox.register_many(session, [sheets.registration(sheet, by, now, regions) for sheet, regions in drafted])
    pairs = [
        {"activity_id": sheet.activity_id, "person_id": one.person_id, "sheet_id": sheet.id}
        for sheet, _ in drafted
        for one in sheet.people
    ]
    await outbox.insert_many(session, Attendance.__table__, pairs)  # type: ignore[arg-type]  # mapped to a Table


async def name(driver: asyncpg.Connection, sheet: AttendanceSheet, people: list[UUID]) -> None:
    """Notes that the activity names these people, by this sheet."""
    await driver.execute(_PAIRS, sheet.activity_id, people, sheet.id)
