"""What activities publishes about the exchange between groups. Texts stay behind: somebody may write a name in them."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import ActivityKind, ExchangeKind, ExchangeScope, PostingOutcome, PostingState
from shared.events.envelope import Part, State
from shared.events.programmes import Organisation


class Answer(Part):
    """That somebody answered a need, with an offer of theirs or without. What was written stays behind."""

    id: UUID
    by: Organisation
    offer_id: UUID | None = None
    on: date


class TakeUp(Part):
    """That an offer found somebody: it answers their need, or they asked for it."""

    id: Annotated[UUID, Field(description="The answer by which it came about.")]
    by: Annotated[Organisation, Field(description="Who is to have it.")]
    need_id: Annotated[UUID | None, Field(description="The need that it answers.")] = None
    on: date


class Need(State):
    """What an institution or a network needs."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "need"
    FACTS: ClassVar[tuple[str, ...]] = ("posted", "changed", "answered", "answer_withdrawn", "closed", "voided")

    poster: Annotated[Organisation, Field(description="An institution or a network.")]
    kind: ExchangeKind
    scope: ExchangeScope
    network_id: Annotated[UUID | None, Field(description="Of scope `network`: which.")] = None
    village_id: UUID
    needed_until: Annotated[date | None, Field(description="Last day on which help is of use.")] = None
    state: PostingState
    answers: Annotated[list[Answer], Field(max_length=200)] = []
    outcome: PostingOutcome | None = None
    closed_with: Annotated[UUID | None, Field(description="The answer by which it was met.")] = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Offer(State):
    """What an institution or a network offers."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "offer"
    FACTS: ClassVar[tuple[str, ...]] = ("posted", "changed", "taken_up", "take_up_withdrawn", "closed", "voided")

    poster: Annotated[Organisation, Field(description="An institution or a network.")]
    kind: ExchangeKind
    scope: ExchangeScope
    network_id: UUID | None = None
    village_id: UUID
    valid_until: Annotated[date | None, Field(description="Last day on which it stands.")] = None
    state: PostingState
    taken_up: Annotated[list[TakeUp], Field(max_length=200)] = []
    outcome: PostingOutcome | None = None
    closed_with: Annotated[UUID | None, Field(description="The answer to whom it was given.")] = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Experience(State):
    """What a group learned and tells to others."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "experience"
    FACTS: ClassVar[tuple[str, ...]] = (
        "told",
        "changed",
        "endorsed",
        "endorsement_withdrawn",
        "used",
        "withdrawn",
        "voided",
    )

    poster: Annotated[Organisation, Field(description="An institution or a network.")]
    kind: Annotated[ActivityKind, Field(description="Kind of activity it is about.")]
    scope: ExchangeScope
    network_id: UUID | None = None
    village_id: UUID
    activity_id: Annotated[UUID | None, Field(description="The activity it comes from.")] = None
    cultural_value_ids: list[UUID] = []
    endorsed_by: Annotated[list[Organisation], Field(max_length=500)] = []
    uses: Annotated[NonNegativeInt, Field(description="Activities made after it.")] = 0
    state: PostingState
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
