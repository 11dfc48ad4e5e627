"""What is told about an activity: planned or recorded afterwards, changed while planned, corrected once completed.

Each function runs in the caller's transaction, writes one row and records one event.
"""

from datetime import date, datetime

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import drafting, parties, referred, rows, rules, steps
from services.activities.activities.answers import completion_of
from services.activities.activities.drafting import Drafted
from services.activities.activities.patches import Corrected, Correction, DescriptionChange
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import ActivityIn, Description
from services.activities.attendance import following, recording, sheets
from services.activities.attendance.naming import more_named_than_counted
from services.activities.experiences import uses
from services.activities.known import places
from services.activities.known.references import Region
from services.activities.village_reports import restating
from shared import database, outbox, preconditions
from shared.auth import Principal
from shared.clock import local_date
from shared.problems import Fault, InvalidPayload
from shared.records import IdTaken


async def record(
    driver: asyncpg.Connection, session: AsyncSession | None, body: ActivityIn, principal: Principal, now: datetime
) -> Drafted:
    """Plans an activity, or records one that was held, with its first sheet. Raises InvalidPayload, ReferenceNotArrived,
    IdTaken; without a session over the driver NeedsSession, for the few that change other records too.
    """
    if session is None and body.experience_id:
        raise database.NeedsSession
    known = await referred.find(driver, [body], principal)
    made = drafting.drafted(body, known, principal, now)
    if isinstance(made, list):
        raise InvalidPayload(errors=made)
    await _store(driver, made, principal, now)
    held_on = made.activity.held_until
    await restating.touched(session, made.region.id, held_on, by=principal, now=now, driver=driver)
    if session is not None:
        await uses.recorded(session, made.activity.experience_id, by=principal, now=now)
    return made


async def _store(driver: asyncpg.Connection, made: Drafted, principal: Principal, now: datetime) -> None:
    """The row, its event and its entry in one statement, with those of its first sheet."""
    activity, state, fact = made.registration(principal, now)
    if made.sheet:
        first = activity, state, fact
        await recording.store_with(driver, first, made.sheet, by=principal, now=now, regions=made.regions)
        return
    try:
        await outbox.register(driver, activity, state, fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(activity.id) from error


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
        await _use(session, current, wanted, principal, now)


async def correct(session: AsyncSession, held: Locked, body: Correction, principal: Principal, now: datetime) -> None:
    """Corrects a completed activity; its sheets follow. A patch that changes nothing is no event."""
    activity = held.activity
    steps.require(activity, "correction")
    current = Corrected.model_validate({**rows.description_of(activity), "completion": completion_of(activity)})
    wanted = preconditions.patched(current, body.change())
    if wanted == current:
        return
    done, before, village = wanted.completion, current.completion, activity.village_id
    days = done.held_from, before.held_from, done.held_until
    if not await _redescribe(session, held, current, wanted, principal, *days):
        return
    rules.refuse(rules.future_faults(done.held_until, local_date(now, held.time_zone), "/completion/held_until"))
    if done.held_until != before.held_until:
        rules.refuse(rules.early_faults(activity, done.held_until, "/completion/held_from", rules.RECORD_ANEW))
    rows.complete(activity, done)
    held.warned = [*held.warned, *more_named_than_counted(activity.named, activity.attended, sheets.COUNTED)]
    await rows.record(session, held, "corrected", principal, now, body.reason)
    await following.follow(session, held, principal, now)
    for place in sorted({village, activity.village_id}):
        await restating.touched(session, place, before.held_until, done.held_until, by=principal, now=now)
    await _use(session, current, wanted, principal, now)


async def _use(
    session: AsyncSession, before: Description, after: Description, principal: Principal, now: datetime
) -> None:
    """Counts the use of another experience than before, in the order in which all lock them."""
    if before.experience_id == after.experience_id:
        return
    used = [(id, more) for id, more in ((before.experience_id, -1), (after.experience_id, 1)) if id]
    for id, more in sorted(used):
        await uses.recorded(session, id, by=principal, now=now, more=more)


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
    known = await referred.find(await database.driver(session), [wanted], principal)
    place: Region | None = None
    faults: list[Fault] = []
    if wanted.village != current.village and last is not None:
        place, faults, held.warned = places.meant(wanted.village, last, known.holders.get(wanted.village, ()))
        if place and place.id == held.activity.village_id:
            place, wanted = None, wanted.model_copy(update={"village": current.village})
    days, before = ([one] if one else [] for one in (day, day_before))
    rules.refuse([*faults, *drafting.description_faults(wanted, current, known, days, before, last, principal)])
    rows.describe(held.activity, wanted, known, place, last or held.activity.recorded_at.date())
    if wanted.place != current.place:
        held.warned = [*held.warned, *parties.place_warnings(wanted)]
    if place:
        held.time_zone, held.village_name = place.time_zone, place.name
        held.regions.add(place.id)
    if lead := known.institutions.get(wanted.lead_institution_id):
        held.lead_name = lead.name
        held.regions.add(lead.seat_id)
    return wanted != current
