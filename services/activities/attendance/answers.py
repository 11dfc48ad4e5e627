"""What crosses HTTP about attendance on its way out: people are random ids."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.activities.activities.answers import WarningOut
from services.activities.attendance.models import AttendanceSheet
from services.activities.known.memberships import Membership
from shared.codes import AttendanceRole
from shared.fields import Day


class SheetOut(BaseModel):
    """A sheet without its people."""

    id: UUID
    sequence: Annotated[int, Field(description="Its version, also its ETag.", examples=[2])]
    activity_id: UUID
    people_count: Annotated[int, Field(description="People in this sheet.", examples=[30])]
    volunteer_hours: Annotated[int, Field(description="Their hours as volunteers, as far as told.", examples=[16])]
    held_on: Annotated[Day | None, Field(description="Last day of the activity; null if that is voided.")]
    village: Annotated[
        str, Field(description="Kemendagri code of today of where it was held.", examples=["32.04.05.2001"])
    ]
    village_id: UUID
    organiser_ids: Annotated[list[UUID], Field(description="Institutions that held it: the lead, then co-organisers.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")]
    recorded_at: datetime
    changed_at: datetime


class AttendeeOut(BaseModel):
    """Somebody who came."""

    person_id: UUID
    role: AttendanceRole
    volunteer_hours: Annotated[int | None, Field(description="Null: not told.", examples=[4])]
    member_that_day: Annotated[
        bool,
        Field(
            description="Whether this record of the person is on record here as a member of an organiser on that day. Only to "
            "be shown: numbers look it up themselves."
        ),
    ]


class SheetRead(SheetOut):
    """A sheet with its people."""

    people: list[AttendeeOut]
    warnings: Annotated[
        list[WarningOut],
        Field(description="In the answer to a write only: what is odd about the sheet and may be so.", examples=[[]]),
    ] = []

    @classmethod
    def of(cls, sheet: AttendanceSheet, members: Collection[Membership], warnings: Sequence[WarningOut] = ()) -> Self:
        """The answer about a row; `members` are memberships of its people."""
        day = sheet.held_on
        belong = {one.person_id for one in members if one.institution_id in sheet.organiser_ids and day and one.on(day)}
        people = [{**dict(one), "member_that_day": one.person_id in belong} for one in sheet.people]
        return cls.model_validate(
            {
                **{name: getattr(sheet, name) for name in cls.model_fields if hasattr(sheet, name)},
                "village": sheet.village_code,
                "people_count": len(people),
                "volunteer_hours": sum(one.volunteer_hours or 0 for one in sheet.people),
                "people": people,
                "warnings": warnings,
            }
        )
