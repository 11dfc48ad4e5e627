"""Table of the ledger of networks' own money."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import FundDirection, FundingSource, FundPurpose, FundRecipient
from shared.database import code_list


class NetworkFundEntry(RegistryTable):
    """One line of a network's ledger, in whole rupiah. Lines are added, never changed: a trigger refuses it.

    A mistake is undone by a counter line, `counters` naming the line: same day, same amount, the other effect.
    """

    __tablename__ = "network_fund_entry"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"))
    on_date: Mapped[date] = mapped_column(comment="Local date on which the money went")
    direction: Mapped[FundDirection] = mapped_column(code_list(FundDirection, "direction"))
    amount: Mapped[int] = mapped_column(BigInteger, comment="Whole rupiah")
    source: Mapped[FundingSource | None] = mapped_column(
        code_list(FundingSource, "source"), comment="Of what was collected"
    )
    institution_id: Mapped[UUID | None] = mapped_column(Uuid, comment="The member that gave it, if one did")
    recipient: Mapped[FundRecipient | None] = mapped_column(
        code_list(FundRecipient, "recipient"), comment="What kind of recipient it was passed on to"
    )
    purpose: Mapped[FundPurpose | None] = mapped_column(code_list(FundPurpose, "purpose"))
    note: Mapped[str | None] = mapped_column(Text)
    counters: Mapped[UUID | None] = mapped_column(
        ForeignKey("network_fund_entry.id"), unique=True, comment="The line that this one undoes"
    )
    effect: Mapped[int] = mapped_column(
        BigInteger,
        Computed(
            "CASE WHEN (direction = 'penggalangan') = (counters IS NULL) THEN amount ELSE - amount END", persisted=True
        ),
        comment="What it does to the balance",
    )
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[str] = mapped_column(Text, comment="Token subject")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_network_fund_entry_network_id_on_date_id", "network_id", "on_date", "id"),
    )
