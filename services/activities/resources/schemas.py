"""What crosses HTTP about contributions on its way in."""

from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from services.activities.quantities import Measured, Quantity, told
from shared import fields
from shared.codes import FundingSource, OrganisationKind, ResourceForm
from shared.fields import Day, printable, unix_lines
from shared.language import Text
from shared.validation import Invalid

MOST = 10**15
"""A quadrillion rupiah: more is a slip of the pen."""
_ID = "0195a7c4-a04f-7a42-8f10-2b3c4d5e6f70"


def _not_negative(value: Any) -> Any:
    if not isinstance(value, int) or value >= 0:
        return value
    raise Invalid(
        "negative-money",
        Text("Uang tidak dicatat di bawah nol.", "Money is not recorded below zero."),
        Text(
            "Yang kembali dicatat sebagai pengembalian dari sumbangan yang sama: POST /v1/resources/{id}/refunds.",
            "What went back is a refund of the same contribution: POST /v1/resources/{id}/refunds.",
        ),
    )


Rupiah = Annotated[int, Field(strict=True, ge=0, le=MOST), BeforeValidator(_not_negative)]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(printable),
    BeforeValidator(unix_lines),
    Field(description="What it was; never published.", examples=["Jimpitan RW 05 bulan Maret."]),
]
_BELONGS: dict[ResourceForm, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ResourceForm.TUNAI: (("value",), ("quantity", "unit", "days", "rate")),
    ResourceForm.BARANG: (("quantity", "unit"), ("days", "rate")),
    ResourceForm.TENAGA: (("days",), ("value", "quantity", "unit")),
}
"""What each form needs, and what does not belong to it."""


class Closed(BaseModel):
    """An input that knows all its fields: any other is a fault."""

    model_config = ConfigDict(extra="forbid")


class Receiver(Closed):
    """Who received it: an institution with its seat in your area, or a network that works there."""

    organisation: Literal[OrganisationKind.INSTITUTION, OrganisationKind.NETWORK]
    id: UUID


class Contribution(Closed):
    """What was contributed. Cash has a value; goods a quantity and, if somebody stated it, a value; labour days and, if
    somebody stated it, a rate a day. What has no value counts nowhere in money: nothing is invented."""

    source: Annotated[FundingSource, Field(examples=["jimpitan"])]
    form: Annotated[ResourceForm, Field(examples=["tunai"])]
    value: Annotated[
        Rupiah | None, Field(description="Whole rupiah, of cash or goods; of labour it follows.", examples=[300000])
    ] = None
    quantity: Annotated[Quantity | None, Field(description="Of goods.", examples=[None])] = None
    unit: Annotated[Measured | None, Field(description="Of goods, such as kg.", examples=[None])] = None
    days: Annotated[Quantity | None, Field(description="Of labour: person-days.", examples=[None])] = None
    rate: Annotated[
        Rupiah | None,
        Field(description="Of labour: rupiah a day as it was stated. The value is days × rate, whole rupiah.",
              examples=[None]),
    ] = None  # fmt: skip
    partner_id: Annotated[UUID | None, Field(description="The registered partner that gave it.", examples=[None])] = (
        None
    )
    received_on: Annotated[Day, Field(description="Day on which it was received.", examples=["2026-03-10"])]
    note: Note | None = None

    @property
    def worth(self) -> int | None:
        """Its value in whole rupiah; None if none was stated."""
        if self.form is ResourceForm.TENAGA:
            return None if self.days is None or self.rate is None else int(self.days * self.rate)
        return self.value

    @model_validator(mode="after")
    def _fits_its_form(self) -> Self:
        needed, foreign = _BELONGS[self.form]
        for name in needed:
            if getattr(self, name) is None:
                raise Invalid(
                    "missing",
                    Text(f"Wajib diisi untuk {self.form}.", f"This is required for {self.form}."),
                    Text("Tambahkan isian ini.", "Add this field."),
                    at=name,
                )
        for name in foreign:
            if getattr(self, name) is not None:
                raise Invalid("not-of-this-form", *_foreign(name, self.form), at=name)
        return self

    @model_validator(mode="after")
    def _whole_rupiah(self) -> Self:
        if self.days is None or self.rate is None:
            return self
        product = self.days * self.rate
        if product == product.to_integral_value() and product <= MOST:
            return self
        raise Invalid(
            "value-not-whole" if product <= MOST else "less-than-equal",
            Text(
                f"{told(self.days).id} × {self.rate} = {told(product).id} rupiah.",
                f"{told(self.days).en} × {self.rate} = {told(product).en} rupiah.",
            ),
            Text(
                f"Sesuaikan tarif sehingga hasilnya rupiah utuh, paling banyak {MOST}.",
                f"Adjust the rate so that whole rupiah come of it, {MOST} at most.",
            ),
            at="rate",
        )


class ResourceIn(Contribution):
    """A contribution to an activity, or to an institution or a network itself."""

    id: Annotated[
        UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.", examples=[_ID])
    ] = None
    activity_id: Annotated[
        UUID | None, Field(description="An activity led from your area, neither cancelled nor voided.", examples=[None])
    ] = None
    receiver: Annotated[Receiver | None, Field(description="Left out: the lead of the activity.")] = None

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.activity_id is None and self.receiver is None:
            raise Invalid(
                "neither-activity-nor-receiver",
                Text("Tidak ada kegiatan dan tidak ada penerima.", "There is neither an activity nor a receiver."),
                Text("Isi `activity_id`, `receiver`, atau keduanya.", "Give `activity_id`, `receiver` or both."),
                at="receiver",
            )
        return self


class ContributionChange(Closed):
    """Merge patch of a contribution: what is left out stays, null removes."""

    source: Annotated[FundingSource | None, Field(examples=["jimpitan"])] = None
    form: Annotated[ResourceForm | None, Field(examples=["tunai"])] = None
    value: Annotated[Rupiah | None, Field(examples=[350000])] = None
    quantity: Annotated[Quantity | None, Field(examples=[None])] = None
    unit: Annotated[Measured | None, Field(examples=[None])] = None
    days: Annotated[Quantity | None, Field(examples=[None])] = None
    rate: Annotated[Rupiah | None, Field(examples=[None])] = None
    partner_id: Annotated[UUID | None, Field(examples=[None])] = None
    received_on: Annotated[Day | None, Field(examples=["2026-03-10"])] = None
    note: Note | None = None


class ResourceCorrection(ContributionChange):
    """What was recorded wrongly about a contribution: a merge patch, and why. Another activity or receiver is another
    contribution: void this one."""

    reason: Annotated[fields.Reason, Field(description="Why; kept in the history, never published.", examples=["Salah ketik jumlah"])]  # fmt: skip

    def change(self) -> ContributionChange:
        """The patch alone."""
        return ContributionChange.model_validate(self.model_dump(exclude_unset=True, exclude={"reason"}))


class RefundIn(Closed):
    """What went back of a contribution."""

    on: Annotated[Day, Field(description="Day on which it went back.", examples=["2026-03-12"])]
    value: Annotated[int, Field(strict=True, ge=1, le=MOST, description="Whole rupiah.", examples=[50000])]
    reason: Annotated[fields.Reason, Field(description="Why; kept in the history, never published.", examples=["Kegiatan lebih hemat"])]  # fmt: skip


def _foreign(name: str, form: ResourceForm) -> tuple[Text, Text]:
    said = Text(f"Tidak berlaku untuk {form}.", f"This does not belong to {form}.")
    if form is ResourceForm.TENAGA and name == "value":
        return said, Text("Nilai tenaga = days × rate; isi `rate`.", "The value of labour is days × rate; give `rate`.")
    return said, Text("Hapus isian ini, atau perbaiki `form`.", "Remove the field, or correct `form`.")


def contribution_of(row: Any) -> Contribution:
    """What a row says was contributed, as it would be sent."""
    said: dict[str, Decimal | object] = {name: getattr(row, name) for name in Contribution.model_fields}
    if row.form is ResourceForm.TENAGA:
        said["value"] = None
    return Contribution.model_validate(said)
