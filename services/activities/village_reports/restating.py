"""What happens to a village's report when its month changes after it was accepted: it is marked for restatement.

Whatever changes what a month holds calls `touched` in its own transaction, last: the report's row comes after all others in
the order of locks.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Text, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.village_reports.events import report_state
from services.activities.village_reports.models import VillageReport
from services.activities.village_reports.months import month_of
from shared import database, records
from shared.auth import Principal
from shared.codes import VillageReportState

_reports = VillageReport.__table__.c
# Locked whatever their state: who accepts one meanwhile is waited for, and counts anew what the month holds
# (`service.accept`). One that asked for accepted reports only would pass by.
_OF_MONTHS = (
    select(VillageReport)
    .where(
        _reports.month == bindparam("months", type_=ARRAY(Text(collation="C"))).any_(),
        _reports.village_id == bindparam("village_id", type_=Uuid),
        ~_reports.voided,
    )
    .order_by(_reports.id)
    .with_for_update()
    # What stood in the session may have been read before the lock.
    .execution_options(populate_existing=True)
)
# What a transaction tells of a month is seen once it has ended. A report that is submitted and accepted meanwhile has no row
# that `touched` could have waited for: so who tells something holds the village's month, and who accepts it waits for them.
_KEY = "hashtextextended(month || ' ' || $2, 0)"
_HOLD = f"SELECT pg_advisory_xact_lock_shared({_KEY}) FROM unnest($1::text[]) AS month"  # noqa: S608  # our own text
_WAIT = f"SELECT pg_advisory_xact_lock({_KEY}) FROM unnest($1::text[]) AS month"  # noqa: S608  # our own text
_LOCK = "SELECT state, restate FROM village_report WHERE month = ANY($1) AND village_id = $2 AND NOT voided ORDER BY id FOR UPDATE"


async def touched(
    session: AsyncSession | None,
    village_id: UUID,
    *days: date | None,
    by: Principal,
    now: datetime,
    driver: asyncpg.Connection | None = None,
) -> None:
    """Marks the accepted reports of the village for the months of these days: what they say is not so any more.

    `days` are last days held, before and after the change; None is no day. Months without an accepted report are left
    alone. A statement that finds nothing, nearly always; by the bare driver if its connection is given. Without a session
    beside it raises NeedsSession if there is something to mark.
    """
    months = sorted({month_of(day) for day in days if day is not None})
    if not months:
        return
    connection = driver or await database.driver(_needed(session))
    await connection.execute(_HOLD, months, str(village_id))
    if driver and not await _found(driver, village_id, months):
        return
    session = _needed(session)
    reports = await session.scalars(_OF_MONTHS, {"months": months, "village_id": village_id})
    for report in reports.all():
        if report.state is VillageReportState.DITERIMA and not report.restate:
            report.restate = True
            await records.record(
                session, report, report_state(report), "marked_for_restatement", by=by, now=now,
                regions={report.village_id},
            )  # fmt: skip


def _needed(session: AsyncSession | None) -> AsyncSession:
    if session is None:
        raise database.NeedsSession
    return session


async def settled(session: AsyncSession, village_id: UUID, month: str) -> None:
    """Waits until all that was told of the month is stored, and keeps others from telling more until the transaction ends.

    Call it before the report's row is locked.
    """
    await (await database.driver(session)).execute(_WAIT, [month], str(village_id))


async def _found(driver: asyncpg.Connection, village_id: UUID, months: Iterable[str]) -> bool:
    locked = await driver.fetch(_LOCK, list(months), village_id)
    return any(one["state"] == VillageReportState.DITERIMA and not one["restate"] for one in locked)
