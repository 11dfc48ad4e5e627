"""Merge patches of activities, and what a completed one is corrected with."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.activities.activities.fields import (
    Closed,
    CulturalValues,
    Institutions,
    Partners,
    Place,
    Prose,
    Reason,
    Title,
)
from services.activities.activities.headcounts import HeadcountChange
from services.activities.activities.schemas import Completion, Description, TargetGroup
from services.activities.activities.taking_part import Parties, PlaceChange
from shared.codes import ActivityKind, Strategy
from shared.fields import Day


class CompletionChange(Closed):
    """Merge patch of a completion."""

    held_from: Day | None = None
    held_until: Day | None = None
    invited: HeadcountChange | None = None
    attended: HeadcountChange | None = None


class DescriptionChange(Closed):
    """Merge patch of a description: what is left out stays, null removes."""

    title: Title | None = None
    kind: ActivityKind | None = None
    strategy: Strategy | None = None
    objective: Prose | None = None
    target_group: TargetGroup | None = None
    village: Place | None = None
    lead_institution_id: UUID | None = None
    co_organiser_ids: Annotated[Institutions, Field(max_length=50)] | None = None
    partners: Partners | None = None
    target_institution_ids: Annotated[Institutions, Field(max_length=500)] | None = None
    parties: Parties | None = None
    cultural_value_ids: CulturalValues | None = None
    place: PlaceChange | None = None
    programme_id: UUID | None = None
    experience_id: UUID | None = None


class CorrectedChange(DescriptionChange):
    """Merge patch of a completed activity."""

    completion: CompletionChange | None = None


class Correction(CorrectedChange):
    """What was recorded wrongly about a completed activity: a merge patch, and why."""

    reason: Reason

    def change(self) -> CorrectedChange:
        """The patch alone."""
        return CorrectedChange.model_validate(self.model_dump(exclude_unset=True, exclude={"reason"}))


class Corrected(Description):
    """A completed activity as it can be corrected."""

    completion: Completion
