"""What activities publishes about plans of a year and recurring activities."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Interval
from pydantic import Field, NonNegativeInt

from shared.codes import ActivityKind, FundingSource, OrganisationKind
from shared.events.activity import TargetGroup
from shared.events.envelope import Part, State


class Organisation(Part):
    """An institution, a network or a registered partner."""

    organisation: OrganisationKind
    id: UUID


class BudgetLine(Part):
    """Money expected from one source, in whole rupiah."""

    source: FundingSource
    value: Annotated[NonNegativeInt, Field(examples=[2500000])]


class Programme(State):
    """The work plan of an institution or a network for a year."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "programme"
    FACTS: ClassVar[tuple[str, ...]] = ("drawn_up", "changed", "voided")

    owner: Annotated[Organisation, Field(description="An institution or a network.")]
    year: Annotated[int, Interval(ge=1945, le=2100), Field(examples=[2026])]
    title: str
    goal: str | None = None
    target_group: TargetGroup | None = None
    village_id: Annotated[UUID, Field(description="The seat of its owner.")]
    budget: Annotated[list[BudgetLine], Field(description="One line for each source.")] = []
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class SeriesRule(Part):
    """A rule by which an activity recurs, from a day on until the next rule's."""

    rule: Annotated[
        str, Field(description="RRULE of RFC 5545, as it is understood.", examples=["FREQ=MONTHLY;BYMONTHDAY=-1"])
    ]
    starts_on: Annotated[date, Field(description="Its DTSTART: the first day on which it can give an occurrence.")]
    days: Annotated[int, Field(ge=1, description="Days that one occurrence takes.", examples=[1])] = 1


class Series(State):
    """An activity that recurs by rules of RFC 5545; its occurrences are activities of their own."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "series"
    FACTS: ClassVar[tuple[str, ...]] = ("begun", "changed", "rule_changed", "ended", "voided")

    title: str
    kind: ActivityKind
    rules: Annotated[list[SeriesRule], Field(min_length=1, description="Every rule it had, oldest first.")]
    begins_on: Annotated[date, Field(description="First day on which it gives occurrences: no day before it was told.")]
    ended_on: Annotated[date | None, Field(description="First day on which there are no more; null: no end.")] = None
    village_id: UUID
    lead_institution_id: UUID
    programme_id: UUID | None = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
