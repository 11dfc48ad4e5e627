"""What crosses HTTP about assessments and their instruments."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.code_lists.lists import Labels
from shared.codes import DevelopmentStage
from shared.fields import Day, Name


class InstrumentRef(BaseModel):
    """A version of an instrument."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=40, examples=["KUBE"])]
    version: Annotated[int, Field(strict=True, ge=1, examples=[1])]


Stage = Annotated[
    DevelopmentStage, Field(description="What the assessor found; adapted from KUBE.", examples=["berkembang"])
]
Answers = Annotated[
    dict[str, bool],
    Field(description="Yes or no to each item of the instrument's checklist, by its code.",
          examples=[{"pendamping": True, "papan_nama": False}]),
]  # fmt: skip


class AssessmentIn(BaseModel):
    """A stage that you found. `id` may be made by the sender."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        UUID | None,
        Field(description="A UUID made by the sender; if missing, one is given.",
              examples=["0195a7d2-6e11-7b30-9d53-1f2b3c4d5e6f"]),
    ] = None  # fmt: skip
    institution_id: Annotated[UUID, Field(examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    on: Annotated[Day, Field(description="Day of the assessment.", examples=["2026-02-20"])]
    stage: Stage
    instrument: InstrumentRef
    answers: Annotated[dict[str, Annotated[bool, Field(strict=True)]], Field(max_length=200, examples=[{"pendamping": True}],
                       description="Yes or no to each item of the instrument's checklist, by its code.")]  # fmt: skip
    assessor_name: Annotated[
        Name | None, Field(description="Who assessed, if not you; never published.", examples=["Ibu Siti Aminah"])
    ] = None
    assessor_agency: Annotated[Name | None, Field(examples=["TKSK Kecamatan Cileunyi"])] = None


class AssessmentOut(BaseModel):
    """An assessment as it was made."""

    id: Annotated[UUID, Field(examples=["0195a7d2-6e11-7b30-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    institution_id: UUID
    institution_name: Annotated[str, Field(examples=["Arisan Melati RW 03"])]
    village: Annotated[str, Field(description="Kemendagri code of the institution's seat.", examples=["32.04.05.2001"])]
    on: Annotated[date, Field(examples=["2026-02-20"])]
    stage: Stage
    instrument: InstrumentRef
    answers: Answers
    assessor: Annotated[str, Field(description="Token subject of who recorded it.", examples=["tksk-cileunyi"])]
    assessor_name: Annotated[str | None, Field(examples=["Ibu Siti Aminah"])]
    assessor_agency: Annotated[str | None, Field(examples=["TKSK Kecamatan Cileunyi"])]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    registered_at: datetime
    changed_at: datetime


class ItemOut(BaseModel):
    """A statement of a checklist, answered by yes or no."""

    code: Annotated[str, Field(examples=["pendamping"])]
    stage: Annotated[DevelopmentStage, Field(description="The stage it speaks for.")]
    label: Labels


class InstrumentOut(BaseModel):
    """A version of an instrument: what is asked, and where it comes from."""

    code: Annotated[str, Field(examples=["KUBE"])]
    version: Annotated[int, Field(examples=[1])]
    title: Labels
    note: Annotated[Labels, Field(description="What it was adapted from, and what it does not say.")]
    source: Annotated[str, Field(examples=["https://123dok.com/article/ciri-ciri-tahap-perkembangan-kube"])]
    items: list[ItemOut]
