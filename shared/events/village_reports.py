"""What activities publishes about the monthly reports of villages: where coverage and timeliness come from."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import VillageReportState
from shared.events.envelope import State


class VillageReport(State):
    """A village's report of a month; one without any activity (nihil) is a report all the same."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "village-report"
    FACTS: ClassVar[tuple[str, ...]] = (
        "submitted",
        "accepted",
        "returned",
        "resubmitted",
        "marked_for_restatement",
        "voided",
    )

    village_id: UUID
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", examples=["2026-03"])]
    state: VillageReportState
    nihil: Annotated[bool, Field(description="Nothing was held in that month.")]
    completed: Annotated[NonNegativeInt, Field(description="Activities completed in it, when it was submitted.")]
    submitted_on: Annotated[date, Field(description="Local day of the newest submission.")]
    due_on: Annotated[date, Field(description="Last day on which it is in time.")]
    first_submitted_on: date
    decided_on: Annotated[date | None, Field(description="Local day it was accepted or returned.")] = None
    restate: Annotated[bool, Field(description="Something of the month changed after it was accepted.")] = False
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
