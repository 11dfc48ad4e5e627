"""What must hold of an activity's days. Pure: takes what is known, gives faults with pointers."""

from datetime import date

from services.activities.activities.models import Activity
from shared.language import Text
from shared.problems import Fault, InvalidPayload


def refuse(faults: list[Fault]) -> None:
    """Raises InvalidPayload if there is any fault."""
    if faults:
        raise InvalidPayload(errors=faults)


def future_faults(held_until: date, today: date, at: str) -> list[Fault]:
    """What is said to be done lies not in the future, by the calendar of the place."""
    if held_until <= today:
        return []
    return [
        Fault(
            "completion-in-the-future",
            Text(
                f"{held_until} belum tiba; hari ini {today} di sana.", f"{held_until} is to come; it is {today} there."
            ),
            Text("Catat setelah kegiatan selesai.", "Record it once the activity is over."),
            pointer=at,
        )
    ]


RESCHEDULE_FIRST = Text(
    "Jadwalkan ulang dahulu (POST …/rescheduling), atau perbaiki tanggalnya.",
    "Reschedule it first (POST …/rescheduling), or correct the dates.",
)
RECORD_ANEW = Text(
    "Perbaiki tanggalnya; bila rencananya yang keliru, batalkan catatan ini (POST …/voiding) dan catat yang baru.",
    "Correct the dates; if it is the plan that is wrong, void this record (POST …/voiding) and record it anew.",
)


def early_faults(activity: Activity, held_until: date, at: str, remedy: Text) -> list[Fault]:
    """It is not over before the first day of its newest plan, or the plan was moved without being told.

    A plan that was recorded only when it had begun counts nowhere and forbids nothing.
    """
    if activity.planned_from is None or held_until >= activity.planned_from:
        return []
    if date.fromisoformat(activity.plan[-1]["recorded_on"]) >= activity.planned_from:
        return []
    return [
        Fault(
            "held-before-planned-start",
            Text(
                f"Berakhir {held_until}, sebelum rencana mulai {activity.planned_from}.",
                f"It ended on {held_until}, before its planned start on {activity.planned_from}.",
            ),
            remedy,
            pointer=at,
        )
    ]
