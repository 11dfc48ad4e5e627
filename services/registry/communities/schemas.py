"""What crosses HTTP about communities and those of their people who are known by name."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes import CommunityKind
from shared.fields import Day, Name, VillageCode
from shared.language import Text
from shared.validation import Invalid

MOST = 1_000_000
Kind = Annotated[CommunityKind, Field(description="KAT: komunitas adat terpencil.", examples=["KAT"])]
CommunityName = Annotated[Name, Field(examples=["Komunitas Kampung Naga"])]
Village = Annotated[
    VillageCode, Field(description="Where it lives: Kemendagri code, with or without dots.", examples=["32.04.05.2001"])
]
Households = Annotated[int, Field(strict=True, ge=0, le=MOST, description="As told; leave it out if it is not known.", examples=[42])]  # fmt: skip
People = Annotated[int, Field(strict=True, ge=0, le=MOST, description="As told, whoever is known by name.", examples=[160])]  # fmt: skip


class CommunityContent(BaseModel):
    """What is known of a community: the part of the record that its keepers write."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: CommunityName
    village: Village
    households: Households | None = None
    people: People | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.households is not None and self.people is not None and self.people < self.households:
            raise Invalid(
                "fewer-people-than-households",
                Text("Jiwanya lebih sedikit dari rumah tangganya.", "There are fewer people than households."),
                Text("Periksa kedua angka.", "Check both numbers."),
                at="people",
            )
        return self


class CommunityIn(CommunityContent):
    """A new community. `id` may be made by the sender, so that a record taken offline keeps it."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip


class CommunityPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    name: CommunityName | None = None
    village: Village | None = None
    households: Households | None = None
    people: People | None = None


class CommunityOut(BaseModel):
    """A community as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    kind: CommunityKind
    name: Annotated[str, Field(examples=["Komunitas Kampung Naga"])]
    village: Annotated[str, Field(examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(examples=["Cileunyi Kulon"])]
    households: Annotated[int | None, Field(examples=[42])]
    people: Annotated[int | None, Field(examples=[160])]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime


Since = Annotated[Day, Field(description="First day; null: from the beginning.", examples=["2015-01-01"])]
Until = Annotated[Day, Field(description="First day no longer; null while it lasts.", examples=["2024-07-01"])]


class CommunityMemberContent(BaseModel):
    """A person's days `[since, until)` in a community."""

    model_config = ConfigDict(extra="forbid")

    since: Since | None = None
    until: Until | None = None

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


class CommunityMemberIn(CommunityMemberContent):
    """A person who belongs to the community."""

    person_id: Annotated[UUID, Field(examples=["7d3f2b6a-1c54-4e0b-9a77-2f6d0c9b8e15"])]


class CommunityMemberPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes."""

    model_config = ConfigDict(extra="forbid")

    since: Since | None = None
    until: Until | None = None


class CommunityMemberOut(BaseModel):
    """A person's days `[since, until)` in a community."""

    id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    person_id: UUID
    name: Annotated[str | None, Field(description="Null for a person outside your sight.", examples=["Siti Aminah"])]
    since: date | None
    until: date | None
    voided: Annotated[bool, Field(description="An entry error.")]
