"""Tells that planned activities were held, one or many at once: not wholly before the planned start, and not after today.

Each function runs in the caller's transaction on rows it holds, and records one event of each activity and one of the sheet
that names who came to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import parties, rows, rules, steps
from services.activities.activities.events import activity_state
from services.activities.activities.models import Activity
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import CompletionIn
from services.activities.attendance import naming, people, recording, sheets
from services.activities.attendance.people import People
from services.activities.known import reading, references
from services.activities.known.networks import MEMBERS_OF, NetworkMembership
from services.activities.known.references import Institution
from services.activities.village_reports import restating
from shared import database, outbox
from shared.auth import Principal
from shared.clock import local_date

PEOPLE, COUNTED = "/attendance/people", "/attended/total"
"""Where a completion names people, and how many came."""


@dataclass(frozen=True, slots=True)
class Referred:
    """What completions refer to: the organisers, who belongs to the networks that take part, and the people who came."""

    institutions: Mapping[UUID, Institution]
    members: Sequence[NetworkMembership]
    people: People


async def find(session: AsyncSession, told: Sequence[tuple[Activity, CompletionIn]]) -> Referred:
    """What these completions of activities refer to, as far as it is known."""
    organisers = {organiser for activity, _ in told for organiser in steps.organisers_of(activity)}
    came = {one.person_id for _, body in told if body.attendance for one in body.attendance.people}
    return Referred(
        (await references.find(session, None, organisers)).institutions,
        await reading.found(session, MEMBERS_OF, steps.networks_of(*(activity for activity, _ in told))),
        await people.find(await database.driver(session), came, organisers) if came else people.NOBODY,
    )


def completed(held: Locked, body: CompletionIn, known: Referred, principal: Principal, now: datetime) -> None:
    """Takes on that it was held, with the first sheet if people are named; it is to be stored. Pure.

    Raises WrongState and InvalidPayload; then nothing is changed.
    """
    activity = held.activity
    steps.require(activity, "completion")
    rules.refuse(
        rules.future_faults(body.held_until, local_date(now, held.time_zone), "/held_until")
        or rules.early_faults(activity, body.held_until, "/held_from", rules.RESCHEDULE_FIRST)
    )
    rules.refuse(steps.idle_faults(activity, known.institutions, "/held_from", body.held_from, principal))
    if body.attendance:
        days = (body.held_until - body.held_from).days + 1
        rules.refuse(naming.people_faults(body.attendance.people, known.people, days, PEOPLE))
    rows.complete(activity, body)
    lead = activity.lead_institution_id
    activity.parties = parties.stamped(activity.parties, lead, known.members, body.held_until)
    if body.attendance:
        came = body.attendance.people
        held.sheet = sheets.first(activity, body.attendance, now)
        held.warned += sheets.warnings(activity, came, known.people, PEOPLE, activity.named, COUNTED)


async def complete(
    session: AsyncSession, held: Locked, body: CompletionIn, principal: Principal, now: datetime
) -> None:
    """Tells that an activity was held. Raises as `completed`, EventTooLarge, IdTaken."""
    completed(held, body, await find(session, [(held.activity, body)]), principal, now)
    await rows.record(session, held, "completed", principal, now)
    if held.sheet:
        driver = await database.driver(session)
        await recording.store(driver, held.sheet, by=principal, now=now, regions=held.regions)
    await restating.touched(session, held.activity.village_id, body.held_until, by=principal, now=now)


async def store_each(session: AsyncSession, held: Sequence[Locked], principal: Principal, now: datetime) -> None:
    """Stores many that have taken on that they were held, none of them twice.

    Raises EventTooLarge, and the database's IntegrityError for an id of a sheet that is taken.
    """
    for one in held:
        one.activity.changed_at = now
    told = [(one.activity, activity_state(one.activity), rows.fact(one, "completed", principal, now)) for one in held]
    await outbox.record_many(session, told)
    first = [(one.sheet, one.regions) for one in held if one.sheet]
    await recording.store_each(session, first, by=principal, now=now)
    days = [(one.activity.village_id, one.activity.held_until) for one in held]
    await restating.touched_each(session, days, by=principal, now=now)
