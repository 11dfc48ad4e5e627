"""The steps of an activity's life: rescheduled, cancelled, voided, and which may follow from where it stands.

Each runs in the caller's transaction on a row it holds, and records one event.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import naming, parties, rows, rules
from services.activities.activities.models import Activity
from services.activities.activities.queries import Locked
from services.activities.activities.referred import Referred
from services.activities.activities.schemas import Rescheduling
from services.activities.attendance import following
from services.activities.benefits import standing
from services.activities.experiences import uses
from services.activities.known import reading, references
from services.activities.known.networks import MEMBERS_OF
from services.activities.known.references import Institution
from services.activities.village_reports import restating
from shared.auth import Principal
from shared.clock import local_date
from shared.codes import ActivityStatus, OrganisationKind
from shared.events.activity import Party
from shared.language import Text
from shared.problems import Conflict, Fault

MOST_PLAN_VERSIONS = 500
"""Versions a plan may have: an event carries all of them and has to fit (`semantics.md` §2.2)."""


class WrongState(Conflict):
    slug = "wrong-state"
    title = Text("Langkah ini tidak mungkin dari keadaan sekarang", "This step is not possible from where it stands")


class PlanMovedTooOften(Conflict):
    slug = "plan-moved-too-often"
    title = Text("Rencana ini sudah terlalu sering dipindahkan", "This plan has been moved too often")


POSSIBLE: Mapping[ActivityStatus, tuple[str, ...]] = {
    ActivityStatus.DIRENCANAKAN: ("change", "rescheduling", "completion", "cancellation", "voiding"),
    ActivityStatus.SELESAI: ("correction", "voiding"),
    ActivityStatus.DIBATALKAN: ("voiding",),
}
"""What may follow from each status; `change` is PATCH. A voided record stays as it is."""


def require(activity: Activity, step: str) -> None:
    """Raises WrongState, which names the state and the possible steps."""
    possible = () if activity.voided else POSSIBLE[activity.status]
    if step in possible:
        return
    state = {"status": activity.status.value} | ({"voided": "true"} if activity.voided else {})
    here = ", ".join(f"{name} «{value}»" for name, value in state.items())
    ways = ", ".join(f"«{way}»" for way in possible)
    raise WrongState(
        Text(
            f"Langkah «{step}» tidak mungkin pada {here}. Yang mungkin sekarang: {ways or 'tidak ada'}.",
            f"The step «{step}» is not possible at {here}. Possible now: {ways or 'none'}.",
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
    if len(activity.plan) >= MOST_PLAN_VERSIONS:
        raise PlanMovedTooOften(
            Text(
                f"Sebuah rencana paling banyak memiliki {MOST_PLAN_VERSIONS} versi. Batalkan kegiatan ini dan catat yang baru.",
                f"A plan has at most {MOST_PLAN_VERSIONS} versions. Cancel this activity and plan a new one.",
            )
        )
    await _refuse_idle(session, activity, "/planned_from", body.planned_from, principal)
    stamped = await _parties(session, activity, body.planned_until)
    rows.plan(activity, body, local_date(now, held.time_zone))
    activity.parties = stamped
    await rows.record(session, held, "rescheduled", principal, now, body.reason)


async def _parties(session: AsyncSession, activity: Activity, last: date) -> list[Party]:
    """The parties, once the activity belongs to another day: a network may be the lead's on the one and not on the other."""
    found = await reading.found(session, MEMBERS_OF, networks_of(activity))
    return parties.stamped(activity.parties, activity.lead_institution_id, found, last)


def organisers_of(activity: Activity) -> list[UUID]:
    """The lead and the co-organisers."""
    return [activity.lead_institution_id, *activity.co_organiser_ids]


def networks_of(*activities: Activity) -> set[UUID]:
    """The networks that take part in activities."""
    of_all = (party for activity in activities for party in activity.parties)
    return {party.id for party in of_all if party.organisation is OrganisationKind.NETWORK}


async def cancel(session: AsyncSession, held: Locked, reason: str, principal: Principal, now: datetime) -> None:
    """Tells that it will not be held. Its plan stays known. Raises BenefitsStand."""
    require(held.activity, "cancellation")
    await standing.refuse(session, held.activity.id)
    held.activity.status = ActivityStatus.DIBATALKAN
    await rows.record(session, held, "cancelled", principal, now, reason)


async def void(session: AsyncSession, held: Locked, reason: str, principal: Principal, now: datetime) -> None:
    """Tells that the record was an entry error. It stays readable and counts nowhere. Raises BenefitsStand."""
    require(held.activity, "voiding")
    await standing.refuse(session, held.activity.id)
    held.activity.voided = True
    await rows.record(session, held, "voided", principal, now, reason)
    await following.follow(session, held, principal, now)
    await restating.touched(session, held.activity.village_id, held.activity.held_until, by=principal, now=now)
    await uses.recorded(session, held.activity.experience_id, by=principal, now=now, more=-1)


async def _refuse_idle(session: AsyncSession, activity: Activity, at: str, day: date, principal: Principal) -> None:
    found = await references.find(session, None, organisers_of(activity))
    rules.refuse(idle_faults(activity, found.institutions, at, day, principal))


def idle_faults(
    activity: Activity, institutions: Mapping[UUID, Institution], at: str, day: date, principal: Principal
) -> list[Fault]:
    """Its organisers are at work on the day; `at` is where the day was given."""
    known = Referred({}, dict(institutions))
    faults = [
        fault for one in organisers_of(activity) for fault in naming.idle_faults({at: one}, known, [day], principal)
    ]
    return list(dict.fromkeys(faults))


def _same_dates() -> Fault:
    return Fault(
        "plan-unchanged",
        Text("Rencana sudah pada tanggal itu.", "It is planned for these days already."),
        Text("Kirim tanggal yang baru.", "Send the new days."),
        pointer="/planned_from",
    )
