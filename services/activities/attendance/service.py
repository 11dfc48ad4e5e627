"""What happens to sheets of who came: recorded, registered late, withdrawn, corrected, voided.

Each runs in the caller's transaction with the activity locked before the sheet, tells the sheet anew and, if it now names
more or fewer people, its activity too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities import unknown
from services.activities.activities import queries as activities
from services.activities.activities import rows, rules, steps
from services.activities.activities.events import activity_state
from services.activities.activities.queries import Locked
from services.activities.attendance import changing, naming, queries, recording, sheets
from services.activities.attendance import people as attending
from services.activities.attendance.models import Attendance
from services.activities.attendance.people import People
from services.activities.attendance.queries import Held
from services.activities.attendance.schemas import AttendeeIn, SheetCorrection, SheetIn
from services.activities.attendance.states import state
from services.activities.village_reports import restating
from shared import database, outbox
from shared.auth import Principal
from shared.codes import ActivityStatus
from shared.events.attendance import MOST
from shared.events.envelope import State
from shared.language import Text
from shared.problems import Conflict, Fault, InvalidPayload, NotFound

PEOPLE = "/people"


class ActivityNotCompleted(Conflict):
    slug = "activity-not-completed"
    title = Text("Daftar hadir hanya untuk kegiatan yang selesai", "Sheets belong to completed activities only")


class SheetVoided(Conflict):
    slug = "sheet-voided"
    title = Text("Daftar hadir ini sudah dibatalkan", "This sheet is voided")


@dataclass(frozen=True, slots=True)
class Referred:
    """What new sheets refer to: their activities, locked; whom these name already; and the people who came."""

    activities: Mapping[UUID, Locked]
    present: Mapping[UUID, set[UUID]]
    people: People


async def find(session: AsyncSession, bodies: Sequence[SheetIn], by: Principal) -> Referred:
    """What these sheets refer to, as far as it is known; the activities that the caller may read are locked."""
    locked = await queries.activities_of(session, {body.activity_id for body in bodies}, by)
    organisers = {one for held in locked.values() for one in steps.organisers_of(held.activity)}
    ids = {one.person_id for body in bodies for one in body.people}
    known = await attending.find(await database.driver(session), ids, organisers)
    return Referred(locked, await queries.present_each(session, locked), known)


def recorded(body: SheetIn, known: Referred, now: datetime) -> Held:
    """A sheet of people who came to a completed activity, which takes on how many are named. Pure; not stored yet.

    Raises InvalidPayload naming the element, LeadOutsideYourArea, ActivityNotCompleted; then nothing is changed.
    """
    try:
        locked = activities.to_change(known.activities.get(body.activity_id))
    except NotFound as error:
        raise InvalidPayload(errors=[unknown.ours("activity", body.activity_id, "/activity_id")]) from error
    _require_completed(locked)
    held = Held(locked, sheets.draft(locked.activity, body.people, now, body.id))
    locked.activity.named = len(_checked(held, body.people, known.people, known.present[body.activity_id]))
    return held


async def record(session: AsyncSession, body: SheetIn, *, by: Principal, now: datetime) -> Held:
    """Records people who came to a completed activity. Raises as `recorded`, and IdTaken."""
    held = recorded(body, await find(session, [body], by), now)
    await rows.record(session, held.activity, "attendance_recorded", by, now)
    await recording.store(await database.driver(session), held.sheet, by=by, now=now, regions=held.activity.regions)
    await _touch(session, held.activity, by=by, now=now)
    return held


async def store_each(session: AsyncSession, made: Sequence[Held], *, by: Principal, now: datetime) -> None:
    """Stores sheets that were made of what they say, no two of one activity.

    Raises EventTooLarge, and the database's IntegrityError for an id that is taken.
    """
    told: list[tuple[outbox.Subject, State, outbox.Fact]] = []
    for locked in (held.activity for held in made):
        locked.activity.changed_at = now
        told.append(
            (locked.activity, activity_state(locked.activity), rows.fact(locked, "attendance_recorded", by, now))
        )
    await outbox.record_many(session, told)
    await recording.store_each(session, [(held.sheet, held.activity.regions) for held in made], by=by, now=now)
    days = [(held.sheet.village_id, held.sheet.held_on) for held in made]
    await restating.touched_each(session, days, by=by, now=now)


async def register(
    session: AsyncSession, held: Held, people: Sequence[AttendeeIn], *, by: Principal, now: datetime
) -> None:
    """Adds people to a sheet. Raises InvalidPayload naming the element, ActivityNotCompleted, SheetVoided."""
    _require_open(held)
    if len(held.sheet.people) + len(people) > MOST:
        raise InvalidPayload(errors=[_full(MOST - len(held.sheet.people))])
    organisers, ids = held.sheet.organiser_ids, [one.person_id for one in people]
    known = await attending.find(await database.driver(session), ids, organisers)
    present = _checked(held, people, known, await queries.present(session, held.sheet.activity_id))
    held.sheet.people = [*held.sheet.people, *map(sheets.attendee, people)]
    await _record(session, held, "registered", len(present), by=by, now=now)
    await recording.name(await database.driver(session), held.sheet, [one.person_id for one in people])
    await _touch(session, held.activity, by=by, now=now)


async def withdraw(
    session: AsyncSession, held: Held, person_ids: Sequence[UUID], *, by: Principal, now: datetime, reason: str
) -> None:
    """Takes people who were not there out of a sheet. Raises InvalidPayload naming the element, ActivityNotCompleted,
    SheetVoided."""
    _require_open(held)
    rules.refuse(changing.absence_faults(held.sheet, person_ids, "/person_ids/{}"))
    gone = set(person_ids)
    await _forget(session, held, gone)
    present = await queries.present(session, held.sheet.activity_id)
    held.sheet.people = [one for one in held.sheet.people if one.person_id not in gone]
    await _record(session, held, "withdrawn", len(present), by=by, now=now, reason=reason)
    await _touch(session, held.activity, by=by, now=now)


async def correct(session: AsyncSession, held: Held, body: SheetCorrection, *, by: Principal, now: datetime) -> None:
    """Corrects as what people came, or their hours; what changes nothing is no event. Raises as `withdraw`."""
    _require_open(held)
    rules.refuse(changing.absence_faults(held.sheet, [one.person_id for one in body.people], "/people/{}/person_id"))
    people, faults = changing.corrected(held.sheet, body.people, rows.length(held.activity.activity))
    rules.refuse(faults)
    if people == held.sheet.people:
        return
    held.sheet.people = people
    await _record(session, held, "corrected", held.activity.activity.named, by=by, now=now, reason=body.reason)
    await _touch(session, held.activity, by=by, now=now)


async def void(session: AsyncSession, held: Held, *, by: Principal, now: datetime, reason: str) -> None:
    """Marks a sheet as an entry error: it names nobody any more. Raises ActivityNotCompleted, SheetVoided."""
    _require_open(held)
    await _forget(session, held, {one.person_id for one in held.sheet.people})
    present = await queries.present(session, held.sheet.activity_id)
    held.sheet.voided = True
    await _record(session, held, "voided", len(present), by=by, now=now, reason=reason)
    await _touch(session, held.activity, by=by, now=now)


def _checked(held: Held, people: Sequence[AttendeeIn], known: People, present: set[UUID]) -> set[UUID]:
    """Whom the activity names with these people, by the ids under which they count. Raises InvalidPayload."""
    activity = held.activity.activity
    rules.refuse(naming.people_faults(people, known, rows.length(activity), PEOPLE, present))
    named = present | {known.canonical[one.person_id] for one in people}
    held.activity.warned += sheets.warnings(activity, people, known, PEOPLE, len(named))
    return named


async def _record(
    session: AsyncSession, held: Held, verb: str, named: int, *, by: Principal, now: datetime, reason: str | None = None
) -> None:
    """Tells the sheet anew, after its activity if that now has more or fewer people named."""
    locked, sheet = held.activity, held.sheet
    told: list[tuple[outbox.Subject, State, outbox.Fact]] = []
    if locked.activity.named != named:
        locked.activity.named = named
        told.append(
            (
                locked.activity,
                activity_state(locked.activity),
                rows.fact(locked, "attendance_recorded", by, now, reason),
            )
        )
    told.append((sheet, state(sheet), rows.fact(locked, verb, by, now, reason)))
    for subject, *_ in told:
        subject.changed_at = now  # type: ignore[attr-defined]  # both have it
    await outbox.record_many(session, told)


async def _forget(session: AsyncSession, held: Held, people: set[UUID]) -> None:
    of_sheet = Attendance.activity_id == held.sheet.activity_id, Attendance.sheet_id == held.sheet.id
    await session.execute(delete(Attendance).where(*of_sheet, Attendance.person_id.in_(people)))


async def _touch(session: AsyncSession, locked: Locked, *, by: Principal, now: datetime) -> None:
    activity = locked.activity
    if not activity.voided:
        await restating.touched(session, activity.village_id, activity.held_until, by=by, now=now)


def _require_open(held: Held) -> None:
    if held.sheet.voided:
        raise SheetVoided
    _require_completed(held.activity)


def _require_completed(locked: Locked) -> None:
    activity = locked.activity
    if activity.status is ActivityStatus.SELESAI and not activity.voided:
        return
    told = Text("dibatalkan sebagai salah catat", "voided") if activity.voided else Text(*[f"«{activity.status}»"] * 2)
    raise ActivityNotCompleted(
        Text(
            f"Kegiatan ini {told.id}. Catat pelaksanaannya dahulu (POST …/completion).",
            f"This activity is {told.en}. Tell first that it was held (POST …/completion).",
        ),
        extra={"activity_id": str(activity.id)},
    )


def _full(room: int) -> Fault:
    return Fault(
        "sheet-full",
        Text(f"Masih ada tempat untuk {room} orang di daftar ini.", f"There is room for {room} people in this sheet."),
        Text("Catat yang lain di daftar baru: POST /v1/attendance-sheets.", "Record the others in a new sheet: POST /v1/attendance-sheets."),
        pointer=PEOPLE,
    )  # fmt: skip
