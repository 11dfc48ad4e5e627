"""What crosses HTTP about families: the record as it is sent, patched and answered."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.people.numbers import CardNumber
from shared.codes import FamilyRole
from shared.fields import Day, VillageCode
from shared.language import Text
from shared.validation import Invalid

MOST_MEMBERS = 100

Village = Annotated[
    VillageCode, Field(description="Where the family lives: Kemendagri code, with or without dots.", examples=["32.04.05.2001"])
]  # fmt: skip
Card = Annotated[
    CardNumber,
    Field(description="Number of the family card (nomor KK), 16 digits. Masked in answers.", examples=["3204000101150001"]),
]  # fmt: skip


class FamilyMemberIn(BaseModel):
    """A person's place in the family over `[since, until)`."""

    model_config = ConfigDict(extra="forbid")

    person_id: Annotated[UUID, Field(examples=["7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"])]
    role: Annotated[FamilyRole, Field(examples=["kepala_keluarga"])]
    since: Annotated[Day | None, Field(description="First day; null: from the beginning.", examples=["2015-01-01"])] = (
        None
    )
    until: Annotated[Day | None, Field(description="First day no longer; null while it lasts.", examples=[None])] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise Invalid(
                "until-before-since",
                Text("Berakhir sebelum atau pada hari mulainya.", "It ends before it began, or on that day."),
                Text("Perbaiki `since` atau `until`.", "Correct `since` or `until`."),
                at="until",
            )
        return self

    def overlaps(self, other: "FamilyMemberIn") -> bool:
        """Whether two places share a day."""
        return (self.until is None or other.since is None or other.since < self.until) and (
            other.until is None or self.since is None or self.since < other.until
        )


Members = Annotated[
    list[FamilyMemberIn],
    Field(
        max_length=MOST_MEMBERS,
        description="All who are or were in it. The head is a role that somebody has, or nobody.",
        examples=[[{"person_id": "7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15", "role": "kepala_keluarga"}]],
    ),
]


class FamilyContent(BaseModel):
    """What is known of a family: the part of the record that its keepers write."""

    model_config = ConfigDict(extra="forbid")

    village: Village
    card: Card | None = None
    members: Members = []

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for place, one in enumerate(self.members):
            for earlier in self.members[:place]:
                if one.person_id == earlier.person_id and one.overlaps(earlier):
                    raise Invalid(
                        "member-twice",
                        Text("Orang ini ada dua kali pada hari yang sama.", "This person is in it twice on one day."),
                        Text("Hapus salah satu, atau perbaiki harinya.", "Leave one out, or correct the days."),
                        at=f"members/{place}/person_id",
                    )
                if FamilyRole.KEPALA_KELUARGA is one.role is earlier.role and one.overlaps(earlier):
                    raise Invalid(
                        "two-heads",
                        Text("Ada dua kepala keluarga pada hari yang sama.", "There are two heads on one day."),
                        Text("Akhiri yang lama (`until`), atau beri peran lain.", "End the former (`until`), or give another role."),
                        at=f"members/{place}/role",
                    )  # fmt: skip
        return self


class FamilyIn(FamilyContent):
    """A new family. `id` may be made by the sender, so that a record taken offline keeps it."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip


class FamilyPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. `members` is replaced as a whole."""

    model_config = ConfigDict(extra="forbid")

    village: Village | None = None
    card: Card | None = None
    members: Members | None = None


class FamilyMemberOut(BaseModel):
    """A person's place in the family over `[since, until)`."""

    person_id: UUID
    name: Annotated[str | None, Field(description="Null for a person outside your sight.", examples=["Siti Aminah"])]
    role: FamilyRole
    since: date | None
    until: date | None


class FamilyOut(BaseModel):
    """A family as it stands, with its card's number masked."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    village: Annotated[str, Field(examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(examples=["Cileunyi Kulon"])]
    card: Annotated[str | None, Field(description="Masked; null if it is not known.", examples=["320400**********"])]
    members: list[FamilyMemberOut]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime


class CardOut(BaseModel):
    """A family card's number, unmasked. That it was shown, to whom and why, is in the audit trail."""

    id: UUID
    card: Annotated[str | None, Field(examples=["3204000101150001"])]
