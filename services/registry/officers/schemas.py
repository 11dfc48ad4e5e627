"""What crosses HTTP about officers: a term as it is sent, corrected and answered, and the bodies of its steps."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.terms import DecreeNumber, DecreeOn, RoleField, Since, TermContent, ValidUntil
from shared import fields
from shared.codes import Role
from shared.fields import Day
from shared.language import Text
from shared.validation import Invalid

EndedReason = Annotated[
    fields.Reason,
    Field(description="Why the term ended before it was over. Never published.", examples=["Mengundurkan diri."]),
]


class Content(TermContent):
    """A term, and why it ended before it was over."""

    ended_reason: EndedReason | None = None

    @model_validator(mode="after")
    def _a_reason_has_its_day(self) -> Self:
        if self.ended_reason is not None and self.valid_until is None:
            raise Invalid(
                "reason-without-end",
                Text("Ada alasan berhenti, tetapi tidak ada hari terakhir.", "There is a reason for the end and no last day."),
                Text("Isi `valid_until`, atau hapus `ended_reason`.", "Give `valid_until`, or drop `ended_reason`."),
                at="ended_reason",
            )  # fmt: skip
        return self


class OfficerIn(Content):
    """A person appointed to a role of an institution."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-9c2d-7d11-9a20-3c4d5e6f7081"]),
    ] = None  # fmt: skip
    person_id: Annotated[UUID, Field(examples=["3f0c2a5e-7f7b-4d0e-9d0a-6f5b2c1d8e90"])]
    institution_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]


class OfficerPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. A wrong person is another term: void this one."""

    model_config = ConfigDict(extra="forbid")

    role: RoleField | None = None
    since: Since | None = None
    valid_until: ValidUntil | None = None
    decree_number: DecreeNumber | None = None
    decree_on: DecreeOn | None = None
    ended_reason: EndedReason | None = None


class LeavingOffice(BaseModel):
    """The day an officer left before the term was over, and why."""

    model_config = ConfigDict(extra="forbid")

    left_on: Annotated[Day, Field(description="First day no longer in office.", examples=["2025-07-01"])]
    reason: EndedReason


class OfficerOut(BaseModel):
    """A person's term in a role of an institution."""

    id: Annotated[UUID, Field(examples=["0195a7c4-9c2d-7d11-9a20-3c4d5e6f7081"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    person_id: UUID
    canonical_person_id: Annotated[
        UUID, Field(description="The record that stands for the person: another one if `person_id` is a duplicate.")
    ]
    person_name: Annotated[str | None, Field(description="Null once it was erased.", examples=["Siti Aminah"])]
    institution_id: UUID
    role: Role
    since: Annotated[date, Field(description="First day in office.", examples=["2024-01-01"])]
    valid_until: Annotated[
        date | None, Field(description="Last day in office; null: no end is set.", examples=["2028-12-31"])
    ]
    decree_number: Annotated[str | None, Field(examples=["141/05/KPTS/2024"])]
    decree_on: date | None
    ended_reason: Annotated[
        str | None,
        Field(description="Why it ended before it was over; null if it did not.", examples=["Mengundurkan diri."]),
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
