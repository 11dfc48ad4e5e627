"""Table of networks' work plans: one per network and year."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, SmallInteger, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import FundingSource, PpksKind
from shared.events.envelope import Part
from shared.mapping import Stored


class Budget(Part):
    """Money that is planned from one source, in whole rupiah."""

    source: FundingSource
    amount: int


class PlanItem(Part):
    """Something a network means to do: what for, for whom, in which months of the year, and with which money."""

    goal: str
    target_group: str | None = None
    ppks_kinds: list[PpksKind] = []
    months: list[int]
    budget: list[Budget] = []


class NetworkWorkPlan(RegistryTable):
    """A network's plan for one calendar year. Never published. `sequence` is its version and its ETag."""

    __tablename__ = "network_work_plan"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    items: Mapped[list[PlanItem]] = mapped_column(Stored(list[PlanItem]))
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (UniqueConstraint("network_id", "year"),)
