"""Changes of people who stand in a sheet: who is not in it, and roles and hours corrected. Pure."""

from collections.abc import Sequence
from uuid import UUID

from services.activities.attendance import naming
from services.activities.attendance.models import AttendanceSheet
from services.activities.attendance.schemas import AttendeeChange
from shared.events.attendance import Attendee
from shared.language import Text
from shared.problems import Fault


def absence_faults(sheet: AttendanceSheet, person_ids: Sequence[UUID], at: str) -> list[Fault]:
    """Each stands in the sheet and is named once; `at` is a pointer with `{}` for the place in the list."""
    standing = {one.person_id for one in sheet.people}
    faults = []
    for place, one in enumerate(person_ids):
        if one not in standing:
            faults.append(_not_there(at.format(place), one))
        elif one in person_ids[:place]:
            faults.append(naming.listed_twice(at.format(place)))
    return faults


def corrected(
    sheet: AttendanceSheet, changes: Sequence[AttendeeChange], days: int
) -> tuple[list[Attendee], list[Fault]]:
    """The people with these changes merged in, and hours that the activity's days do not have."""
    by_person = {one.person_id: (place, one.model_dump(exclude_unset=True)) for place, one in enumerate(changes)}
    people, faults = [], []
    for attendee in sheet.people:
        place, change = by_person.get(attendee.person_id, (0, {}))
        if change.get("role", attendee.role) is None:
            faults.append(_no_role(f"/people/{place}/role"))
            continue
        if (hours := change.get("volunteer_hours")) is not None:
            faults += naming.hours_faults(hours, days, f"/people/{place}/volunteer_hours")
        people.append(attendee.model_copy(update=change))
    return people, faults


def _not_there(at: str, id: UUID) -> Fault:
    return Fault(
        "person-not-in-sheet",
        Text(f"Orang {id} tidak ada di daftar hadir ini.", f"The person {id} is not in this sheet."),
        Text("Baca daftarnya: GET /v1/attendance-sheets/{id}.", "Read the sheet: GET /v1/attendance-sheets/{id}."),
        pointer=at,
    )


def _no_role(at: str) -> Fault:
    return Fault(
        "role-missing",
        Text("Setiap orang hadir sebagai sesuatu.", "Everybody came as something."),
        Text("Pilih satu peran, atau kosongkan bidang ini.", "Choose a role, or leave the field out."),
        pointer=at,
    )
