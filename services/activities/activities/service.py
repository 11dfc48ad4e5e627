"""What is told about an activity: planned or recorded afterwards, changed while planned, corrected once completed.

Each function runs in the caller's transaction, writes one row and records one event.
"""

from datetime import date, datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.activities import naming, rows, rules, steps
from services.activities.activities.answers import ActivityOut, WarningOut, completion_of
from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import ActivityIn, Corrected, Correction, Description, DescriptionChange
from services.activities.known import places, references
from shared import database, outbox, preconditions
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus
from shared.language import Language, Text
from shared.problems import Conflict, Fault, InvalidPayload


class IdTaken(Conflict):
    slug = "id-taken"
    title = Text("Id ini sudah dipakai", "This id is taken")


async def record(
    session: AsyncSession, body: ActivityIn, principal: Principal, now: datetime, language: Language
) -> ActivityOut:
    """Plans an activity, or records one that was held. Raises InvalidPayload, ReferenceNotArrived, IdTaken.

    The answer's warnings are in the language.
    """
    named = naming.institutions_of(body)
    await references.hold(session, body.village, body.lead_institution_id)
    known = await references.find(session, body.village, set(named.values()))
    region, faults, warned = places.meant(body.village, _last_day(body, now), known.holders)
    lead = known.institutions.get(body.lead_institution_id)
    days = [
        *([body.plan.planned_from] if body.plan else []),
        *([body.completion.held_from] if body.completion else []),
    ]
    faults += _party_faults(body, None, known, days, days, principal)
    if region and body.completion:
        today = local_date(now, region.time_zone)
        faults += rules.future_faults(body.completion.held_until, today, "/completion/held_until")
    if region is None or lead is None or faults:
        raise InvalidPayload(errors=faults)
    activity = Activity(
        id=body.id or uuid7(),
        status=ActivityStatus.DIRENCANAKAN,
        plan=[],
        parties=[],
        cultural_value_ids=[],
        named=0,
        resources=[],
        voided=False,
        recorded_at=now,
        changed_at=now,
    )
    rows.describe(activity, body, known, region)
    if body.plan:
        rows.plan(activity, body.plan, local_date(now, region.time_zone))
    if body.completion:
        rows.complete(activity, body.completion)
    verb = "recorded" if body.completion else "planned"
    fact = outbox.Fact(verb, by=principal.subject, at=now, regions={region.id, lead.seat_id})
    try:
        await outbox.register(await database.driver(session), activity, activity_state(activity), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken(
            Text(
                f"Sudah ada catatan dengan id {activity.id}. Jika ini kiriman ulang, data Anda sudah tersimpan; "
                "jika tidak, kirim dengan id baru.",
                f"There is a record with the id {activity.id}. If you sent this before, it is stored; "
                "if not, send it with a new id.",
            )
        ) from error
    return ActivityOut.of(activity, region.name, lead.name, [WarningOut.of(each, language) for each in warned])


def _last_day(body: ActivityIn, now: datetime) -> date:
    """The day an activity belongs to: the last one held, or planned."""
    if body.completion:
        return body.completion.held_until
    return body.plan.planned_until if body.plan else now.date()


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
    first = activity.planned_from
    if await _redescribe(session, held, current, wanted, principal, first, first, activity.planned_until):
        await rows.record(session, held, "changed", principal, now)


async def correct(session: AsyncSession, held: Locked, body: Correction, principal: Principal, now: datetime) -> None:
    """Corrects a completed activity. A patch that changes nothing is no event."""
    activity = held.activity
    steps.require(activity, "correction")
    current = Corrected.model_validate({**rows.description_of(activity), "completion": completion_of(activity)})
    wanted = preconditions.patched(current, body.change())
    if wanted == current:
        return
    done, before = wanted.completion, current.completion
    days = done.held_from, before.held_from, done.held_until
    if not await _redescribe(session, held, current, wanted, principal, *days):
        return
    rules.refuse(rules.future_faults(done.held_until, local_date(now, held.time_zone), "/completion/held_until"))
    if done.held_until != before.held_until:
        rules.refuse(rules.early_faults(activity, done.held_until, "/completion/held_from", rules.RECORD_ANEW))
    rows.complete(activity, done)
    await rows.record(session, held, "corrected", principal, now, body.reason)


async def _redescribe(
    session: AsyncSession,
    held: Locked,
    current: Description,
    wanted: Description,
    principal: Principal,
    day: date | None,
    day_before: date | None,
    last: date | None,
) -> bool:
    """Checks what is new and writes the description; whether anything differs, another code of one village aside.

    What was named before stays valid, whatever became of it since. `last` is the day that the activity belongs to.
    """
    # Held already, unless the lead or the village was another one when `queries.locked` looked.
    await references.hold(session, wanted.village, wanted.lead_institution_id)
    known = await references.find(session, wanted.village, set(naming.institutions_of(wanted).values()))
    place: references.Region | None = None
    faults: list[Fault] = []
    if wanted.village != current.village and last is not None:
        place, faults, held.warned = places.meant(wanted.village, last, known.holders)
        if place and place.id == held.activity.village_id:
            place, wanted = None, wanted.model_copy(update={"village": current.village})
    days, before = ([one] if one else [] for one in (day, day_before))
    rules.refuse([*faults, *_party_faults(wanted, current, known, days, before, principal)])
    rows.describe(held.activity, wanted, known, place)
    if place:
        held.time_zone, held.village_name = place.time_zone, place.name
        held.regions.add(place.id)
    if lead := known.institutions.get(wanted.lead_institution_id):
        held.lead_name = lead.name
        held.regions.add(lead.seat_id)
    return wanted != current


def _party_faults(
    wanted: Description,
    current: Description | None,
    known: references.References,
    days: list[date],
    days_before: list[date],
    principal: Principal,
) -> list[Fault]:
    """What is wrong with those who take part, as far as they, or the days they must be at work on, are new."""
    faults = naming.naming_faults(naming.new(naming.institutions_of, wanted, current), known, principal)
    amiss = {fault.pointer for fault in faults}
    organisers = naming.new(naming.organisers_of, wanted, current if days == days_before else None)
    accepted = {at: one for at, one in organisers.items() if at not in amiss}
    faults += naming.idle_faults(accepted, known, days, principal)
    if naming.LEAD not in amiss:
        faults += naming.partner_faults(wanted, current, known)
    return faults
