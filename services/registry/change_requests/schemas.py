"""What crosses HTTP about change requests."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from shared.changes import Change
from shared.codes import Verification


class StepOut(BaseModel):
    """A step of a change request: which, when, by whom, and why if they said so."""

    step: Annotated[
        str, Field(description="`proposal`, or a step as it stands in the address.", examples=["submission"])
    ]
    at: datetime
    by: Annotated[str, Field(description="Token subject of the one who took it.", examples=["operator-1"])]
    reason: Annotated[str | None, Field(examples=["Jumlah anggota belum sesuai daftar."])]


class ChangeRequestOut(BaseModel):
    """A proposed change of a verified institution. It is no public state before another person verified it.

    It proposes other content, or, if `step` is given, that dated step of its life.
    """

    id: Annotated[UUID, Field(examples=["0195a7c9-11aa-7f00-8d53-5f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[2])]
    institution_id: UUID
    institution_name: Annotated[str, Field(description="Verified name.", examples=["Arisan Melati RW 03"])]
    village: Annotated[str, Field(description="Kemendagri code of the verified seat.", examples=["32.04.05.2001"])]
    target_village: Annotated[
        str | None, Field(description="Code of the other seat that it proposes.", examples=["32.04.06.2003"])
    ]
    step: Annotated[str | None, Field(description="The step it proposes, as in the address.", examples=["closure"])]
    on: Annotated[date | None, Field(description="First day of the proposed step.", examples=["2026-02-01"])]
    verification: Annotated[Verification, Field(description="Where the change stands on its way.", examples=["draf"])]
    voided: Annotated[bool, Field(description="Withdrawn.")]
    changes: Annotated[
        dict[str, Change],
        Field(description="Fields with the verified value and the one proposed.",
              examples=[{"name": {"before": "Arisan Melati RW 03", "after": "Arisan Melati Jaya"}}]),
    ]  # fmt: skip
    steps: Annotated[list[StepOut], Field(description="Its history, oldest first.")]
    created_at: datetime
    changed_at: datetime
