"""What crosses HTTP about needs."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.activities.activities.fields import Closed
from services.activities.exchange.schemas import (
    AnswerOut,
    Id,
    Message,
    OrganisationIn,
    Sought,
    SoughtChange,
    SoughtOut,
)
from shared.fields import Day

Until = Annotated[
    Day | None, Field(description="Last day on which help is of use; none: it stays open.", examples=["2026-03-31"])
]


class NeedDescription(Sought):
    """What is needed."""

    needed_until: Until = None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is of use to anybody."""
        return self.needed_until


class NeedIn(NeedDescription):
    """What an institution or a network needs."""

    id: Id = None
    poster: Annotated[OrganisationIn, Field(description="Who needs it.")]


class NeedChange(SoughtChange):
    """Merge patch of a need: what is left out stays, null removes."""

    needed_until: Until = None


class NeedAnswerIn(Closed):
    """Who helps, and how."""

    id: Id = None
    by: Annotated[OrganisationIn, Field(description="Who helps: another than who asked, and one that may read it.")]
    offer_id: Annotated[UUID | None, Field(description="An open offer of theirs that meets the need.")] = None
    message: Message


class NeedAnswerOut(AnswerOut):
    """An answer to a need that stands."""

    offer_id: UUID | None


class NeedOut(SoughtOut):
    """A need as it stands."""

    needed_until: Day | None
    answers: Annotated[list[NeedAnswerOut], Field(description="That stand, oldest first; the public sees none.")]
