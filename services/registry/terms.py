"""A term in office as it is sent, alike for institutions and networks: a role, its days, and the decree behind it."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.codes import Role
from shared.fields import Day, Name
from shared.language import Text
from shared.validation import Invalid

RoleField = Annotated[Role, Field(description="Jabatan.", examples=["ketua"])]
Since = Annotated[Day, Field(description="First day in office.", examples=["2024-01-01"])]
ValidUntil = Annotated[Day, Field(description="Last day in office; null: no end is set.", examples=["2028-12-31"])]
DecreeNumber = Annotated[Name, Field(description="Number of the SK that appointed them.", examples=["141/05/KPTS/2024"])]  # fmt: skip
DecreeOn = Annotated[Day, Field(description="Date of that SK.", examples=["2023-12-20"])]


class TermContent(BaseModel):
    """A term: a role, its days, and the decree behind it."""

    model_config = ConfigDict(extra="forbid")

    role: RoleField
    since: Since
    valid_until: ValidUntil | None = None
    decree_number: DecreeNumber | None = None
    decree_on: DecreeOn | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.since:
            raise Invalid(
                "until-before-since",
                Text("Masa jabatan berakhir sebelum dimulai.", "The term ends before it begins."),
                Text("Isi hari terakhir menjabat, paling awal `since`.", "Give the last day in office, `since` at the earliest."),
                at="valid_until",
            )  # fmt: skip
        return self
