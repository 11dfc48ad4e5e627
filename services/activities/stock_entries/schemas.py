"""What crosses HTTP about granaries."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.activities.quantities import Measured, Quantity, as_stored
from services.activities.stock_entries.models import StockEntry
from shared.codes import StockDirection, StockReason
from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid

REASONS: Mapping[StockDirection, tuple[StockReason, ...]] = {
    StockDirection.MASUK: (
        StockReason.SIMPANAN, StockReason.PENGEMBALIAN, StockReason.PEMBELIAN, StockReason.BANTUAN_DITERIMA,
    ),
    StockDirection.KELUAR: (
        StockReason.PINJAMAN, StockReason.BANTUAN_DIBERIKAN, StockReason.PENGAMBILAN, StockReason.PENJUALAN,
        StockReason.SUSUT,
    ),
}  # fmt: skip
"""Why goods go in, and why they go out."""
_ID = "0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"
_INSTITUTION = "0195a1c4-7e20-7b64-8c3f-52d1e9a4b710"
Shown = Annotated[Decimal, AfterValidator(as_stored), Field(examples=["12.500"])]


class StockEntryIn(BaseModel):
    """What went into an institution's stock or out of it. An opening stock is a `simpanan` of its day. No names of people."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.", examples=[_ID])
    ] = None
    institution_id: Annotated[
        UUID, Field(description="Whose stock it is: an institution of any type, of your area.", examples=[_INSTITUTION])
    ]
    commodity: Annotated[
        Measured, Field(description="What it is; compared without case and accents.", examples=["beras"])
    ]
    unit: Annotated[Measured, Field(description="Each unit of a commodity has a balance of its own.", examples=["kg"])]
    direction: Annotated[StockDirection, Field(description="In (`masuk`) or out (`keluar`).", examples=["masuk"])]
    reason: Annotated[StockReason, Field(description="Why; it fits the direction.", examples=["simpanan"])]
    quantity: Annotated[Quantity, Field(description="In the unit, up to three decimal places.", examples=[12.5])]
    moved_on: Annotated[Day, Field(description="Day on which it went.", examples=["2026-03-10"])]
    activity_id: Annotated[UUID | None, Field(description="The activity for which it went.", examples=[None])] = None

    @model_validator(mode="after")
    def _reason_fits(self) -> Self:
        fitting = REASONS[self.direction]
        if self.reason in fitting:
            return self
        raise Invalid(
            "reason-not-of-this-direction",
            Text(f"{self.reason} bukan alasan {self.direction}.", f"{self.reason} is no reason of {self.direction}."),
            Text(f"Pilih salah satu: {', '.join(fitting)}.", f"Choose one of: {', '.join(fitting)}."),
            at="reason",
        )


class StockEntryOut(BaseModel):
    """An entry as it stands."""

    id: Annotated[UUID, Field(examples=[_ID])]
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[1])]
    institution_id: Annotated[UUID, Field(examples=[_INSTITUTION])]
    institution_name: Annotated[str | None, Field(examples=["Lumbung Sri Rejeki"])]
    commodity: Annotated[str, Field(examples=["beras"])]
    unit: Annotated[str, Field(examples=["kg"])]
    direction: StockDirection
    reason: StockReason
    quantity: Shown
    moved_on: date
    balance: Annotated[
        Decimal,
        Field(
            description="Of this commodity and unit over all entries, as it was after this one was recorded, or voided.",
            examples=["112.500"],
        ),
    ]
    activity_id: UUID | None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, entry: StockEntry, institution_name: str | None) -> Self:
        """The answer about a row."""
        fields = {name: getattr(entry, name) for name in cls.model_fields if hasattr(entry, name)}
        return cls(institution_name=institution_name, **fields)


class StockBalanceOut(BaseModel):
    """What an institution has of a commodity in a unit: before, in and after a month, or over the whole ledger."""

    institution_id: Annotated[UUID, Field(examples=[_INSTITUTION])]
    institution_name: Annotated[str | None, Field(examples=["Lumbung Sri Rejeki"])]
    commodity: Annotated[str, Field(examples=["beras"])]
    unit: Annotated[str, Field(examples=["kg"])]
    opening: Annotated[
        Shown,
        Field(description="At the end of the day before the month; 0 for the whole ledger.", examples=["100.000"]),
    ]
    entered: Annotated[Shown, Field(description="What went in.", examples=["12.500"])]
    left: Annotated[Shown, Field(description="What went out.", examples=["0.000"])]
    closing: Annotated[
        Shown,
        Field(description="At the end of the month's last day; today, for the whole ledger.", examples=["112.500"]),
    ]
