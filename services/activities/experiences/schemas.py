"""What crosses HTTP about experiences, their endorsements, and the activities made after them."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

from services.activities.activities.fields import Closed, Title
from services.activities.exchange.schemas import (
    Id,
    OrganisationIn,
    OrganisationOut,
    Posting,
    PostingChange,
    PostingOut,
)
from shared.codes import ActivityKind, PpksKind, Strategy
from shared.fields import Day, printable, unix_lines
from shared.language import Text
from shared.validation import Invalid

Story = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
    Field(examples=["Setiap Jumat satu RT membersihkan selokannya, lalu makan bersama …"]),
]


def _listed_once(ids: list[UUID]) -> list[UUID]:
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise Invalid(
                "listed-twice",
                Text("Nilai ini sudah disebut di daftar yang sama.", "This value is in the list already."),
                Text("Sebut setiap nilai satu kali.", "Name each value once."),
                at=str(place),
            )
    return ids


Values = Annotated[
    list[UUID],
    Field(max_length=20, description="Local cultural values it draws on, by their ids in registry."),
    AfterValidator(_listed_once),
]


class ExperienceDescription(Posting):
    """What a group did and learned."""

    title: Annotated[Title, Field(examples=["Jumat bersih bergilir antar-RT"])]
    kind: Annotated[ActivityKind, Field(description="Kind of activity it is about.", examples=["gotong_royong"])]
    story: Annotated[Story, Field(description="What was done, and how. No names of people.")]
    lessons: Annotated[Story | None, Field(description="What others should know.")] = None
    cultural_value_ids: Values = []
    activity_id: Annotated[
        UUID | None, Field(description="The completed activity of the poster that it comes from.")
    ] = None


class ExperienceIn(ExperienceDescription):
    """What a group tells to others."""

    id: Id = None
    poster: Annotated[OrganisationIn, Field(description="Who tells it.")]


class ExperienceChange(PostingChange):
    """Merge patch of an experience: what is left out stays, null removes."""

    kind: ActivityKind | None = None
    story: Story | None = None
    lessons: Story | None = None
    cultural_value_ids: Values | None = None
    activity_id: UUID | None = None


class EndorsementIn(Closed):
    """Who found it good."""

    id: Id = None
    by: Annotated[OrganisationIn, Field(description="Another than who tells it, and one that may read it.")]


class EndorsementOut(BaseModel):
    """An endorsement that stands."""

    id: UUID
    by: OrganisationOut
    on: Day


class ExperienceOut(PostingOut):
    """An experience as it stands."""

    kind: ActivityKind
    story: Annotated[str, Field(examples=["Setiap Jumat satu RT membersihkan selokannya, lalu makan bersama …"])]
    lessons: Annotated[str | None, Field(examples=["Giliran ditulis di papan pos ronda."])]
    cultural_value_ids: list[UUID]
    activity_id: UUID | None
    endorsements: Annotated[int, Field(description="As many organisations endorse it.", examples=[3])]
    uses: Annotated[int, Field(description="Activities made after it.", examples=[2])]


class TemplateTarget(BaseModel):
    """Whom it was meant for."""

    members: bool
    ppks_kinds: list[PpksKind]


class ActivityTemplate(BaseModel):
    """The beginning of an activity made after an experience: POST it to `/v1/activities` with your village, lead and days.

    What the experience's own activity did not tell is left out.
    """

    title: Annotated[str, Field(examples=["Jumat bersih bergilir antar-RT"])]
    kind: Annotated[ActivityKind, Field(examples=["gotong_royong"])]
    strategy: Annotated[Strategy | None, Field(examples=["pemberdayaan"])] = None
    objective: Annotated[str | None, Field(examples=["Saluran bersih sebelum musim hujan"])] = None
    target_group: TemplateTarget | None = None
    cultural_value_ids: list[UUID] = []
    experience_id: UUID
