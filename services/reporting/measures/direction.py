"""TRH-01: whether a completed activity was directed: planned before it began, with an objective, for a target group."""

from shared.codes import ActivityKind
from shared.events.activities import Activity

EXEMPT = frozenset({ActivityKind.TANGGAP_DARURAT})
"""Emergency aid cannot be planned: it leaves both sides (`domain.md` §5.3)."""


def planned_before(activity: Activity) -> bool:
    """Whether a plan version was recorded before the first day it was held; on that day is not before."""
    begun = activity.held_from or activity.held_until
    return begun is not None and any(version.recorded_on < begun for version in activity.plan)


def has_objective(activity: Activity) -> bool:
    """Whether an objective is stated."""
    return bool(activity.objective and activity.objective.strip())


def has_target_group(activity: Activity) -> bool:
    """Whether it is meant for members, for kinds of PPKS, or for both."""
    group = activity.target_group
    return group is not None and (group.members or bool(group.ppks_kinds))


def directed(activity: Activity) -> bool:
    """Whether all three hold."""
    return planned_before(activity) and has_objective(activity) and has_target_group(activity)
