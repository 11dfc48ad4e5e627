"""What crosses HTTP about networks' work plans."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.network_funds.schemas import Amount
from shared.codes import FundingSource, PpksKind
from shared.fields import Name
from shared.language import Text
from shared.validation import Invalid

MOST_ITEMS = 200
Year = Annotated[int, Field(strict=True, ge=1990, le=2100, description="Calendar year.", examples=[2026])]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]


class PlanBudget(BaseModel):
    """Money that is planned from one source."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[FundingSource, Field(examples=["jimpitan"])]
    amount: Amount


class PlanItemIn(BaseModel):
    """Something the network means to do."""

    model_config = ConfigDict(extra="forbid")

    goal: Annotated[Name, Field(description="What for.", examples=["Semua lansia telantar dikunjungi tiap bulan"])]
    target_group: Annotated[Name | None, Field(description="For whom, in words.", examples=["Lansia RW 05"])] = None
    ppks_kinds: Annotated[
        list[PpksKind], Field(max_length=26, description="For which kinds of PPKS.", examples=[["LUT"]])
    ] = []
    months: Annotated[
        list[Month], Field(min_length=1, max_length=12, description="Months of the year.", examples=[[3, 6, 9]])
    ]
    budget: Annotated[list[PlanBudget], Field(max_length=8, description="By source, each once.")] = []

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        for name, values in (
            ("months", self.months), ("ppks_kinds", self.ppks_kinds), ("budget", [b.source for b in self.budget])
        ):  # fmt: skip
            if len(set(values)) < len(values):
                raise Invalid(
                    "said-twice",
                    Text("Ada yang disebut dua kali.", "Something is said twice."),
                    Text("Sebut masing-masing sekali.", "Say each once."),
                    at=name,
                )
        return self


Items = Annotated[list[PlanItemIn], Field(max_length=MOST_ITEMS, description="What it means to do, in its order.")]


class WorkPlanContent(BaseModel):
    """What is planned for a year."""

    model_config = ConfigDict(extra="forbid")

    items: Items


class WorkPlanIn(WorkPlanContent):
    """A network's plan for one calendar year."""

    year: Year


class WorkPlanPatch(BaseModel):
    """JSON merge patch: `items` replaces the whole list, as a merge patch does with every list."""

    model_config = ConfigDict(extra="forbid")

    items: Items | None = None


class WorkPlanOut(BaseModel):
    """A network's plan for one calendar year."""

    network_id: UUID
    year: Annotated[int, Field(examples=[2026])]
    sequence: Annotated[int, Field(description="Version; its ETag is this number in quotes.", examples=[1])]
    items: list[PlanItemIn]
    budget_total: Annotated[int, Field(description="Of all items, in whole rupiah.", examples=[1500000])]
    registered_at: datetime
    changed_at: datetime
