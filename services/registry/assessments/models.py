"""The table of assessments."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import DevelopmentStage
from shared.database import code_list
from shared.mapping import Stored


class Assessment(RegistryTable):
    """A stage that an assessor found on a day, with the answers to the checklist of an instrument's version.

    It is never changed: one that was wrong is voided and made anew. All its writers hold the lock on the institution's
    row, whose column `assessments` tells it in events. `sequence` is its version and its ETag.
    """

    __tablename__ = "assessment"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    assessed_on: Mapped[date]
    stage: Mapped[DevelopmentStage] = mapped_column(code_list(DevelopmentStage, "stage"))
    assessor: Mapped[str] = mapped_column(Text, comment="Token subject of who recorded it")
    assessor_name: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    assessor_agency: Mapped[str | None] = mapped_column(Text)
    instrument: Mapped[str] = mapped_column(Text)
    instrument_version: Mapped[int]
    answers: Mapped[dict[str, bool]] = mapped_column(Stored(dict[str, bool]), comment="Yes or no by checklist item")
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_assessment_institution_id_id", "institution_id", "id"),
        Index("ix_assessment_changed_at_id", "changed_at", "id"),
    )
