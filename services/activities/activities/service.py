"""What is told about an activity: planned or recorded afterwards, changed while planned, corrected once completed.

Each function runs in the caller's transaction, writes one row and records one event.
"""

from datetime import date, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.activities import rows, rules, steps
from services.activities.activities.answers import ActivityOut, completion_of
from services.activities.activities.events import activity_state
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import ActivityIn, Corrected, Correction, Description, DescriptionChange
from services.activities.known import references
from services.activities.models import Activity
from shared import outbox, preconditions
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus
from shared.language import Text
from shared.problems import Conflict, InvalidPayload

UNIQUE_VIOLATION = "23505"


class AlreadyRecorded(Conflict):
    slug = "activity-already-recorded"
    title = Text("Kegiatan dengan id ini sudah tercatat", "An activity with this id is recorded already")


async def record(session: AsyncSession, body: ActivityIn, principal: Principal, now: datetime) -> ActivityOut:
    """Plans an activity, or records one that was held. Raises InvalidPayload, ReferenceNotArrived, AlreadyRecorded."""
    named = rules.institutions_of(body)
    known = await references.find(session, body.village, set(named.values()))
    region, lead = known.region, known.institutions.get(body.lead_institution_id)
    days = [
        *([body.plan.planned_from] if body.plan else []),
        *([body.completion.held_from] if body.completion else []),
    ]
    faults = [
        *rules.village_faults(body.village, region),
        *rules.unknown_faults(named, known),
        *rules.lead_faults(lead, principal),
        *rules.idle_faults(rules.organisers_of(body), known, days),
    ]
    if region and body.completion:
        today = local_date(now, region.time_zone)
        faults += rules.future_faults(body.completion.held_until, today, "/completion/held_until")
    if region is None or lead is None or faults:
        raise InvalidPayload(errors=faults)
    activity = Activity(
        id=body.id or uuid7(),
        status=ActivityStatus.DIRENCANAKAN,
        plan=[],
        voided=False,
        recorded_at=now,
        changed_at=now,
    )
    rows.describe(activity, body, known)
    if body.plan:
        rows.plan(activity, body.plan, local_date(now, region.time_zone))
    if body.completion:
        rows.complete(activity, body.completion)
    fact = rows.fact(activity, "recorded" if body.completion else "planned", principal, now)
    try:
        await outbox.register(session, activity, activity_state(activity), fact)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        raise AlreadyRecorded(Text(f"Id {activity.id} sudah dipakai.", f"The id {activity.id} is taken.")) from error
    return ActivityOut.of(activity, region.name, lead.name)


async def change(
    session: AsyncSession, held: Locked, patch: DescriptionChange, principal: Principal, now: datetime
) -> None:
    """Changes the description of an activity that is planned. A patch that changes nothing is no event."""
    activity = held.activity
    steps.require(activity, "change")
    current = Description.model_validate(rows.description_of(activity))
    wanted = preconditions.patched(current, patch)
    if wanted == current:
        return
    await _redescribe(session, held, current, wanted, principal, activity.planned_from, activity.planned_from)
    await rows.record(session, activity, "changed", principal, now)


async def correct(session: AsyncSession, held: Locked, body: Correction, principal: Principal, now: datetime) -> None:
    """Corrects a completed activity. A patch that changes nothing is no event."""
    activity = held.activity
    steps.require(activity, "correction")
    current = Corrected.model_validate({**rows.description_of(activity), "completion": completion_of(activity)})
    wanted = preconditions.patched(current, body.change())
    if wanted == current:
        return
    done, day_before = wanted.completion, current.completion.held_from
    await _redescribe(session, held, current, wanted, principal, done.held_from, day_before)
    rules.refuse(rules.future_faults(done.held_until, local_date(now, held.time_zone), "/completion/held_until"))
    rows.complete(activity, done)
    await rows.record(session, activity, "corrected", principal, now, body.reason)


async def _redescribe(
    session: AsyncSession,
    held: Locked,
    current: Description,
    wanted: Description,
    principal: Principal,
    day: date | None,
    day_before: date | None,
) -> None:
    """Checks what is new and writes the description. What was named before stays valid, whatever became of it since."""
    known = await references.find(session, wanted.village, set(rules.institutions_of(wanted).values()))
    lead = known.institutions.get(wanted.lead_institution_id)
    moved, led_anew = wanted.village != current.village, wanted.lead_institution_id != current.lead_institution_id
    rules.refuse(
        [
            *(rules.village_faults(wanted.village, known.region) if moved else ()),
            *rules.unknown_faults(rules.new(rules.institutions_of, wanted, current), known),
            *(rules.lead_faults(lead, principal) if led_anew else ()),
            *rules.idle_faults(
                rules.new(rules.organisers_of, wanted, current if day == day_before else None),
                known,
                [day] if day else [],
            ),
        ]
    )
    rows.describe(held.activity, wanted, known)
    if known.region:
        held.time_zone, held.village_name = known.region.time_zone, known.region.name
    if lead:
        held.lead_name = lead.name
