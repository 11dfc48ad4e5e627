"""What activities publishes about an activity: its plan versions, who holds it with whom, how many came. Nobody is named."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.codes import (
    ActivityKind,
    ActivityStatus,
    FundingSource,
    OrganisationKind,
    PartyRole,
    PpksKind,
    ResourceForm,
    Strategy,
)
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


class Party(Part):
    """A network or a registered partner that takes part, and as what."""

    organisation: Annotated[OrganisationKind, Field(description="`network` or `partner`.")]
    id: UUID
    role: PartyRole
    of_lead: Annotated[
        bool,
        Field(
            description="Of a network: the lead was one of its institutions on the last day, as far as was known when this "
            "was told. Such a network is no second organisation (TPD-01)."
        ),
    ] = False


class ResourceSum(Part):
    """What was contributed to the activity from one source in one form: whole rupiah, refunds taken off."""

    source: FundingSource
    form: ResourceForm
    value: Annotated[int, Field(ge=0, description="Of contributions whose value was stated.", examples=[300000])]
    unvalued: Annotated[int, Field(ge=0, description="Contributions without a stated value.", examples=[0])] = 0


class Activity(State):
    """An activity, with every version its plan ever had: what was planned before the start is known for ever."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "activity"
    FACTS: ClassVar[tuple[str, ...]] = (
        "planned", "recorded", "changed", "rescheduled", "completed", "corrected", "cancelled", "voided",
        "skipped", "withdrawn", "attendance_recorded", "resources_changed",
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
    programme_id: UUID | None = None
    series_id: Annotated[UUID | None, Field(description="The series it is an occurrence of.")] = None
    occurrence_on: Annotated[date | None, Field(description="The day on which its series' rule gives it.")] = None
    parties: Annotated[list[Party], Field(description="Networks and registered partners that take part.")] = []
    cultural_value_ids: Annotated[list[UUID], Field(description="Local cultural values it practises.")] = []
    named: Annotated[
        int,
        Field(
            ge=0,
            description="Distinct people named in its attendance sheets. `attended`, where given, counts them too.",
        ),
    ] = 0
    resources: Annotated[list[ResourceSum], Field(description="Sums of what was contributed to it.")] = []
