"""What crosses HTTP about delegates: who speaks for a member institution in its network, over which days."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid

Since = Annotated[Day, Field(description="First day as a delegate.", examples=["2025-02-01"])]
ValidUntil = Annotated[Day, Field(description="Last day as a delegate; null: no end is set.", examples=["2027-12-31"])]


class Content(BaseModel):
    """The days of a delegate."""

    model_config = ConfigDict(extra="forbid")

    since: Since
    valid_until: ValidUntil | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.since:
            raise Invalid(
                "until-before-since",
                Text("Berakhir sebelum dimulai.", "It ends before it begins."),
                Text("Isi hari terakhir, paling awal `since`.", "Give the last day, `since` at the earliest."),
                at="valid_until",
            )
        return self


class NetworkDelegateIn(Content):
    """A member or officer of the institution who speaks for it in the network."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-a12d-7d11-9a20-3c4d5e6f7081"]),
    ] = None  # fmt: skip
    membership_id: Annotated[UUID, Field(description="The institution's membership of the network.")]
    person_id: Annotated[UUID, Field(examples=["3f0c2a5e-7f7b-4d0e-9d0a-6f5b2c1d8e90"])]


class NetworkDelegatePatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. A wrong person is another delegate: void this one."""

    model_config = ConfigDict(extra="forbid")

    since: Since | None = None
    valid_until: ValidUntil | None = None


class NetworkDelegateOut(BaseModel):
    """A person who speaks for a member institution in its network."""

    id: Annotated[UUID, Field(examples=["0195a7c4-a12d-7d11-9a20-3c4d5e6f7081"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    membership_id: UUID
    network_id: UUID
    institution_id: UUID
    person_id: UUID
    person_name: Annotated[
        str | None, Field(description="Null if it was erased, or the person is outside your sight.", examples=["Siti Aminah"])
    ]  # fmt: skip
    since: Annotated[date, Field(description="First day as a delegate.", examples=["2025-02-01"])]
    valid_until: Annotated[
        date | None, Field(description="Last day as a delegate; null: no end is set.", examples=["2027-12-31"])
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
