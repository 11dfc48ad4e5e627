"""How an activity's row takes on what was told, and how a change of it is recorded with its event."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.activities.parties import parties_of
from services.activities.activities.queries import Locked
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Completion, Description, Plan
from services.activities.known.references import Region
from shared import outbox
from shared.auth import Principal
from shared.codes import ActivityStatus


def describe(activity: Activity, body: Description, known: Referred, place: Region | None, last: date) -> None:
    """Takes on a description; the village if it is a new one, the lead as far as it is among what was found.

    `last` is the day that the activity belongs to."""
    activity.title, activity.kind, activity.strategy = body.title, body.kind, body.strategy
    activity.objective, activity.partners = body.objective, body.partners
    activity.target_group = body.target_group.model_dump(mode="json") if body.target_group else None
    activity.co_organiser_ids, activity.target_institution_ids = body.co_organiser_ids, body.target_institution_ids
    activity.parties = parties_of(body, known, last)
    activity.cultural_value_ids = body.cultural_value_ids
    activity.place = body.place.model_dump(exclude_none=True) if body.place else None
    activity.programme_id, activity.experience_id = body.programme_id, body.experience_id
    if place:
        activity.village_id, activity.village_code = place.id, place.area_code
    lead = known.institutions.get(body.lead_institution_id)
    if lead and lead.seat_code:
        activity.lead_institution_id, activity.lead_village_code = lead.id, lead.seat_code


def description_of(activity: Activity) -> dict[str, Any]:
    """The description as it was sent."""
    fields = {name: getattr(activity, name) for name in Description.model_fields if name != "village"}
    parties = [party.model_dump(exclude={"of_lead"}) for party in activity.parties]
    return {**fields, "village": activity.village_code, "parties": parties}


def plan(activity: Activity, dates: Plan, today: date) -> None:
    """Appends a version to the plan. `today` is the local date of the place on which we were told."""
    version = {"planned_from": dates.planned_from, "planned_until": dates.planned_until, "recorded_on": today}
    activity.plan = [*activity.plan, {name: day.isoformat() for name, day in version.items()}]
    activity.planned_from, activity.planned_until = dates.planned_from, dates.planned_until


def length(activity: Activity) -> int:
    """The days it took, once it was held."""
    if activity.held_from is None or activity.held_until is None:
        return 0
    return (activity.held_until - activity.held_from).days + 1


def complete(activity: Activity, body: Completion) -> None:
    """Takes on when it was held and how many came."""
    activity.status = ActivityStatus.SELESAI
    activity.held_from, activity.held_until = body.held_from, body.held_until
    activity.invited = body.invited.model_dump() if body.invited else None
    activity.attended = body.attended.model_dump() if body.attended else None


async def record(
    session: AsyncSession, held: Locked, verb: str, principal: Principal, now: datetime, reason: str | None = None
) -> None:
    """Writes a locked row's changes and the one event that tells them. Raises EventTooLarge."""
    activity = held.activity
    activity.changed_at = now
    await outbox.record(session, activity, activity_state(activity), fact(held, verb, principal, now, reason))


def fact(held: Locked, verb: str, principal: Principal, now: datetime, reason: str | None = None) -> outbox.Fact:
    """That a locked activity was changed, for the regions it concerns."""
    return outbox.Fact(verb, by=principal.subject, at=now, regions=held.regions, reason=reason)
