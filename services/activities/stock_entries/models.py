"""The tables of granaries: entries, and the balance of each kind of goods."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, DateTime, Index, Numeric, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import StockDirection, StockReason
from shared.database import code_list
from shared.mapping import DIGEST


class StockEntry(ActivitiesTable):
    """What went into an institution's stock or out of it. `sequence` is its version and its ETag.

    It is seen from the institution's seat of today, wherever it was recorded: the granary moves with its institution.
    """

    __tablename__ = "stock_entry"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    institution_id: Mapped[UUID] = mapped_column(Uuid)
    commodity: Mapped[str] = mapped_column(Text(collation="C"), comment="Folded")
    unit: Mapped[str] = mapped_column(Text(collation="C"), comment="Folded")
    direction: Mapped[StockDirection] = mapped_column(code_list(StockDirection, "direction"))
    reason: Mapped[StockReason] = mapped_column(code_list(StockReason, "reason"))
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    moved_on: Mapped[date] = mapped_column(comment="Local date on which it went")
    balance: Mapped[Decimal] = mapped_column(
        Numeric(20, 3), comment="Of all entries of this commodity and unit, after it was recorded or voided"
    )
    village_id: Mapped[UUID] = mapped_column(Uuid, comment="The institution's seat when it was recorded")
    activity_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    effect: Mapped[Decimal] = mapped_column(
        Numeric(14, 3),
        Computed("CASE WHEN voided THEN 0 WHEN direction = 'masuk' THEN quantity ELSE - quantity END", persisted=True),
        info=DIGEST,
        comment="What it does to the balance",
    )
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index("ix_stock_entry_ledger", "institution_id", "commodity", "unit", "moved_on"),
        Index("ix_stock_entry_moved_on_id", "moved_on", "id"),
        Index("ix_stock_entry_changed_at_id", "changed_at", "id"),
    )


class StockBalance(ActivitiesTable):
    """What an institution has of one commodity in one unit: the lock of all who change it.

    It repeats the sum of its entries, which have histories of their own.
    """

    __tablename__ = "stock_balance"

    institution_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    commodity: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    unit: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    balance: Mapped[Decimal] = mapped_column(Numeric(20, 3))

    __table_args__ = (CheckConstraint("balance >= 0", name="not_below_zero"),)
