"""What activities publishes about who came: random ids of people. Its topic has access rules of its own."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import AttendanceRole
from shared.events.envelope import Part, State

MOST = 500
"""People in one sheet; an activity may have several (`semantics.md` §2.2)."""


class Attendee(Part):
    """A person who came, as what, and for how many hours as a volunteer."""

    person_id: UUID
    role: AttendanceRole
    volunteer_hours: Annotated[NonNegativeInt | None, Field(description="Whole hours; null: not told.")] = None


class AttendanceSheet(State):
    """People who came to an activity, with what numbers need of the activity: it is told anew when that changes."""

    SERVICE: ClassVar[str] = "activities"
    NOUN: ClassVar[str] = "attendance-sheet"
    FACTS: ClassVar[tuple[str, ...]] = (
        "recorded",
        "registered",
        "withdrawn",
        "corrected",
        "activity_followed",
        "voided",
    )

    activity_id: UUID
    people: Annotated[list[Attendee], Field(max_length=MOST, description="Each once in all sheets of the activity.")]
    held_on: Annotated[
        date | None,
        Field(description="Last day of the activity; null while it does not count: not completed, or voided."),
    ] = None
    village_id: Annotated[UUID, Field(description="Where the activity is held.")]
    organiser_ids: Annotated[list[UUID], Field(description="Institutions that hold it: the lead, then co-organisers.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
