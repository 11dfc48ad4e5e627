"""What activities publishes about means: contributions of money, goods and labour, and stock of a granary. No names."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import FundingSource, ResourceForm, StockDirection, StockReason
from shared.events.envelope import Part, State
from shared.events.programmes import Organisation

Quantity = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=3, examples=["12.500"])]


class Refund(Part):
    """Money or worth that went back: a negative correction of the same contribution."""

    on: date
    value: Annotated[int, Field(gt=0, description="Whole rupiah.", examples=[50000])]


class Resource(State):
    """One contribution to an activity, or to an institution or a network itself."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "resource"
    FACTS: ClassVar[tuple[str, ...]] = ("contributed", "corrected", "refunded", "voided")

    activity_id: Annotated[UUID | None, Field(description="Null: to the organisation itself.")] = None
    receiver: Annotated[Organisation, Field(description="The institution or network that received it.")]
    source: FundingSource
    form: ResourceForm
    value: Annotated[
        NonNegativeInt | None, Field(description="Whole rupiah before refunds; null: not stated, so it counts nowhere.")
    ] = None
    quantity: Annotated[Quantity | None, Field(description="Of goods, in `unit`.")] = None
    unit: str | None = None
    days: Annotated[Quantity | None, Field(description="Of labour: person-days.")] = None
    rate: Annotated[NonNegativeInt | None, Field(description="Of labour: stated rupiah a day; null: none.")] = None
    partner_id: UUID | None = None
    received_on: date
    refunds: Annotated[list[Refund], Field(max_length=200, description="Oldest first.")] = []
    village_id: UUID
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class StockEntry(State):
    """What went into an institution's granary or out of it."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "stock-entry"
    FACTS: ClassVar[tuple[str, ...]] = ("recorded", "voided")

    institution_id: UUID
    commodity: Annotated[str, Field(examples=["beras"])]
    unit: Annotated[str, Field(examples=["kg"])]
    direction: StockDirection
    reason: StockReason
    quantity: Quantity
    moved_on: date
    balance: Annotated[
        Decimal,
        Field(
            ge=0, max_digits=20, decimal_places=3, examples=["112.500"],
            description="Of this commodity and unit over all entries, after this one was recorded, or voided.",
        ),
    ]  # fmt: skip
    village_id: UUID
    activity_id: UUID | None = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
