"""What happens to a village's report when its month changes after it was accepted: it is marked for restatement.

Whatever changes what a month holds calls `touched` in its own transaction, last: the report's row comes after all others in
the order of locks.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Uuid, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.village_reports.events import report_state
from services.activities.village_reports.models import VillageReport
from services.activities.village_reports.months import month_of
from shared import database, records
from shared.auth import Principal
from shared.codes import VillageReportState

_reports = VillageReport.__table__.c
_WITH_IDS = (
    select(VillageReport)
    .where(_reports.id == bindparam("ids", type_=ARRAY(Uuid)).any_())
    .order_by(_reports.id)
    # What stood in the session may have been read before the lock.
    .execution_options(populate_existing=True)
)
# What a transaction tells of a month is seen once it has ended. A report that is submitted and accepted meanwhile has no row
# that `touched` could have waited for: so who tells something holds the village's month, and who accepts it waits for them.
_KEY = "hashtextextended(month || ' ' || village, 0)"
_MONTHS = "unnest($1::text[], $2::text[]) AS told (month, village)"
_HOLD = f"SELECT pg_advisory_xact_lock_shared({_KEY}) FROM {_MONTHS}"  # noqa: S608  # our own text
_WAIT = f"SELECT pg_advisory_xact_lock({_KEY}) FROM {_MONTHS}"  # noqa: S608  # our own text
# Locked whatever their state: who accepts one meanwhile is waited for, and counts anew what the month holds
# (`service.accept`). One that asked for accepted reports only would pass by.
_LOCK = f"""
    SELECT id, state, restate FROM village_report
    WHERE (month, village_id) IN (SELECT month, village::uuid FROM {_MONTHS}) AND NOT voided ORDER BY id FOR UPDATE
"""  # noqa: S608  # our own text


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
    connection = driver or await database.driver(_needed(session))
    await _touched(session, connection, [(village_id, day) for day in days], by, now)


async def touched_each(
    session: AsyncSession, told: Iterable[tuple[UUID, date | None]], *, by: Principal, now: datetime
) -> None:
    """As `touched`, for days of many villages."""
    await _touched(session, await database.driver(session), told, by, now)


async def _touched(
    session: AsyncSession | None,
    driver: asyncpg.Connection,
    told: Iterable[tuple[UUID, date | None]],
    by: Principal,
    now: datetime,
) -> None:
    months = sorted({(month_of(day), str(village)) for village, day in told if day is not None})
    if not months:
        return
    named = [month for month, _ in months], [village for _, village in months]
    await driver.execute(_HOLD, *named)
    locked = await driver.fetch(_LOCK, *named)
    ids = [one["id"] for one in locked if one["state"] == VillageReportState.DITERIMA and not one["restate"]]
    if not ids:
        return
    session = _needed(session)
    for report in (await session.scalars(_WITH_IDS, {"ids": ids})).all():
        report.restate = True
        await records.record(
            session, report, report_state(report), "marked_for_restatement", by=by, now=now, regions={report.village_id},
        )  # fmt: skip


def _needed(session: AsyncSession | None) -> AsyncSession:
    if session is None:
        raise database.NeedsSession
    return session


async def settled(session: AsyncSession, village_id: UUID, month: str) -> None:
    """Waits until all that was told of the month is stored, and keeps others from telling more until the transaction ends.

    Call it before the report's row is locked.
    """
    await (await database.driver(session)).execute(_WAIT, [month], [str(village_id)])
