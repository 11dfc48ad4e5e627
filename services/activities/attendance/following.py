"""Sheets follow their activity: they are told anew when it was corrected or voided, in the same transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.queries import Locked
from services.activities.attendance import sheets
from services.activities.attendance.models import AttendanceSheet
from services.activities.attendance.states import state
from shared import outbox
from shared.auth import Principal


async def follow(session: AsyncSession, held: Locked, by: Principal, now: datetime) -> None:
    """Lets the sheets of a locked activity take on what changed of it; those to whose events it matters are told anew."""
    found = await session.scalars(
        select(AttendanceSheet)
        .where(AttendanceSheet.activity_id == held.activity.id, ~AttendanceSheet.voided)
        .order_by(AttendanceSheet.id)
        .with_for_update()
    )
    changed = [sheet for sheet in found.all() if sheets.follow(sheet, held.activity)]
    for sheet in changed:
        sheet.changed_at = now
    fact = outbox.Fact("activity_followed", by=by.subject, at=now, regions=held.regions)
    await outbox.record_many(session, [(sheet, state(sheet), fact) for sheet in changed])
