"""What crosses HTTP about all that is posted in the exchange: who posts, how far it is told, and answers."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.activities.activities.answers import WarningOut
from services.activities.activities.fields import Closed, Place, Prose, Title
from shared.codes import ExchangeKind, ExchangeScope, OrganisationKind, PostingOutcome, PostingState
from shared.events.activities import Organisation
from shared.fields import Day, Name
from shared.language import Text
from shared.validation import Invalid

Id = Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")]
Words = Annotated[Prose, Field(examples=["Dua puluh karung beras untuk warga yang rumahnya terendam."])]
Commodity = Annotated[
    Name, StringConstraints(max_length=80), Field(description="What, in a word or two.", examples=["beras"])
]
Quantity = Annotated[
    Name, StringConstraints(max_length=80), Field(description="How much, in words.", examples=["20 karung"])
]
Message = Annotated[
    Prose,
    Field(
        description="For those who asked, and read by them and by you only.",
        examples=["Kami punya 20 karung, dapat diambil hari Sabtu."],
    ),
]


class OrganisationIn(Closed):
    """An institution or a network of your area; an institution's operator names its own institution."""

    organisation: Annotated[
        Literal[OrganisationKind.INSTITUTION, OrganisationKind.NETWORK], Field(examples=["institution"])
    ]
    id: UUID

    @property
    def party(self) -> Organisation:
        """The same as events name it."""
        return Organisation(organisation=self.organisation, id=self.id)


class Posting(Closed):
    """How far something is told, and from which village."""

    title: Annotated[Title, Field(examples=["Beras untuk korban banjir"])]
    village: Annotated[
        Place | None,
        Field(
            description="Kemendagri code of the village it is about, in your area. Left out: the seat of the institution; "
            "a network that works in several villages names one."
        ),
    ] = None
    scope: Annotated[ExchangeScope, Field(description="Who reads it.", examples=["district"])]
    network_id: Annotated[
        UUID | None, Field(description="Of scope `network`: which. The poster is one of its members, or itself it.")
    ] = None

    @model_validator(mode="after")
    def _network_if_scope(self) -> Self:
        if self.scope is ExchangeScope.NETWORK and self.network_id is None:
            raise Invalid(
                "missing",
                Text("Jaringan mana yang membacanya tidak disebut.", "Which network reads it is not told."),
                Text("Isi network_id, atau pilih cakupan lain.", "Give network_id, or choose another scope."),
                at="network_id",
            )
        if self.scope is not ExchangeScope.NETWORK and self.network_id is not None:
            raise Invalid(
                "network-without-scope",
                Text(f"Cakupan «{self.scope}» tidak memakai jaringan.", f"The scope «{self.scope}» takes no network."),
                Text(
                    "Kosongkan network_id, atau pilih cakupan «network».", "Leave network_id out, or choose `network`."
                ),
                at="network_id",
            )
        return self


class Sought(Posting):
    """What is needed or offered."""

    kind: Annotated[ExchangeKind, Field(examples=["barang"])]
    text: Words
    commodity: Commodity | None = None
    quantity: Quantity | None = None


class PostingChange(Closed):
    """Merge patch of how far it is told: what is left out stays, null removes."""

    title: Title | None = None
    village: Place | None = None
    scope: ExchangeScope | None = None
    network_id: UUID | None = None


class SoughtChange(PostingChange):
    """Merge patch of what is needed or offered."""

    kind: ExchangeKind | None = None
    text: Words | None = None
    commodity: Commodity | None = None
    quantity: Quantity | None = None


class Closure(Closed):
    """What became of it."""

    outcome: Annotated[PostingOutcome, Field(examples=["terpenuhi"])]
    note: Annotated[
        Prose | None, Field(description="In words; no names of people.", examples=["Beras diterima hari Sabtu."])
    ] = None
    answer_id: Annotated[
        UUID | None, Field(description="The answer by which it was met, wholly or in part, if it was one.")
    ] = None

    @model_validator(mode="after")
    def _met_by_an_answer(self) -> Self:
        if self.answer_id and self.outcome not in (PostingOutcome.TERPENUHI, PostingOutcome.SEBAGIAN):
            raise Invalid(
                "not-of-this-outcome",
                Text(f"Hasil «{self.outcome}» tidak berasal dari jawaban.", f"«{self.outcome}» comes of no answer."),
                Text("Kosongkan answer_id, atau perbaiki outcome.", "Leave answer_id out, or correct the outcome."),
                at="answer_id",
            )
        return self


class OrganisationOut(BaseModel):
    """An institution or a network, by its name as far as it is known."""

    organisation: OrganisationKind
    id: UUID
    name: Annotated[str | None, Field(examples=["Arisan Mawar"])]


class PostingOut(BaseModel):
    """What all that is posted has."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    poster: OrganisationOut
    title: Annotated[str, Field(examples=["Beras untuk korban banjir"])]
    village: Annotated[str, Field(description="Kemendagri code of today.", examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str | None, Field(examples=["Cangkuang Kulon"])]
    scope: ExchangeScope
    network_id: UUID | None
    state: PostingState
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


class SoughtOut(PostingOut):
    """What is needed or offered."""

    kind: ExchangeKind
    text: Annotated[str, Field(examples=["Dua puluh karung beras untuk warga yang rumahnya terendam."])]
    commodity: Annotated[str | None, Field(examples=["beras"])]
    quantity: Annotated[str | None, Field(examples=["20 karung"])]
    expired: Annotated[
        bool, Field(description="Its last day is over, by the calendar of its village, and nobody closed it.")
    ]
    answer_count: Annotated[int, Field(description="Answers that stand.", examples=[1])]
    outcome: PostingOutcome | None
    outcome_note: Annotated[str | None, Field(examples=["Beras diterima hari Sabtu."])]
    closed_with: Annotated[UUID | None, Field(description="The answer by which it was met.")]


class AnswerOut(BaseModel):
    """An answer that stands."""

    id: UUID
    by: OrganisationOut
    on: Day
    message: Annotated[
        str | None,
        Field(
            description="For those who keep the posting's or the answer's organisation, when one posting is read; else null.",
            examples=["Kami punya 20 karung, dapat diambil hari Sabtu."],
        ),
    ] = None
