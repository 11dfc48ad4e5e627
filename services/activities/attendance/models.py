"""Tables of attendance: sheets of people, and the pairs that keep anybody from being named twice in one activity."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.events.attendance import Attendee
from shared.mapping import Stored


class AttendanceSheet(ActivitiesTable):
    """People who came to an activity, as they were told together. `sequence` is its version and its ETag.

    Days, places and organisers repeat the activity's, so that its event and its scope can be told from this row alone;
    they follow when the activity is corrected or voided. `held_on` is null while the activity counts nowhere.
    """

    __tablename__ = "attendance_sheet"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    activity_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    people: Mapped[list[Attendee]] = mapped_column(Stored(list[Attendee]))
    held_on: Mapped[date | None] = mapped_column(comment="Last day of the activity; null if it is voided")
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    lead_institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    organiser_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="The lead, then co-organisers")
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (Index("ix_attendance_sheet_changed_at_id", "changed_at", "id"),)


class Attendance(ActivitiesTable):
    """That a person is named by a sheet of an activity: once, whichever sheet. Rows of voided sheets are gone.

    The key refuses what the activity's lock has let through; who is really whom is looked up beside it.
    """

    __tablename__ = "attendance"

    activity_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sheet_id: Mapped[UUID] = mapped_column(Uuid)
