"""The table of villages' monthly reports."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import VillageReportState
from shared.database import code_list


class VillageReport(ActivitiesTable):
    """A village's report of a month as it stands. `sequence` is its version and its ETag.

    A village has one report of a month, entry errors aside. `village_code` is a copy of registry's for the area scope.
    """

    __tablename__ = "village_report"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    month: Mapped[str] = mapped_column(Text(collation="C"), comment="As 2026-03")
    state: Mapped[VillageReportState] = mapped_column(code_list(VillageReportState, "state"))
    nihil: Mapped[bool] = mapped_column(comment="Nothing was held in that month")
    completed: Mapped[int] = mapped_column(comment="Activities completed in it, when it was submitted")
    submitted_on: Mapped[date] = mapped_column(comment="Local day of the newest submission")
    submitted_by: Mapped[str] = mapped_column(Text, comment="Token subject of the newest submission")
    first_submitted_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(comment="Last day on which it is in time")
    decided_on: Mapped[date | None] = mapped_column(comment="Local day it was accepted or returned")
    restate: Mapped[bool] = mapped_column(comment="Something of the month changed after it was accepted")
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("nihil = (completed = 0)", name="nihil_if_none_completed"),
        CheckConstraint("(decided_on IS NULL) = (state = 'diajukan')", name="decided_unless_submitted"),
        CheckConstraint("NOT restate OR state = 'diterima'", name="restated_if_accepted"),
        # Also how `restating.touched` finds that there is none.
        Index("uq_village_report_month_village_id", "month", "village_id", unique=True, postgresql_where=text("NOT voided")),
        Index("ix_village_report_submitted_on_id", "submitted_on", "id"),
        Index("ix_village_report_changed_at_id", "changed_at", "id"),
    )  # fmt: skip
