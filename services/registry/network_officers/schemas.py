"""What crosses HTTP about the management of networks: a term as it is sent, corrected and answered."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.registry.terms import DecreeNumber, DecreeOn, RoleField, Since, TermContent, ValidUntil
from shared.codes import Role


class NetworkOfficerIn(TermContent):
    """A person chosen for a role of a network."""

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7c4-9f2d-7d11-9a20-3c4d5e6f7081"]),
    ] = None  # fmt: skip
    network_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    person_id: Annotated[UUID, Field(examples=["3f0c2a5e-7f7b-4d0e-9d0a-6f5b2c1d8e90"])]


class NetworkOfficerPatch(BaseModel):
    """JSON merge patch: fields left out stay, `null` removes. A wrong person is another term: void this one."""

    model_config = ConfigDict(extra="forbid")

    role: RoleField | None = None
    since: Since | None = None
    valid_until: ValidUntil | None = None
    decree_number: DecreeNumber | None = None
    decree_on: DecreeOn | None = None


class NetworkOfficerOut(BaseModel):
    """A person's term in a role of a network."""

    id: Annotated[UUID, Field(examples=["0195a7c4-9f2d-7d11-9a20-3c4d5e6f7081"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    network_id: UUID
    person_id: UUID
    person_name: Annotated[
        str | None, Field(description="Null if it was erased, or the person is outside your sight.", examples=["Siti Aminah"])
    ]  # fmt: skip
    role: Role
    since: Annotated[date, Field(description="First day in office.", examples=["2024-01-01"])]
    valid_until: Annotated[
        date | None, Field(description="Last day in office; null: no end is set.", examples=["2028-12-31"])
    ]
    decree_number: Annotated[str | None, Field(examples=["141/05/KPTS/2024"])]
    decree_on: date | None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime
