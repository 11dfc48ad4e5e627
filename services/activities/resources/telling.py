"""Tells an activity anew when what was contributed to it changed: the sums it repeats, by source and form."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.known.models import KnownInstitution
from services.activities.resources import queries
from services.activities.village_reports import restating
from shared import records
from shared.auth import Principal


@dataclass(slots=True)
class Held:
    """An activity whose row this transaction holds, and the regions that its event concerns."""

    activity: Activity
    regions: set[UUID]


async def held(session: AsyncSession, id: UUID) -> Held:
    """The activity of a contribution that the caller may change: whoever leads it today, its sums follow."""
    statement = select(Activity).where(Activity.id == id).with_for_update().execution_options(populate_existing=True)
    activity = (await session.execute(statement)).scalar_one()
    seat = await session.scalar(
        select(KnownInstitution.village_id).where(KnownInstitution.id == activity.lead_institution_id)
    )
    return Held(activity, {activity.village_id, *([seat] if seat else [])})


async def tell(session: AsyncSession, held: Held, *, by: Principal, now: datetime) -> None:
    """Writes the sums anew with one event of the activity; none if they are the same. The contribution is stored already.

    An accepted report of the month in which it was held is marked.
    """
    activity = held.activity
    sums = await queries.sums_of_activity(session, activity.id)
    if sums == activity.resources:
        return
    activity.resources = sums
    await records.record(
        session, activity, activity_state(activity), "resources_changed", by=by, now=now, regions=held.regions
    )
    if not activity.voided:
        await restating.touched(session, activity.village_id, activity.held_until, by=by, now=now)
