"""What crosses HTTP about memberships: the record as it is sent, corrected and answered, and the bodies of its steps."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared import fields
from shared.codes import Sex
from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid

MOST_SPELLS = 100
JoinedOn = Annotated[Day, Field(description="First day a member.", examples=["2021-03-01"])]
LeftOn = Annotated[Day, Field(description="First day no longer a member.", examples=["2024-07-01"])]
Why = Annotated[
    fields.Reason, Field(description="Why they left. Never published.", examples=["Pindah ke luar kota."])
]  # fmt: skip


class MembershipIn(BaseModel):
    """A person who joins an institution. The person may live in any village, or nowhere that is known."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-9b1e-7a42-8f10-2b3c4d5e6f70"]),
    ] = None  # fmt: skip
    person_id: Annotated[UUID, Field(examples=["3f0c2a5e-7f7b-4d0e-9d0a-6f5b2c1d8e90"])]
    institution_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    joined_on: JoinedOn


class SpellIn(BaseModel):
    """Days of membership, from the day of joining to the first day no longer a member; null while it lasts."""

    model_config = ConfigDict(extra="forbid")

    joined_on: JoinedOn
    left_on: LeftOn | None = None
    reason: Why | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.left_on is not None and self.left_on <= self.joined_on:
            raise Invalid(
                "left-before-joined",
                Text("Keluar sebelum sehari menjadi anggota.", "Left before a day of membership had passed."),
                Text("Isi hari sesudah `joined_on`.", "Give a day after `joined_on`."),
                at="left_on",
            )
        if self.reason is not None and self.left_on is None:
            raise Invalid(
                "reason-without-end",
                Text("Ada alasan keluar, tetapi tidak ada hari keluar.", "There is a reason for leaving and no day of it."),
                Text("Isi `left_on`, atau hapus `reason`.", "Give `left_on`, or drop `reason`."),
                at="reason",
            )  # fmt: skip
        return self


class Content(BaseModel):
    """What may be corrected of a membership: all its spells, oldest first."""

    model_config = ConfigDict(extra="forbid")

    spells: Annotated[list[SpellIn], Field(min_length=1, max_length=MOST_SPELLS)]

    @model_validator(mode="after")
    def _apart(self) -> Self:
        for place in range(1, len(self.spells)):
            ended = self.spells[place - 1].left_on
            if ended is None or self.spells[place].joined_on < ended:
                raise Invalid(
                    "spells-overlap",
                    Text("Masa ini dimulai sebelum masa sebelumnya berakhir.", "It begins before the spell before it ended."),
                    Text("Urutkan dari yang paling lama, tanpa hari yang sama.", "Put the oldest first, with no day in two of them."),
                    at=f"spells/{place}/joined_on",
                )  # fmt: skip
        return self


class MembershipPatch(BaseModel):
    """JSON merge patch: `spells` replaces the whole list, as a merge patch does with every list."""

    model_config = ConfigDict(extra="forbid")

    spells: Annotated[
        list[SpellIn] | None,
        Field(max_length=MOST_SPELLS, description="All spells, oldest first.",
              examples=[[{"joined_on": "2021-03-01", "left_on": "2024-07-01", "reason": "Pindah ke luar kota."}]]),
    ] = None  # fmt: skip


class Departure(BaseModel):
    """The day a member left, and why."""

    model_config = ConfigDict(extra="forbid")

    left_on: LeftOn
    reason: Why


class Readmission(BaseModel):
    """The day a former member came back."""

    model_config = ConfigDict(extra="forbid")

    joined_on: Annotated[Day, Field(description="First day a member again.", examples=["2025-01-01"])]
    reason: Annotated[fields.Reason | None, Field(examples=["Kembali menetap di desa."])] = None


class SpellOut(BaseModel):
    """Days of membership; `left_on` is the first day no longer a member, null while it lasts."""

    joined_on: Annotated[date, Field(examples=["2021-03-01"])]
    left_on: Annotated[date | None, Field(examples=["2024-07-01"])]
    reason: Annotated[str | None, Field(description="Why they left.", examples=["Pindah ke luar kota."])]


class MembershipOut(BaseModel):
    """A person's membership of an institution, with every spell of it."""

    id: Annotated[UUID, Field(examples=["0195a7c4-9b1e-7a42-8f10-2b3c4d5e6f70"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    person_id: UUID
    canonical_person_id: Annotated[
        UUID, Field(description="The record that stands for the person: another one if `person_id` is a duplicate.")
    ]
    person_name: Annotated[str | None, Field(description="Null once it was erased.", examples=["Siti Aminah"])]
    sex: Sex
    institution_id: UUID
    spells: Annotated[list[SpellOut], Field(description="Oldest first; the last one lasts if its `left_on` is null.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
