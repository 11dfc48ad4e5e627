"""What crosses HTTP about networks' own money: lines of a ledger in whole rupiah, and its balances."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from shared.codes import FundDirection, FundingSource, FundPurpose, FundRecipient
from shared.fields import Day, printable, unix_lines
from shared.language import Text
from shared.pagination import Page
from shared.validation import Invalid

MOST = 10**15
"""A quadrillion rupiah: more is a slip of the pen."""
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
    Field(description="What it was. No names of people.", examples=["Jimpitan RW 05 bulan Maret."]),
]
Amount = Annotated[int, Field(strict=True, ge=1, le=MOST, description="Whole rupiah.", examples=[250000])]


class FundEntryIn(BaseModel):
    """Money that was collected (`source`), or passed on (`recipient` and `purpose`). No personal names."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"]),
    ] = None  # fmt: skip
    on: Annotated[Day, Field(description="Day on which the money went.", examples=["2026-03-10"])]
    direction: Annotated[FundDirection, Field(description="Collected, or passed on.", examples=["penggalangan"])]
    amount: Amount
    source: Annotated[FundingSource | None, Field(description="Of what was collected.", examples=["jimpitan"])] = None
    institution_id: Annotated[UUID | None, Field(description="The member that gave it, if one did.")] = None
    recipient: Annotated[
        FundRecipient | None, Field(description="Kind of recipient of what was passed on.", examples=[None])
    ] = None
    purpose: Annotated[FundPurpose | None, Field(description="Of what was passed on.", examples=[None])] = None
    note: Note | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        collected = self.direction is FundDirection.PENGGALANGAN
        needed = ("source",) if collected else ("recipient", "purpose")
        foreign = ("recipient", "purpose") if collected else ("source", "institution_id")
        for name in needed:
            if getattr(self, name) is None:
                raise Invalid(
                    "missing",
                    Text(f"Wajib diisi pada {self.direction}.", f"This is required for {self.direction}."),
                    Text("Tambahkan isian ini.", "Add this field."),
                    at=name,
                )
        for name in foreign:
            if getattr(self, name) is not None:
                raise Invalid(
                    "not-of-this-direction",
                    Text(f"Tidak berlaku pada {self.direction}.", f"This does not belong to {self.direction}."),
                    Text("Hapus isian ini, atau perbaiki `direction`.", "Remove the field, or correct `direction`."),
                    at=name,
                )
        return self


class FundEntryOut(BaseModel):
    """A line of the ledger."""

    id: Annotated[UUID, Field(examples=["0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"])]
    on: date
    direction: FundDirection
    amount: Annotated[int, Field(description="Whole rupiah.", examples=[250000])]
    effect: Annotated[
        int, Field(description="What it does to the balance: below zero for what is passed on.", examples=[250000])
    ]
    source: FundingSource | None
    institution_id: Annotated[UUID | None, Field(description="The member that gave it.")]
    recipient: FundRecipient | None
    purpose: FundPurpose | None
    note: Annotated[str | None, Field(examples=["Jimpitan RW 05 bulan Maret."])]
    reverses: Annotated[UUID | None, Field(description="The line that this one undoes.")]
    reversed_by: Annotated[UUID | None, Field(description="The line by which this one is undone.")]
    recorded_at: datetime
    recorded_by: Annotated[str, Field(description="Token subject.", examples=["operator-1"])]


class FundEntryRecorded(FundEntryOut):
    """A new line, and the balance with it."""

    balance: Annotated[int, Field(description="Of all lines of the ledger.", examples=[1250000])]


class FundLedgerPage(Page[FundEntryOut]):
    """Lines of a period, by day, with what was there before and is there after them."""

    opening_balance: Annotated[int, Field(description="At the end of the day before the period.", examples=[1000000])]
    collected: Annotated[int, Field(description="In the period, less what was undone.", examples=[300000])]
    passed_on: Annotated[int, Field(description="In the period, less what was undone.", examples=[50000])]
    closing_balance: Annotated[int, Field(description="At the end of the period's last day.", examples=[1250000])]
