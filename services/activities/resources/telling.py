"""Tells an activity anew when what was contributed to it changed: the sums it repeats, by source and form."""

from collections.abc import Sequence
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
from shared import outbox
from shared.auth import Principal
from shared.events.envelope import State


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


async def tell(session: AsyncSession, held: Sequence[Held], *, by: Principal, now: datetime) -> None:
    """Writes the sums of these activities anew, with one event of each; none if they are the same. The contributions are
    stored already.

    Accepted reports of the months in which they were held are marked.
    """
    sums = await queries.sums_of_activities(session, [one.activity.id for one in held])
    changed = [one for one in held if sums[one.activity.id] != one.activity.resources]
    told: list[tuple[outbox.Subject, State, outbox.Fact]] = []
    for activity, regions in ((one.activity, one.regions) for one in changed):
        activity.resources, activity.changed_at = sums[activity.id], now
        fact = outbox.Fact("resources_changed", by=by.subject, at=now, regions=regions)
        told.append((activity, activity_state(activity), fact))
    if not told:
        return
    await outbox.record_many(session, told)
    days = [(one.activity.village_id, one.activity.held_until) for one in changed if not one.activity.voided]
    await restating.touched_each(session, days, by=by, now=now)
