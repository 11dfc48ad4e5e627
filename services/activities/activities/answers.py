"""What crosses HTTP about activities on its way out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.activities.activities.models import Activity
from services.activities.known.places import Warned
from shared.codes import ActivityKind, ActivityStatus, Strategy
from shared.events.activities import Headcount, Party, PlanVersion, ResourceSum, TargetGroup
from shared.fields import Day
from shared.language import Language


class PlanOut(BaseModel):
    """The plan as it stands: the last of its versions."""

    planned_from: Day
    planned_until: Day


class CompletionOut(BaseModel):
    """When it was held and how many came."""

    held_from: Day
    held_until: Day
    invited: Headcount | None = None
    attended: Headcount | None = None


class PlaceOut(BaseModel):
    """Where in the village, in degrees (WGS 84) and words."""

    latitude: Annotated[float | None, Field(examples=[-7.0312])] = None
    longitude: Annotated[float | None, Field(examples=[107.5561])] = None
    text: Annotated[str | None, Field(examples=["Balai RW 05, dekat saluran induk"])] = None


class WarningOut(BaseModel):
    """What was understood otherwise than it was written, and accepted."""

    pointer: Annotated[str, Field(description="The field, as a JSON pointer.", examples=["/village"])]
    code: Annotated[str, Field(examples=["region-code-ended"])]
    message: Annotated[str, Field(examples=["Kode 14.71.08.1011 berakhir pada 2025-04-25; dibaca sebagai …"])]

    @classmethod
    def of(cls, warned: Warned, language: Language) -> Self:
        """The warning in a language."""
        return cls(pointer=warned.pointer, code=warned.code, message=warned.message.to(language))


class ActivityOut(BaseModel):
    """An activity as it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    title: Annotated[str, Field(examples=["Kerja bakti saluran air"])]
    kind: ActivityKind
    strategy: Strategy | None
    objective: Annotated[str | None, Field(examples=["Saluran bersih sebelum musim hujan"])]
    target_group: TargetGroup | None
    village: Annotated[
        str,
        Field(
            description="Kemendagri code of today of where it is held; of a village that is no more, of who took over.",
            examples=["32.04.05.2001"],
        ),
    ]
    village_id: UUID
    village_name: Annotated[str | None, Field(examples=["Cangkuang Kulon"])]
    lead_institution_id: UUID
    lead_institution_name: Annotated[str | None, Field(examples=["Arisan Mawar"])]
    co_organiser_ids: list[UUID]
    partners: list[str]
    target_institution_ids: list[UUID]
    parties: Annotated[list[Party], Field(description="Networks and registered partners that take part.")]
    cultural_value_ids: Annotated[list[UUID], Field(description="Local cultural values it practises.")]
    place: Annotated[PlaceOut | None, Field(description="Kept here, never published.")]
    programme_id: UUID | None
    series_id: Annotated[UUID | None, Field(description="The series it is an occurrence of.")]
    occurrence_on: Annotated[Day | None, Field(description="The day on which its series' rule gives it.")]
    experience_id: Annotated[UUID | None, Field(description="The experience it was made after.")]
    plan: PlanOut | None
    plan_versions: Annotated[list[PlanVersion], Field(description="Every version there ever was, oldest first.")]
    status: ActivityStatus
    completion: CompletionOut | None
    named: Annotated[int, Field(description="Distinct people in its attendance sheets.", examples=[30])]
    resources: Annotated[list[ResourceSum], Field(description="Sums of what was contributed to it.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime
    warnings: Annotated[
        list[WarningOut],
        Field(
            description="In the answer to a write only: what was understood otherwise than it was written.",
            examples=[[]],
        ),
    ] = []
    sheet_id: Annotated[
        UUID | None,
        Field(description="In the answer to a write only: the attendance sheet that was recorded with it."),
    ] = None

    @classmethod
    def of(
        cls,
        activity: Activity,
        village_name: str | None,
        lead_name: str | None,
        warnings: Sequence[WarningOut] = (),
        sheet_id: UUID | None = None,
    ) -> Self:
        """The answer about a row."""
        plan = {"planned_from": activity.planned_from, "planned_until": activity.planned_until}
        return cls.model_validate(
            {
                **{name: getattr(activity, name) for name in cls.model_fields if hasattr(activity, name)},
                "village": activity.village_code,
                "village_name": village_name,
                "lead_institution_name": lead_name,
                "plan": plan if activity.planned_from else None,
                "plan_versions": activity.plan,
                "completion": completion_of(activity),
                "warnings": warnings,
                "sheet_id": sheet_id,
            }
        )


def completion_of(activity: Activity) -> dict[str, Any] | None:
    """The completion part of a row; None until it was held."""
    if activity.held_from is None:
        return None
    return {name: getattr(activity, name) for name in CompletionOut.model_fields}
