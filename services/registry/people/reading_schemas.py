"""What crosses HTTP when people are looked up, and when their numbers are shown."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.people.numbers import CardNumber
from services.registry.people.schemas import NikIn, PersonOut
from shared.fields import Name, folded
from shared.language import Text
from shared.validation import Invalid


class DisclosureOut(BaseModel):
    """What identifies a person, unmasked. That it was shown, to whom and why, is in the audit trail."""

    id: UUID
    nik: Annotated[str | None, Field(examples=["3204004512870001"])]
    phone: Annotated[str | None, Field(examples=["+6281234567890"])]
    birth_date: Annotated[date | None, Field(examples=["1987-12-05"])]


class PersonLookup(BaseModel):
    """Whom to look for: exactly one of these. It stands in a body, since addresses are written into logs."""

    model_config = ConfigDict(extra="forbid")

    nik: NikIn | None = None
    family_card: Annotated[CardNumber | None, Field(description="Those in the family with this card (nomor KK) today.", examples=["3204000101150001"])] = None  # fmt: skip
    name: Annotated[
        Name | None,
        Field(min_length=2, description="A name or a part of one; spelling may differ.", examples=["aminah"]),
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.nik, self.family_card, self.name)) != 1:
            raise Invalid(
                "one-of",
                Text("Isi tepat satu dari `nik`, `family_card`, `name`.", "Give exactly one of `nik`, `family_card`, `name`."),
                Text("Hapus yang lain.", "Leave the others out."),
            )  # fmt: skip
        if self.name is not None and not folded(self.name):
            raise Invalid(
                "nothing-to-search",
                Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
                Text("Tulis sebagian nama.", "Write a part of the name."),
                at="name",
            )
        return self


class PersonLookupOut(BaseModel):
    """Those in your sight, best match first; at most 50."""

    items: list[PersonOut]
