"""Fields of an institution alone; what other records have too is in `shared.fields`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.registry.contact_fields import Address, Email, Phone
from shared.codes import ActivityField, FundingSource, PpksKind
from shared.language import Text
from shared.validation import Invalid

MOST_MEMBERS = 1_000_000
MOST_RUPIAH = 10**13
"""Above it somebody has typed a few zeros too many: a year's budget of a whole province."""
SOUTH, NORTH, WEST, EAST = -11.25, 6.25, 94.75, 141.1
"""Degrees between which Indonesia lies. Source: 6°08' N to 11°15' S, 94°45' E to 141°05' E; from memory."""
Code = TypeVar("Code", bound=StrEnum)

MemberCount = Annotated[int, Field(strict=True, ge=0, le=MOST_MEMBERS)]


class Members(BaseModel):
    """Declared members by sex; `unknown` are members whose sex was not given."""

    model_config = ConfigDict(extra="forbid")

    female: Annotated[MemberCount, Field(examples=[24])] = 0
    male: Annotated[MemberCount, Field(examples=[3])] = 0
    unknown: Annotated[MemberCount, Field(examples=[0])] = 0


class MembersPatch(BaseModel):
    """Counts to change; those left out stay."""

    model_config = ConfigDict(extra="forbid")

    female: Annotated[MemberCount | None, Field(examples=[25])] = None
    male: Annotated[MemberCount | None, Field(examples=[3])] = None
    unknown: Annotated[MemberCount | None, Field(examples=[0])] = None


def _in_order(codes: type[Code]) -> Callable[[list[Code]], list[Code]]:
    """Each code once, in the order of its list: a set that is told the same way whoever wrote it."""
    places = {code: place for place, code in enumerate(codes)}
    return lambda told: sorted(set(told), key=lambda code: places[code])


ActivityFields = Annotated[
    list[ActivityField],
    Field(max_length=50, description="Bidang kegiatan; their order does not matter.", examples=[["ekonomi", "pangan"]]),
    AfterValidator(_in_order(ActivityField)),
]
PpksKinds = Annotated[
    list[PpksKind],
    Field(max_length=50, description="Kinds of PPKS it serves; says nothing of anybody.", examples=[["LUT", "FM"]]),
    AfterValidator(_in_order(PpksKind)),
]


class Contact(BaseModel):
    """How it is reached: its secretariat. Shown to who may read the record; in no event."""

    model_config = ConfigDict(extra="forbid")

    phone: Annotated[Phone | None, Field(examples=["+6281234567890"])] = None
    email: Annotated[Email | None, Field(examples=["arisan.melati@contoh.id"])] = None
    address: Annotated[Address | None, Field(examples=["Jl. Melati No. 5, RT 02 RW 03"])] = None


class Coordinates(BaseModel):
    """Where its secretariat stands: WGS 84, degrees, kept to six decimals (about 10 cm)."""

    model_config = ConfigDict(extra="forbid")

    latitude: Annotated[float, Field(strict=True, description="South is negative.", examples=[-6.934512])]
    longitude: Annotated[float, Field(strict=True, examples=[107.717345])]

    @model_validator(mode="after")
    def _in_indonesia(self) -> Self:
        self.latitude, self.longitude = round(self.latitude, 6), round(self.longitude, 6)
        if not (SOUTH <= self.latitude <= NORTH and WEST <= self.longitude <= EAST):
            swapped = SOUTH <= self.longitude <= NORTH and WEST <= self.latitude <= EAST
            raise Invalid(
                "outside-indonesia",
                Text("Titik ini di luar Indonesia.", "This point lies outside Indonesia."),
                Text("Lintang dan bujur tertukar.", "Latitude and longitude are swapped.")
                if swapped
                else Text(
                    f"Lintang {SOUTH} sampai {NORTH}, bujur {WEST} sampai {EAST}.",
                    f"Latitude {SOUTH} to {NORTH}, longitude {WEST} to {EAST}.",
                ),
            )
        return self


class Funding(BaseModel):
    """A source of its money."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[FundingSource, Field(examples=["iuran"])]
    yearly_amount: Annotated[
        int | None,
        Field(strict=True, ge=0, le=MOST_RUPIAH, description="Whole rupiah a year; null: not stated.", examples=[2400000]),
    ] = None  # fmt: skip


def _each_once(told: list[Funding]) -> list[Funding]:
    named = [funding.source for funding in told]
    for place, source in enumerate(named):
        if source in named[:place]:
            raise Invalid(
                "source-twice",
                Text(f"Sumber «{source}» disebut dua kali.", f"The source «{source}» is named twice."),
                Text("Gabungkan jumlahnya.", "Put the amounts together."),
                at=f"{place}/source",
            )
    places = {source: place for place, source in enumerate(FundingSource)}
    return sorted(told, key=lambda funding: places[funding.source])


FundingSources = Annotated[
    list[Funding],
    Field(max_length=50, description="Where its money comes from, each source once."),
    AfterValidator(_each_once),
]
