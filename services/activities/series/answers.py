"""What crosses HTTP about series and their occurrences on its way out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from services.activities.activities.answers import WarningOut
from services.activities.activities.schemas import TargetGroup
from services.activities.activities.taking_part import ExactPlace, PartyIn
from shared.codes import ActivityKind, ActivityStatus, Strategy
from shared.events.activities import SeriesRule


class SeriesOut(BaseModel):
    """A series as it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    title: Annotated[str, Field(examples=["Arisan bulanan"])]
    kind: ActivityKind
    strategy: Strategy | None
    objective: Annotated[str | None, Field(examples=["Modal usaha bergilir"])]
    target_group: TargetGroup | None
    village: Annotated[
        str, Field(description="Kemendagri code of today of where it is held.", examples=["32.04.05.2001"])
    ]
    village_id: UUID
    village_name: Annotated[str | None, Field(examples=["Cangkuang Kulon"])]
    lead_institution_id: UUID
    lead_institution_name: Annotated[str | None, Field(examples=["Arisan Mawar"])]
    co_organiser_ids: list[UUID]
    partners: list[str]
    target_institution_ids: list[UUID]
    parties: list[PartyIn]
    cultural_value_ids: list[UUID]
    place: ExactPlace | None
    programme_id: UUID | None
    experience_id: UUID | None
    rules: Annotated[
        list[SeriesRule], Field(description="Every rule it had, oldest first, as understood; the last holds.")
    ]
    begins_on: Annotated[date, Field(description="First day on which it gives occurrences.")]
    ended_on: Annotated[date | None, Field(description="First day on which there are no more; null: no end was told.")]
    made_through: Annotated[
        date, Field(description="Its occurrences up to this day are activities; later ones are made as time goes on.")
    ]
    next_dates: Annotated[
        list[date],
        Field(
            description="What the rules give next from today on, five at most; left empty in lists.",
            examples=[["2026-04-05"]],
        ),
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime
    made: Annotated[
        int | None, Field(description="In the answer to a write only: occurrences that it planned.", examples=[12])
    ] = None
    withdrawn: Annotated[
        int | None,
        Field(description="In the answer to a write only: planned occurrences that it withdrew.", examples=[0]),
    ] = None
    warnings: Annotated[
        list[WarningOut],
        Field(description="In the answer to a write only: what was understood otherwise than written.", examples=[[]]),
    ] = []


class OccurrenceOut(BaseModel):
    """A date of a series and what became of it."""

    on: Annotated[date, Field(description="The day on which the rule gives it; it stays so when it is moved.")]
    given: Annotated[bool, Field(description="Whether the rule as it is now gives it.")]
    activity_id: Annotated[UUID | None, Field(description="The activity it is; null while it is not made.")] = None
    sequence: Annotated[
        int,
        Field(description="The activity's version, also the ETag for its steps; 0 while it is not made.", examples=[1]),
    ] = 0
    status: Annotated[ActivityStatus | None, Field(description="Null while it is not made.")] = None
    voided: Annotated[bool, Field(description="The record was an entry error: it counts nowhere.")] = False
    moved: Annotated[bool, Field(description="Planned for other days than the rule says.")] = False
    planned_from: date | None = None
    planned_until: date | None = None
    held_from: date | None = None
    held_until: date | None = None
    reason: Annotated[str | None, Field(description="Why it was skipped or cancelled.", examples=["Lebaran"])] = None


class Occurrences(BaseModel):
    """Dates of a series, ascending."""

    items: list[OccurrenceOut]
    next: Annotated[date | None, Field(description="Ask on with `from` = this day; null if there are no more.")] = None
