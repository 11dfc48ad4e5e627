"""What crosses HTTP about reference data."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.reporting.indicators.schemas import RegionOut
from services.reporting.reference.keeping import Fate
from shared.codes import BeneficiaryUnit, PpksKind, RegionLevel

MOST_ROWS = 1000


class ToldOut(BaseModel):
    """A revision of an amount. Its own record of who told it, when and why; nothing ever changes it."""

    id: UUID
    region: RegionOut
    year: Annotated[int, Field(examples=[2024])]
    source: Annotated[str, Field(examples=["Ditjen Dukcapil, DKB semester II 2024"])]
    reason: Annotated[str | None, Field(examples=[None])]
    revision: Annotated[int, Field(description="1, 2, 3 …", examples=[1])]
    current: Annotated[
        bool, Field(description="No newer revision took its place: numbers divide by it.", examples=[True])
    ]
    recorded_by: Annotated[str, Field(examples=["dinsos-3204"])]
    recorded_at: datetime


class PopulationOut(ToldOut):
    """The inhabitants of a region on the last day of a month."""

    month: Annotated[int, Field(examples=[12])]
    people: Annotated[int, Field(examples=[3839721])]


class PpksBaselineOut(ToldOut):
    """PPKS on record in a region at the start of a year."""

    kind: Annotated[PpksKind | None, Field(description="Null: of any kind.", examples=["LUT"])]
    unit: Annotated[BeneficiaryUnit, Field(examples=["perorangan"])]
    count: Annotated[int, Field(examples=[412])]


class LoadIn(BaseModel):
    """Many rows at once, each as in a request of its own."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[
        list[dict[str, Any]],
        Field(min_length=1, max_length=MOST_ROWS, examples=[[{"region": "32.04", "year": 2024, "people": 3839721,
                                                              "source": "Ditjen Dukcapil, DKB semester II 2024"}]]),
    ]  # fmt: skip


class FaultOut(BaseModel):
    """What is wrong with one field of a row."""

    pointer: Annotated[str, Field(description="JSON pointer into the row.", examples=["/region"])]
    code: Annotated[str, Field(examples=["region-unknown"])]
    message: Annotated[str, Field(examples=["Tidak ada wilayah berkode «32.4» di wilayah Anda."])]
    remedy: Annotated[str, Field(examples=["Tulis kode Kemendagri dengan titik, sebagai teks: 11.10, bukan 11.1."])]


class RowOut(BaseModel):
    """What became of one row."""

    row: Annotated[int, Field(description="1 is the first.", examples=[1])]
    fate: Annotated[Fate, Field(examples=["created"])]
    id: Annotated[UUID | None, Field(description="Of the revision that holds now; null if it was rejected.")]
    errors: list[FaultOut]


class LoadOut(BaseModel):
    """The fates of all rows; they add up."""

    created: Annotated[int, Field(examples=[551])]
    changed: Annotated[int, Field(examples=[0])]
    unchanged: Annotated[int, Field(examples=[1])]
    rejected: Annotated[int, Field(examples=[0])]
    rows: list[RowOut]


def region_out(row: Any) -> RegionOut:
    """The region of a revision, from a row with `region_code`, `region_name` and `region_level`."""
    return RegionOut(code=row.region_code, name=row.region_name, level=RegionLevel(row.region_level))
