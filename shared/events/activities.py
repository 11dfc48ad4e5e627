"""What activities publishes: activities with their plan versions and headcounts. No personal data."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes import ActivityKind, ActivityStatus, PpksKind, Strategy
from shared.events.envelope import Part, State


class BySex(Part):
    """A headcount by sex; `unknown` is sex not recorded."""

    female: Annotated[int, Field(ge=0, examples=[12])] = 0
    male: Annotated[int, Field(ge=0, examples=[12])] = 0
    unknown: Annotated[int, Field(ge=0, examples=[12])] = 0


class ByAge(Part):
    """A headcount by age band in completed years; `unknown` is age not recorded."""

    # Source: `domain.md` §5.1.

    age_0_5: Annotated[int, Field(ge=0, examples=[12])] = 0
    age_6_17: Annotated[int, Field(ge=0, examples=[12])] = 0
    age_18_59: Annotated[int, Field(ge=0, examples=[12])] = 0
    age_60_up: Annotated[int, Field(ge=0, examples=[12])] = 0
    unknown: Annotated[int, Field(ge=0, examples=[12])] = 0


class Headcount(Part):
    """People counted, not named. `by_sex` and `by_age`, where given, each add up to `total`."""

    total: Annotated[int, Field(ge=0, examples=[12])]
    by_sex: BySex | None = None
    by_age: ByAge | None = None


class TargetGroup(Part):
    """Whom an activity is meant for: members of the organisers, PPKS kinds, or both."""

    members: bool = False
    ppks_kinds: list[PpksKind] = []


class PlanVersion(Part):
    """One version of a plan. `planned_until` is the last planned day; `recorded_on` the local day we were told."""

    planned_from: date
    planned_until: date
    recorded_on: date


class Activity(State):
    """An activity, with every version its plan ever had: what was planned before the start is known for ever."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "activity"
    FACTS: ClassVar[tuple[str, ...]] = (
        "planned", "recorded", "changed", "rescheduled", "completed", "corrected", "cancelled", "voided",
    )  # fmt: skip

    title: str
    kind: ActivityKind
    strategy: Strategy | None = None
    objective: str | None = None
    target_group: TargetGroup | None = None
    village_id: Annotated[UUID, Field(description="Where it is held.")]
    lead_institution_id: UUID
    co_organiser_ids: list[UUID] = []
    partners: Annotated[list[str], Field(description="Organisations that take part, by name.")] = []
    target_institution_ids: list[UUID] = []
    plan: Annotated[list[PlanVersion], Field(description="Oldest first; empty if it was recorded afterwards.")] = []
    status: ActivityStatus
    held_from: Annotated[date | None, Field(description="First day it was held; null until completed.")] = None
    held_until: Annotated[date | None, Field(description="Last day it was held; null until completed.")] = None
    invited: Headcount | None = None
    attended: Headcount | None = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


STATES: tuple[type[State], ...] = (Activity,)
