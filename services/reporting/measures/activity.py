"""What one activity gives: PRT-02, SOL-01, SOL-03, TPD-01, TRH-01 and TRH-02 straight; BUD-01, KSB-01, STR-01 and STR-02
through their owners' tallies.

An activity counts in the month of its last day, in the village where it was held (`domain.md` §5.1).
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from uuid import UUID

from services.reporting.measures import ACTIVITY, KIND_NUMBER, RESOURCE, SOURCE_NUMBER, Emit, Tag, direction
from services.reporting.periods import last_day, month_of, period_of
from services.reporting.places import Village
from shared.codes import ActivityKind, ActivityStatus, OrganisationKind
from shared.events.activities import Activity

AWARENESS = frozenset({ActivityKind.PENYADARAN, ActivityKind.SOSIALISASI_WKSBM})
EMPOWERING = frozenset({ActivityKind.PELATIHAN, ActivityKind.BIMBINGAN, ActivityKind.BANTUAN_SARANA})
LENGTHS = (1, 3, 6, 12)
"""Months of the four period kinds, in the order of the planned_* and realised_* measures."""
GRACE = timedelta(days=30)
"""An activity realises its plan if it was completed this long after the period's end at the latest."""

_COMPLETED, _JOINT, _ATTENDED, _INVITED = range(4)
_PLANNED, _REALISED = 4, 8
_DIRECTABLE, _DIRECTED, _ATTENDANCE, _NAMED = range(12, 16)
_VALUE, _UNVALUED = range(2)


def contribute(activity: Activity, village: Village, emit: Emit) -> None:
    """Gives an activity's own contributions. A voided one gives none."""
    if activity.voided:
        return
    dimension = KIND_NUMBER[activity.kind]
    if activity.status is ActivityStatus.SELESAI and activity.held_until is not None:
        month, done, funds = month_of(activity.held_until), _done(activity), _funds(activity)
        for path in village.on(activity.held_until):
            emit(ACTIVITY, path, month, dimension, done)
            for source, changes in funds.items():
                emit(RESOURCE, path, month, source, changes)
    for day, changes in _planned(activity).items():
        for path in village.on(day):
            emit(ACTIVITY, path, month_of(day), dimension, changes)


def _done(activity: Activity) -> list[tuple[int, int]]:
    """What a completed activity gives in its month."""
    done = [(_COMPLETED, 1)]
    if is_joint(activity):
        done.append((_JOINT, 1))
    if activity.kind not in direction.EXEMPT:
        done.append((_DIRECTABLE, 1))
        if direction.directed(activity):
            done.append((_DIRECTED, 1))
    came = attendance(activity)
    if came is not None:
        done += [(_ATTENDANCE, came), (_NAMED, activity.named)]
        if activity.invited is not None:
            done += [(_ATTENDED, came), (_INVITED, activity.invited.total)]
    return done


def attendance(activity: Activity) -> int | None:
    """How many came: all who were counted, or the people named if they are more; None if nobody counted or named any."""
    if activity.attended is None:
        return activity.named or None
    return max(activity.attended.total, activity.named)


def _funds(activity: Activity) -> dict[int, list[tuple[int, int]]]:
    """SOL-01: what was contributed to it, net of refunds, by the number of its source; in rupiah, and without a value."""
    funds: dict[int, list[tuple[int, int]]] = {}
    for each in activity.resources:
        row = funds.setdefault(SOURCE_NUMBER[each.source], [])
        row += [(_VALUE, each.value), (_UNVALUED, each.unvalued)]
    return funds


def _planned(activity: Activity) -> dict[date, list[tuple[int, int]]]:
    """What the plan gives, by the last planned day of the version that stands for a period."""
    changes: dict[date, list[tuple[int, int]]] = {}
    for place, length in enumerate(LENGTHS):
        for day, realised in plan_periods(activity, length):
            row = changes.setdefault(day, [])
            row.append((_PLANNED + place, 1))
            if realised:
                row.append((_REALISED + place, 1))
    return changes


def organisations(activity: Activity) -> set[tuple[str, object]]:
    """TPD-01: the distinct organisations in role: lead, co-organisers, partners by name, networks and registered partners.

    An institution in two roles is one. A network of which the lead is a member is no second one: the lead is that
    network at work. So a network with a member that does not lead counts as two.
    """
    institutions = {activity.lead_institution_id, *activity.co_organiser_ids}
    found: set[tuple[str, object]] = {("institution", each) for each in institutions}
    found |= {("name", name.strip().casefold()) for name in activity.partners}
    for party in activity.parties:
        if not (party.organisation is OrganisationKind.NETWORK and party.of_lead):
            found.add((party.organisation, party.id))
    return found


def is_joint(activity: Activity) -> bool:
    """TPD-01: two or more distinct organisations in role."""
    return len(organisations(activity)) >= 2


def plan_periods(activity: Activity, length: int) -> list[tuple[date, bool]]:
    """TRH-02: for each period of `length` months with a counting plan version: that version's last day, realised?

    A version recorded on or after its own start does not count, nor one recorded after the activity was held, nor one
    that a later version, recorded before the former's start, took out of the period. Realised: the last version lies in the period and the activity was completed
    by 30 days after its end. Of several counting versions in one period the first stands for all.
    """
    plan = activity.plan
    found: list[tuple[date, bool]] = []
    seen: set[int] = set()
    for place, version in enumerate(plan):
        period = period_of(month_of(version.planned_until), length)
        if version.recorded_on >= version.planned_from or period in seen:
            continue
        if activity.held_until is not None and version.recorded_on > activity.held_until:
            continue
        later = plan[place + 1 :]
        if any(
            other.recorded_on < version.planned_from and period_of(month_of(other.planned_until), length) != period
            for other in later
        ):
            continue
        seen.add(period)
        ends_here = not later or period_of(month_of(later[-1].planned_until), length) == period
        found.append((version.planned_until, ends_here and _completed_by(activity, _grace_ends(period, length))))
    return found


@cache
def _grace_ends(period: int, length: int) -> date:
    return last_day(period + length - 1) + GRACE


def _completed_by(activity: Activity, day: date) -> bool:
    return activity.status is ActivityStatus.SELESAI and activity.held_until is not None and activity.held_until <= day


def tallies(activity: Activity) -> Iterator[tuple[UUID, Tag, int, int]]:
    """What a completed activity adds to its owners: (owner, tag, first month of the tag's period, 1)."""
    if activity.voided or activity.status is not ActivityStatus.SELESAI or activity.held_until is None:
        return
    month = month_of(activity.held_until)
    for organiser in {activity.lead_institution_id, *activity.co_organiser_ids}:
        yield organiser, Tag.ORGANISED, period_of(month, 3), 1
    if activity.kind in AWARENESS:
        yield activity.village_id, Tag.AWARENESS, month, 1
    if activity.kind in EMPOWERING:
        for target in set(activity.target_institution_ids):
            yield target, Tag.EMPOWERED, month, 1
    for value in set(activity.cultural_value_ids):
        yield value, Tag.PRACTISED, month, 1
