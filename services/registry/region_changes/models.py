"""The table of region changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from services.registry.region_changes.operations import Operation
from shared.codes import RegionChangeState
from shared.database import code_list
from shared.mapping import Stored


class RegionChange(RegistryTable):
    """A change of regions by a decree, on its way. Published by nobody: the regions' own events tell what was applied.

    `effective_on` is the first day on which the regions are as changed. `subjects` holds the id of each region that the
    operations name, by the code it had when the change was proposed. `decided_by` applied it, or withdrew it.
    `sequence` is its version and its ETag.
    """

    __tablename__ = "region_change"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    state: Mapped[RegionChangeState] = mapped_column(code_list(RegionChangeState, "state"))
    number: Mapped[int | None] = mapped_column(
        unique=True, comment="In the order of application, without gaps; null until then"
    )
    decree: Mapped[str] = mapped_column(Text)
    decreed_on: Mapped[date]
    effective_on: Mapped[date]
    operations: Mapped[list[Operation]] = mapped_column(Stored(list[Operation]))
    subjects: Mapped[dict[str, UUID]] = mapped_column(Stored(dict[str, UUID]))
    proposed_by: Mapped[str] = mapped_column(Text, comment="Token subject: somebody else applies it")
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[str | None] = mapped_column(Text, comment="Token subject of who applied or withdrew it")
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(Text, comment="Why it was proposed, or withdrawn since")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (Index("ix_region_change_changed_at_id", "changed_at", "id"),)
