"""Who may stand in a sheet: known people, each once in the activity, whoever they really are. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.activities import unknown
from services.activities.attendance.people import People
from services.activities.attendance.schemas import AttendeeIn
from services.activities.known.places import Warned
from shared.codes import AttendanceRole
from shared.language import Text
from shared.problems import Fault

HOURS_OF_A_DAY = 24


def people_faults(
    people: Sequence[AttendeeIn], known: People, days: int, at: str, present: Collection[UUID] = ()
) -> list[Fault]:
    """What is wrong with people who are to stand in a sheet of an activity that took this many days.

    `present` are those, by the ids under which they count, whom its sheets name already.
    """
    faults = []
    named = set(present)
    for place, one in enumerate(people):
        canonical = known.canonical.get(one.person_id)
        if canonical is None:
            faults.append(unknown.announced("person", one.person_id, f"{at}/{place}/person_id"))
        elif canonical in named:
            faults.append(listed_twice(f"{at}/{place}/person_id", before=canonical in present))
        else:
            named.add(canonical)
        if one.volunteer_hours is not None:
            faults += hours_faults(one.volunteer_hours, days, f"{at}/{place}/volunteer_hours")
    return faults


def hours_faults(hours: int, days: int, at: str) -> list[Fault]:
    """Nobody gives more hours than the days of the activity have."""
    most = days * HOURS_OF_A_DAY
    if hours <= most:
        return []
    return [
        Fault(
            "more-hours-than-the-days-have",
            Text(f"Kegiatan ini {days} hari: paling banyak {most} jam.", f"It took {days} days: {most} hours at most."),
            Text("Perbaiki jumlah jamnya.", "Correct the hours."),
            pointer=at,
        )
    ]


def warnings(
    people: Sequence[AttendeeIn], known: People, organisers: Collection[UUID], day: date, at: str
) -> list[Warned]:
    """Those who came as members of the organisers and were none that day, as far as is known here."""
    # A duplicate's memberships may stand under the other record, which was not looked up: nothing is said of it.
    members = known.members(organisers, day) | {one for one, other in known.canonical.items() if one != other}
    return [
        Warned(
            f"{at}/{place}/role",
            "no-member-that-day",
            Text(
                f"Pada {day} orang ini tidak tercatat sebagai anggota penyelenggara.",
                f"On {day} this person is not on record as a member of an organiser.",
            ),
        )
        for place, one in enumerate(people)
        if one.role is AttendanceRole.ANGGOTA and one.person_id not in members
    ]


def more_named_than_counted(named: int, attended: Mapping[str, int] | None, at: str) -> list[Warned]:
    """That more people are named than were counted: numbers take the larger."""
    if not attended or named <= attended["total"]:
        return []
    return [
        Warned(
            at,
            "more-named-than-counted",
            Text(
                f"Disebut {named} orang, dihitung {attended['total']}. Yang dihitung mencakup semua yang hadir.",
                f"{named} people are named, {attended['total']} were counted. The count includes all who came.",
            ),
        )
    ]


def listed_twice(at: str, *, before: bool = False) -> Fault:
    """The fault of somebody who is named already: in this list, or `before` in a sheet of the activity."""
    where = Text("di daftar hadir kegiatan ini", "in a sheet of this activity")
    if not before:
        where = Text("di daftar ini", "in this list")
    return Fault(
        "person-listed-twice",
        Text(f"Orang ini sudah disebut {where.id}.", f"This person is named {where.en} already."),
        Text("Sebut setiap orang satu kali per kegiatan.", "Name each person once per activity."),
        pointer=at,
    )
