"""What crosses HTTP about villages' monthly reports."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.activities.village_reports.models import VillageReport
from services.activities.village_reports.months import Month
from shared.codes import VillageReportState
from shared.fields import VillageCode
from shared.pagination import Page

_ID = "0195e0b7-9a4d-7c58-a2e1-6f3b8d5c1e47"


class Submission(BaseModel):
    """What a village says of a month. How many activities were completed in it is counted, not asked."""

    model_config = ConfigDict(extra="forbid")

    nihil: Annotated[
        bool,
        Field(
            strict=True,
            description="Nothing was held in that month. It must agree with the activities recorded as completed in it.",
            examples=[False],
        ),
    ] = False


class VillageReportIn(Submission):
    """A village's report of a month that is over."""

    id: Annotated[
        UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.", examples=[_ID])
    ] = None
    village: Annotated[
        VillageCode, Field(description="Kemendagri code of the village, dotted or not.", examples=["32.04.05.2001"])
    ]
    month: Month


class VillageReportOut(BaseModel):
    """A village's report of a month as it stands."""

    id: Annotated[UUID, Field(examples=[_ID])]
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    village: Annotated[
        str,
        Field(description="Kemendagri code of today; of a village that is no more, of who took over.",
              examples=["32.04.05.2001"]),
    ]  # fmt: skip
    village_id: UUID
    village_name: Annotated[str | None, Field(examples=["Cangkuang Kulon"])]
    month: Annotated[str, Field(examples=["2026-02"])]
    state: VillageReportState
    nihil: Annotated[bool, Field(description="Nothing was held in that month.")]
    completed: Annotated[
        int, Field(description="Activities completed in it, when it was submitted the last time.", examples=[4])
    ]
    submitted_on: Annotated[date, Field(description="Local day of the newest submission.")]
    first_submitted_on: date
    due_on: Annotated[date, Field(description="Last day on which it is in time.", examples=["2026-03-10"])]
    in_time: Annotated[bool, Field(description="First submitted on that day or earlier.")]
    decided_on: Annotated[date | None, Field(description="Local day it was accepted or returned.")]
    age_days: Annotated[
        int | None, Field(description="Days that it has waited for the district; null unless it waits.", examples=[3])
    ]
    restate: Annotated[
        bool, Field(description="Something of the month changed after it was accepted: it has to be restated.")
    ]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, report: VillageReport, village_name: str | None, today: date) -> Self:
        """The answer about a row. `today` is the local date of the village."""
        waits = report.state is VillageReportState.DIAJUKAN and not report.voided
        return cls(
            village=report.village_code,
            village_name=village_name,
            in_time=report.first_submitted_on <= report.due_on,
            age_days=(today - report.submitted_on).days if waits else None,
            **{name: getattr(report, name) for name in cls.model_fields if hasattr(report, name)},
        )


class MissingReportOut(BaseModel):
    """A village that has no accepted report of a month."""

    village: Annotated[str, Field(description="Kemendagri code of today.", examples=["32.04.05.2001"])]
    village_id: UUID
    village_name: Annotated[str, Field(examples=["Cangkuang Kulon"])]
    report_id: Annotated[UUID | None, Field(description="Of the report that waits or was returned; null: none.")]
    state: VillageReportState | None
    due_on: Annotated[date, Field(description="Last day on which it is in time.", examples=["2026-03-10"])]
    days_late: Annotated[
        int, Field(description="Days since then, if nothing was submitted or it was returned; 0 before.", examples=[5])
    ]


class MissingReportPage(Page[MissingReportOut]):
    """Villages without an accepted report of the month, by code, and how many there are of all."""

    month: Annotated[str, Field(examples=["2026-02"])]
    villages: Annotated[
        int | None,
        Field(description="All villages under these filters; only if `count=true` was asked.", examples=[12]),
    ] = None
    accepted: Annotated[
        int | None, Field(description="Those with an accepted report; only if `count=true` was asked.", examples=[9])
    ] = None
