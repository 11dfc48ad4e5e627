"""The steps of an activity's life: rescheduled, completed, cancelled, voided, and which may follow from where it stands.

Each runs in the caller's transaction on a row it holds, and records one event.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import rows, rules
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import Completion, Rescheduling
from services.activities.known import references
from services.activities.models import Activity
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus
from shared.language import Text
from shared.problems import Conflict, Fault


class StepNotPossible(Conflict):
    slug = "step-not-possible"
    title = Text("Langkah ini tidak mungkin dari keadaan sekarang", "This step is not possible from where it stands")


POSSIBLE: Mapping[ActivityStatus, tuple[str, ...]] = {
    ActivityStatus.DIRENCANAKAN: ("change", "rescheduling", "completion", "cancellation", "voiding"),
    ActivityStatus.SELESAI: ("correction", "voiding"),
    ActivityStatus.DIBATALKAN: ("voiding",),
}
"""What may follow from each status; `change` is PATCH. A voided record stays as it is."""


def require(activity: Activity, step: str) -> None:
    """Raises StepNotPossible, which names the state and the possible steps."""
    possible = () if activity.voided else POSSIBLE[activity.status]
    if step in possible:
        return
    state = "voided" if activity.voided else activity.status.value
    steps = ", ".join(possible) or "-"
    raise StepNotPossible(
        Text(
            f"Kegiatan ini berstatus «{state}»; langkah yang mungkin: {steps}.",
            f"The activity is «{state}»; possible steps: {steps}.",
        ),
        extra={"state": state, "possible_steps": list(possible)},
    )


async def reschedule(
    session: AsyncSession, held: Locked, body: Rescheduling, principal: Principal, now: datetime
) -> None:
    """Appends a version to the plan, recorded on the local day of the place at receipt. The earlier ones stay."""
    activity = held.activity
    require(activity, "rescheduling")
    if (activity.planned_from, activity.planned_until) == (body.planned_from, body.planned_until):
        rules.refuse([_same_dates()])
    await _refuse_idle(session, activity, "/planned_from", body.planned_from)
    rows.plan(activity, body, local_date(now, held.time_zone))
    await rows.record(session, activity, "rescheduled", principal, now, body.reason)


async def complete(session: AsyncSession, held: Locked, body: Completion, principal: Principal, now: datetime) -> None:
    """Tells that it was held. Before the planned start is possible, after today is not."""
    activity = held.activity
    require(activity, "completion")
    rules.refuse(rules.future_faults(body.held_until, local_date(now, held.time_zone), "/held_until"))
    await _refuse_idle(session, activity, "/held_from", body.held_from)
    rows.complete(activity, body)
    await rows.record(session, activity, "completed", principal, now)


async def cancel(session: AsyncSession, held: Locked, reason: str, principal: Principal, now: datetime) -> None:
    """Tells that it will not be held. Its plan stays known."""
    require(held.activity, "cancellation")
    held.activity.status = ActivityStatus.DIBATALKAN
    await rows.record(session, held.activity, "cancelled", principal, now, reason)


async def void(session: AsyncSession, held: Locked, reason: str, principal: Principal, now: datetime) -> None:
    """Tells that the record was an entry error. It stays readable and counts nowhere."""
    require(held.activity, "voiding")
    held.activity.voided = True
    await rows.record(session, held.activity, "voided", principal, now, reason)


async def _refuse_idle(session: AsyncSession, activity: Activity, at: str, day: date) -> None:
    organisers = [activity.lead_institution_id, *activity.co_organiser_ids]
    known = await references.find(session, None, organisers)
    rules.refuse([fault for one in organisers for fault in rules.idle_faults({at: one}, known, [day])])


def _same_dates() -> Fault:
    return Fault(
        "plan-unchanged",
        Text("Rencana sudah pada tanggal itu.", "It is planned for these days already."),
        Text("Kirim tanggal yang baru.", "Send the new days."),
        pointer="/planned_from",
    )
