"""What crosses HTTP about programmes: the plan as it is sent, patched and answered, and what became of it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.activities.activities.fields import Closed, Prose
from services.activities.activities.schemas import TargetGroup
from shared.codes import ActivityKind, FundingSource, OrganisationKind
from shared.fields import Name, folded
from shared.language import Text
from shared.validation import Invalid

MOST_RUPIAH = 10**15
"""A quadrillion rupiah: more is a slip of the pen."""


class OwnerIn(Closed):
    """Whose plan it is."""

    organisation: Annotated[
        Literal[OrganisationKind.INSTITUTION, OrganisationKind.NETWORK], Field(examples=["institution"])
    ]
    id: UUID


class BudgetLine(Closed):
    """Money expected from one source."""

    source: Annotated[FundingSource, Field(examples=["iuran"])]
    value: Annotated[int, Field(strict=True, ge=0, le=MOST_RUPIAH, description="Whole rupiah.", examples=[2500000])]


def _one_line_each(lines: list[BudgetLine]) -> list[BudgetLine]:
    for place, line in enumerate(lines):
        if any(line.source is earlier.source for earlier in lines[:place]):
            raise Invalid(
                "source-listed-twice",
                Text(f"Sumber «{line.source}» sudah ada.", f"The source «{line.source}» is there already."),
                Text("Tulis satu baris untuk setiap sumber.", "Write one line for each source."),
                at=f"{place}/source",
            )
    return lines


def _with_letters(title: str) -> str:
    if not folded(title):
        raise Invalid(
            "title-without-letters",
            Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
            Text("Tulis nama program kerjanya.", "Write what the programme is called."),
        )
    return title


def _names_somebody(group: TargetGroup | None) -> TargetGroup | None:
    if group and not group.members and not group.ppks_kinds:
        raise Invalid(
            "target-group-empty",
            Text("Kelompok sasaran tidak menyebut siapa pun.", "The target group names nobody."),
            Text(
                "Pilih `members`, satu jenis PPKS, atau kosongkan sasaran.",
                "Choose `members`, a PPKS kind, or leave the target group out.",
            ),
        )
    return group


Title = Annotated[Name, AfterValidator(_with_letters), Field(examples=["Program kerja arisan 2026"])]
Goal = Annotated[Prose, Field(description="What is to be reached.", examples=["Semua lansia dikunjungi tiap bulan"])]
Budget = Annotated[
    list[BudgetLine],
    Field(max_length=len(FundingSource), description="One line for each source."),
    AfterValidator(_one_line_each),
]
Group = Annotated[TargetGroup | None, AfterValidator(_names_somebody), Field(description="Whom it is meant for.")]


class Content(Closed):
    """What a programme says, which its keepers may change."""

    title: Annotated[Title, Field(description="Unlike those of the owner's other programmes of the year.")]
    goal: Goal | None = None
    target_group: Group = None
    budget: Budget = []


class ProgrammeIn(Content):
    """The work plan of an institution or a network for a year. `id` may be made by the sender."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    owner: OwnerIn
    year: Annotated[int, Field(strict=True, ge=1945, le=2100, description="Calendar year.", examples=[2026])]


class ProgrammePatch(Closed):
    """JSON merge patch: fields left out stay, `null` removes. `budget` is replaced as a whole."""

    title: Title | None = None
    goal: Goal | None = None
    target_group: Group = None
    budget: Budget | None = None


class OwnerOut(BaseModel):
    """Whose plan it is."""

    organisation: OrganisationKind
    id: UUID
    name: Annotated[str | None, Field(description="As registry last told it.", examples=["Arisan Mawar"])]


class ProgrammeOut(BaseModel):
    """A programme as it stands."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    owner: OwnerOut
    year: Annotated[int, Field(examples=[2026])]
    title: Annotated[str, Field(examples=["Program kerja arisan 2026"])]
    goal: Annotated[str | None, Field(examples=["Semua lansia dikunjungi tiap bulan"])]
    target_group: TargetGroup | None
    village: Annotated[
        str | None,
        Field(
            description="Kemendagri code of today of the owner's seat; of a network's, one of its villages.",
            examples=["32.04.05.2001"],
        ),
    ]
    village_id: UUID
    village_name: Annotated[str | None, Field(examples=["Cangkuang Kulon"])]
    budget: list[BudgetLine]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime


class Counts(BaseModel):
    """Activities of a programme, voided ones left out."""

    planned: Annotated[
        int, Field(description="With a plan, whatever became of it; by its last planned day.", examples=[12])
    ]
    completed: Annotated[int, Field(description="Held, planned or not; by the last day held.", examples=[9])]
    cancelled: Annotated[int, Field(description="Planned and called off; by the last planned day.", examples=[1])]
    open: Annotated[
        int, Field(description="Planned, and neither held nor called off; by the last planned day.", examples=[3])
    ]


class MonthCounts(Counts):
    """Those of a month."""

    month: Annotated[str, Field(description="Calendar month.", examples=["2026-03"])]


class KindCounts(Counts):
    """Those of a kind."""

    kind: ActivityKind


class BudgetProgress(BaseModel):
    """Money of one source: what was planned against what was contributed to the activities."""

    source: FundingSource
    planned: Annotated[int, Field(description="Whole rupiah; 0 if the plan has no line.", examples=[2500000])]
    contributed: Annotated[
        int, Field(description="Whole rupiah with a stated value, less refunds.", examples=[1750000])
    ]
    difference: Annotated[
        int, Field(description="Contributed less planned: below zero while money is missing.", examples=[-750000])
    ]
    unvalued: Annotated[int, Field(description="Contributions without a stated value.", examples=[0])]


class Progress(BaseModel):
    """What was planned against what was done, as it stands at this moment."""

    programme_id: UUID
    year: Annotated[int, Field(description="Calendar year of the programme.", examples=[2026])]
    activities: Counts
    by_month: Annotated[list[MonthCounts], Field(description="All months of the year, and others that have any.")]
    by_kind: Annotated[list[KindCounts], Field(description="Kinds that have any, in the order of the code list.")]
    budget: Annotated[list[BudgetProgress], Field(description="Sources planned or contributed, in the list's order.")]
