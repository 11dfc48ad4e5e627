"""A sheet's row: made of people who came, and made to follow its activity. Pure."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from services.activities.activities.models import Activity
from services.activities.attendance import naming
from services.activities.attendance.models import AttendanceSheet
from services.activities.attendance.people import People
from services.activities.attendance.schemas import AttendeeIn, FirstSheet
from services.activities.attendance.states import state
from services.activities.known.places import Warned
from shared import outbox
from shared.auth import Principal
from shared.events.attendance import AttendanceSheet as State
from shared.events.attendance import Attendee

COUNTED = "/completion/attended/total"


def first(activity: Activity, body: FirstSheet, now: datetime) -> AttendanceSheet:
    """The first sheet of an activity that is about to be stored with it; counts its people there."""
    activity.named = len(body.people)
    return draft(activity, body.people, now, body.sheet_id)


def draft(activity: Activity, people: Sequence[AttendeeIn], now: datetime, id: UUID | None = None) -> AttendanceSheet:
    """A sheet that is not stored yet; its people have been checked."""
    sheet = AttendanceSheet(
        id=id or uuid7(), activity_id=activity.id, people=[attendee(one) for one in people], voided=False,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    follow(sheet, activity)
    return sheet


def attendee(body: AttendeeIn) -> Attendee:
    """Somebody who came, as it is stored and published."""
    return Attendee(person_id=body.person_id, role=body.role, volunteer_hours=body.volunteer_hours)


def follow(sheet: AttendanceSheet, activity: Activity) -> bool:
    """Takes on what the sheet repeats of its activity; whether its event tells anything of that anew."""
    organisers = [activity.lead_institution_id, *activity.co_organiser_ids]
    told = {
        "held_on": None if activity.voided else activity.held_until,
        "village_id": activity.village_id,
        "organiser_ids": organisers,
    }
    changed = any(getattr(sheet, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(sheet, name, value)
    sheet.village_code, sheet.lead_village_code = activity.village_code, activity.lead_village_code
    sheet.lead_institution_id = activity.lead_institution_id
    return changed


def registration(
    sheet: AttendanceSheet, by: Principal, now: datetime, regions: set[UUID]
) -> tuple[AttendanceSheet, State, outbox.Fact]:
    """What `outbox.register` and `register_many` store. The pairs of `attendance` are stored beside it."""
    return sheet, state(sheet), outbox.Fact("recorded", by=by.subject, at=now, regions=regions)


def warnings(
    activity: Activity, people: Sequence[AttendeeIn], known: People, at: str, named: int, counted: str = COUNTED
) -> list[Warned]:
    """What is odd about people who came, and may be so. `named` are all in the activity's sheets; `at` and `counted` are
    where these people are named, and where all were counted."""
    if activity.held_until is None:
        return []
    organisers = [activity.lead_institution_id, *activity.co_organiser_ids]
    return [
        *naming.warnings(people, known, organisers, activity.held_until, at),
        *naming.more_named_than_counted(named, activity.attended, counted),
    ]
