"""What crosses HTTP about attendance on its way in: who came, as what, and for how many hours as a volunteer."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.activities.activities.fields import Closed, Reason
from shared.codes import AttendanceRole
from shared.events.attendance import MOST

Hours = Annotated[
    int,
    Field(strict=True, ge=0, le=10_000, description="Whole hours as a volunteer; null: not told.", examples=[4]),
]
PersonId = Annotated[
    UUID,
    Field(
        description="The person's id in registry; of somebody in another area too, if you know it.",
        examples=["7d1f0b52-3c5e-4f0e-9a58-2f6f1f0e9c11"],
    ),
]


class AttendeeIn(Closed):
    """Somebody who came."""

    person_id: PersonId
    role: Annotated[AttendanceRole, Field(examples=["anggota"])]
    volunteer_hours: Hours | None = None


People = Annotated[
    list[AttendeeIn],
    Field(
        min_length=1, max_length=MOST, description="Each person once in all sheets of the activity; more in another."
    ),
]


class FirstSheet(Closed):
    """Who came, as the first sheet of an activity that is recorded as completed."""

    sheet_id: Annotated[
        UUID | None, Field(description="Your own id of the sheet, best a UUIDv7; made if left out.")
    ] = None
    people: People


class SheetIn(Closed):
    """People who came to an activity that is completed."""

    id: Annotated[UUID | None, Field(description="Your own id, best a UUIDv7; made for you if left out.")] = None
    activity_id: Annotated[UUID, Field(description="A completed activity that is led from your area.")]
    people: People


class Registration(Closed):
    """More people who came, told later."""

    people: People


class Withdrawal(Closed):
    """People who were not there, and why they stood in the sheet."""

    person_ids: Annotated[list[PersonId], Field(min_length=1, max_length=MOST)]
    reason: Reason


class AttendeeChange(Closed):
    """What was wrong about somebody who came: what is left out stays, null removes."""

    person_id: PersonId
    role: Annotated[AttendanceRole, Field(examples=["relawan"])] | None = None
    volunteer_hours: Hours | None = None


class SheetCorrection(Closed):
    """What was recorded wrongly about people in the sheet, and why."""

    people: Annotated[list[AttendeeChange], Field(min_length=1, max_length=MOST)]
    reason: Reason
