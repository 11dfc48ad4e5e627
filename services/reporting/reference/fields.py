"""What is told of reference data: the one schema for HTTP and for files, for populations and for PPKS baselines."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared import fields
from shared.codes import BeneficiaryUnit, PpksKind
from shared.fields import one_line, printable

RegionCode = Annotated[
    str,
    Field(max_length=40, description="Kemendagri code of the region, of any level; `ID` for the nation.",
          examples=["32.04"]),
]  # fmt: skip
Year = Annotated[int, Field(ge=1945, le=2100, strict=True, examples=[2024])]
Amount = Annotated[int, Field(ge=0, le=10_000_000_000, strict=True)]
Source = Annotated[
    str,
    BeforeValidator(one_line),
    StringConstraints(min_length=3, max_length=300),
    BeforeValidator(lambda value: printable(value) if isinstance(value, str) else value),
    Field(description="Who published it, and where.", examples=["Ditjen Dukcapil, DKB semester II 2024"]),
]


class Told(BaseModel):
    """One amount of one region."""

    model_config = ConfigDict(extra="forbid")

    ABOUT: ClassVar[tuple[str, ...]] = ()
    """Fields that say, with region and year, what the amount is of: a row with others is no revision of it."""
    AMOUNT: ClassVar[str] = ""

    region: RegionCode
    year: Year
    source: Source
    reason: Annotated[
        fields.Reason | None,
        Field(
            description="Why it takes the place of what was told before.", examples=["Angka hasil verifikasi ulang."]
        ),
    ] = None

    @property
    def about(self) -> dict[str, Any]:
        """What the amount is of, beside the region."""
        return {"year": self.year, **{name: getattr(self, name) for name in self.ABOUT}}

    @property
    def amount(self) -> int:
        """The amount."""
        return int(getattr(self, self.AMOUNT))

    @property
    def last_month(self) -> int:
        """The month that must be over for the amount to be known (`periods`)."""
        raise NotImplementedError


class PopulationIn(Told):
    """The inhabitants of a region on the last day of a month."""

    ABOUT = ("month",)
    AMOUNT = "people"

    month: Annotated[
        int, Field(ge=1, le=12, strict=True, description="As at its last day; 12 if not told.", examples=[12])
    ] = 12
    people: Annotated[Amount, Field(examples=[3839721])]

    @property
    def last_month(self) -> int:
        """The month itself."""
        return self.year * 12 + self.month - 1


class PpksBaselineIn(Told):
    """PPKS on record in a region at the start of a year: the frozen base of SOL-04."""

    ABOUT = ("kind", "unit")
    AMOUNT = "count"

    kind: Annotated[
        PpksKind | None,
        Field(description="Null: of any kind, each person, family or community once. Kinds are not exclusive, so that this "
                          "is no sum of them.", examples=["LUT"]),
    ] = None  # fmt: skip
    unit: Annotated[BeneficiaryUnit, Field(description="What is counted.", examples=["perorangan"])]
    count: Annotated[Amount, Field(examples=[412])]

    @property
    def last_month(self) -> int:
        """The month before the year began."""
        return self.year * 12 - 1
