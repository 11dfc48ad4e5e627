"""What crosses HTTP about offers."""

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

Until = Annotated[Day | None, Field(description="Last day on which it stands; none: no end.", examples=["2026-03-31"])]


class OfferDescription(Sought):
    """What is offered."""

    valid_until: Until = None

    @property
    def last_day(self) -> date | None:
        """The last day on which it is of use to anybody."""
        return self.valid_until


class OfferIn(OfferDescription):
    """What an institution or a network offers."""

    id: Id = None
    poster: Annotated[OrganisationIn, Field(description="Who offers it.")]


class OfferChange(SoughtChange):
    """Merge patch of an offer: what is left out stays, null removes."""

    valid_until: Until = None


class OfferAnswerIn(Closed):
    """Who would like to have it."""

    id: Id = None
    by: Annotated[
        OrganisationIn, Field(description="Who asks for it: another than who offers it, and one that may read it.")
    ]
    message: Message


class TakeUpOut(AnswerOut):
    """Who is to have it: they asked for it, or it answers a need of theirs."""

    need_id: Annotated[UUID | None, Field(description="The need that it answers.")]


class OfferOut(SoughtOut):
    """An offer as it stands."""

    valid_until: Day | None
    taken_up: Annotated[
        list[TakeUpOut],
        Field(description="When one offer is read: answers to or by organisations you act for, oldest first."),
    ]
