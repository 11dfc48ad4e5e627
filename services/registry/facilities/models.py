"""The table of facilities."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import FacilityClass, FacilityCondition
from shared.database import code_list
from shared.events.institutions import FacilityCheck
from shared.mapping import Stored


class Facility(RegistryTable):
    """An item of sarana prasarana, with the institution over `[since, until)`; `until` null: it is still there.

    `checks` are all that were made, oldest first and at most one a day; the last one and its condition are repeated in
    columns, by which lists are filtered. All its writers hold the lock on the institution's row, whose column
    `facilities` tells it in events. `sequence` is its version and its ETag.
    """

    __tablename__ = "facility"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    facility_class: Mapped[FacilityClass] = mapped_column(code_list(FacilityClass, "facility_class"))
    name: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    owner: Mapped[str | None] = mapped_column(
        Text, info={"personal": True}, comment="Whose it is, if not the institution's own: often a neighbour's"
    )
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(comment="First day it was no longer there")
    checks: Mapped[list[FacilityCheck]] = mapped_column(Stored(list[FacilityCheck]))
    checked_on: Mapped[date | None] = mapped_column(comment="Day of the newest check")
    condition: Mapped[FacilityCondition | None] = mapped_column(code_list(FacilityCondition, "condition"))
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        CheckConstraint("quantity > 0", name="at_least_one"),
        Index("ix_facility_institution_id_id", "institution_id", "id"),
        Index("ix_facility_checked_on_id", "checked_on", "id"),
        Index("ix_facility_changed_at_id", "changed_at", "id"),
    )
