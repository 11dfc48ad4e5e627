"""What crosses HTTP about facilities and their checks."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from shared.codes import FacilityClass, FacilityCondition
from shared.fields import Day, Name, one_line, printable
from shared.language import Text
from shared.validation import Invalid

Class = Annotated[FacilityClass, Field(description="One of the three classes of sarana prasarana.", examples=["alat"])]
FacilityName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    AfterValidator(printable),
    BeforeValidator(one_line),
    Field(examples=["Tenda dan kursi lipat"]),
]
Quantity = Annotated[int, Field(strict=True, ge=1, le=1_000_000, description="How many of it.", examples=[40])]
Owner = Annotated[
    Name, Field(description="Whose it is, if not the institution's own; in no event.", examples=["Pinjaman RW 03"])
]
Since = Annotated[Day, Field(description="First day it was there.", examples=["2021-05-01"])]
GoneOn = Annotated[
    Day, Field(description="First day it was no longer there; null while it is.", examples=["2026-01-01"])
]
CheckedOn = Annotated[Day, Field(description="Day of the check.", examples=["2026-02-10"])]


class FacilityContent(BaseModel):
    """What is declared about a facility."""

    model_config = ConfigDict(extra="forbid")

    facility_class: Class
    name: FacilityName
    quantity: Quantity = 1
    owner: Owner | None = None
    since: Since
    gone_on: GoneOn | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.gone_on is not None and self.gone_on <= self.since:
            raise Invalid(
                "gone-before-there",
                Text("Tidak ada lagi sebelum ada.", f"Gone by {self.gone_on}, but there since {self.since} only."),
                Text("Perbaiki `gone_on` atau `since`.", "Correct `gone_on` or `since`."),
                at="gone_on",
            )
        return self


class FacilityIn(FacilityContent):
    """A new facility of an institution. `id` may be made by the sender."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7d1-5b0e-7d20-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip
    institution_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]


class FacilityPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes."""

    model_config = ConfigDict(extra="forbid")

    facility_class: Class | None = None
    name: FacilityName | None = None
    quantity: Quantity | None = None
    owner: Owner | None = None
    since: Since | None = None
    gone_on: GoneOn | None = None


class CheckIn(BaseModel):
    """What a check found. A second one of the same day replaces the first."""

    model_config = ConfigDict(extra="forbid")

    on: CheckedOn
    condition: Annotated[
        FacilityCondition, Field(description="`baik` and `rusak_ringan` are usable.", examples=["baik"])
    ]


class CheckOut(BaseModel):
    """What a check found."""

    on: Annotated[date, Field(examples=["2026-02-10"])]
    condition: FacilityCondition


class FacilityOut(BaseModel):
    """A facility as it stands; its condition is what the newest check found."""

    id: Annotated[UUID, Field(examples=["0195a7d1-5b0e-7d20-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    institution_id: UUID
    institution_name: Annotated[str, Field(examples=["Arisan Melati RW 03"])]
    village: Annotated[str, Field(description="Kemendagri code of the institution's seat.", examples=["32.04.05.2001"])]
    facility_class: FacilityClass
    name: Annotated[str, Field(examples=["Tenda dan kursi lipat"])]
    quantity: Annotated[int, Field(examples=[40])]
    owner: Annotated[str | None, Field(examples=["Pinjaman RW 03"])]
    since: date
    gone_on: Annotated[date | None, Field(description="First day it was no longer there.")]
    checked_on: Annotated[date | None, Field(description="Day of the newest check; null: never checked.")]
    condition: Annotated[FacilityCondition | None, Field(description="As of the newest check.")]
    checks: Annotated[list[CheckOut], Field(description="All checks, oldest first.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
