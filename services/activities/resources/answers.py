"""What crosses HTTP about contributions on its way out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from shared.codes import FundingSource, OrganisationKind, ResourceForm


class ReceiverOut(BaseModel):
    """Who received it."""

    organisation: Annotated[
        OrganisationKind, Field(description="`institution` or `network`.", examples=["institution"])
    ]
    id: UUID
    name: Annotated[str | None, Field(examples=["Arisan Mawar"])]


class RefundOut(BaseModel):
    """What went back of a contribution."""

    on: date
    value: Annotated[int, Field(description="Whole rupiah.", examples=[50000])]


class ResourceOut(BaseModel):
    """A contribution as it stands."""

    id: Annotated[UUID, Field(examples=["0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"])]
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[1])]
    activity_id: Annotated[UUID | None, Field(description="Null: to the organisation itself.")]
    receiver: ReceiverOut
    village: Annotated[
        str, Field(description="Kemendagri code of where the receiver had its seat.", examples=["32.04.05.2001"])
    ]
    village_id: UUID
    source: FundingSource
    form: ResourceForm
    value: Annotated[int | None, Field(description="Whole rupiah before refunds; null: not stated, counted nowhere.", examples=[300000])]  # fmt: skip
    net_value: Annotated[int | None, Field(description="Whole rupiah, refunds taken off.", examples=[250000])]
    quantity: Annotated[Decimal | None, Field(description="Of goods, in `unit`.", examples=["12.500"])]
    unit: Annotated[str | None, Field(examples=["kg"])]
    days: Annotated[Decimal | None, Field(description="Of labour: person-days.", examples=["4.000"])]
    rate: Annotated[int | None, Field(description="Of labour: stated rupiah a day.", examples=[100000])]
    partner_id: UUID | None
    received_on: date
    note: Annotated[str | None, Field(examples=["Jimpitan RW 05 bulan Maret."])]
    refunds: Annotated[list[RefundOut], Field(description="Oldest first.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: Any, receiver_name: str | None) -> Self:
        """The answer about a row."""
        fields = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls.model_validate(
            {
                **fields,
                "receiver": {"organisation": row.receiver_kind, "id": row.receiver_id, "name": receiver_name},
                "village": row.village_code,
                "net_value": None if row.value is None else row.value - row.refunded,
                "refunds": [refund.model_dump() for refund in row.refunds],
            }
        )


class SumOut(BaseModel):
    """What came from one source in one form."""

    source: FundingSource
    form: ResourceForm
    value: Annotated[int, Field(description="Whole rupiah, refunds taken off.", examples=[250000])]
    refunded: Annotated[int, Field(description="Whole rupiah that went back.", examples=[50000])]
    contributions: Annotated[int, Field(description="How many.", examples=[3])]
    unvalued: Annotated[int, Field(description="Those without a stated value.", examples=[0])]


class ResourceSumsOut(BaseModel):
    """Sums of the contributions under the filters, by source and form, and over all of them."""

    items: list[SumOut]
    value: Annotated[int, Field(description="Whole rupiah, refunds taken off.", examples=[250000])]
    refunded: Annotated[int, Field(examples=[50000])]
    contributions: Annotated[int, Field(examples=[3])]
    unvalued: Annotated[int, Field(examples=[0])]

    @classmethod
    def of(cls, items: list[SumOut]) -> Self:
        """The sums and what they come to."""
        totals = {name: sum(getattr(one, name) for one in items) for name in cls.model_fields if name != "items"}
        return cls(items=items, **totals)
