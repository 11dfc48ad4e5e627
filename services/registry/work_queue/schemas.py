"""What crosses HTTP about the work queue and the reminders."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field


class WorkKind(StrEnum):
    """What a piece of work is about."""

    INSTITUTION = "institution"
    CHANGE_REQUEST = "change-request"
    NETWORK = "network"
    REGION_CHANGE = "region-change"


class Task(StrEnum):
    """What is to be done: the step that is waited for, or `correction` of what was returned to you."""

    REVIEW = "review"
    VERIFICATION = "verification"
    CORRECTION = "correction"
    LEGALISATION = "legalisation"
    APPLICATION = "application"


class WorkItemOut(BaseModel):
    """Something that waits for you."""

    kind: WorkKind
    task: Task
    id: Annotated[UUID, Field(description="Of the record.", examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"])]
    sequence: Annotated[int, Field(description="Its version: the ETag for the step.", examples=[3])]
    name: Annotated[
        str,
        Field(
            description="The institution's or the network's, or the decree of a region change.",
            examples=["Arisan Melati RW 03"],
        ),
    ]
    institution_id: Annotated[UUID | None, Field(description="The institution it is about.")]
    village: Annotated[
        str | None, Field(description="Code of the institution's seat or proposed seat.", examples=["32.04.05.2001"])
    ]
    since: Annotated[datetime, Field(description="Since when it waits.", examples=["2026-03-02T08:15:00Z"])]
    age_days: Annotated[int, Field(description="Whole days since then.", examples=[13])]


class ReminderKind(StrEnum):
    """What runs out."""

    DOCUMENT = "document"
    OFFICER_TERM = "officer-term"
    FACILITY_CHECK = "facility-check"
    NETWORK_LEGALISATION = "network-legalisation"
    NETWORK_TERM = "network-term"
    PARTNERSHIP = "partnership"


class ReminderOut(BaseModel):
    """Something that runs out, or did, and of which nothing newer was recorded."""

    kind: ReminderKind
    due_on: Annotated[
        date,
        Field(
            description="Its last day; of a facility check the first day on which it is too old.",
            examples=["2026-05-31"],
        ),
    ]
    days_left: Annotated[
        int, Field(description="Days from today (WIB) to `due_on`; negative once it is over.", examples=[77])
    ]
    id: Annotated[
        UUID,
        Field(
            description="Of the document, officer, facility or partnership; of the network for its legalisation.",
            examples=["0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f"],
        ),
    ]
    what: Annotated[
        str,
        Field(
            description="Code of the document's kind or of the role, name of the facility, number of the legalisation, "
            "title of the partnership.",
            examples=["sk"],
        ),
    ]
    name: Annotated[
        str, Field(description="The institution's, the network's or the partner's.", examples=["Arisan Melati RW 03"])
    ]
    institution_id: UUID | None
    network_id: UUID | None
    village: Annotated[str | None, Field(description="Code of the institution's seat.", examples=["32.04.05.2001"])]
