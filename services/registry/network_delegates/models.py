"""Table of the people who speak for member institutions in a network."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable

DAYS = (func.daterange(text("since"), text("until")), "&&")


class NetworkDelegate(RegistryTable):
    """A person who speaks for a member institution in its network over `[since, until)`; `until` null: no end is set.

    `sequence` is its version and ETag; its changes are told as events of the membership, without the person.
    """

    __tablename__ = "network_delegate"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("network_membership.id"))
    # No foreign key: people are never deleted, and their rows need not be locked.
    person_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        ExcludeConstraint(
            ("membership_id", "="), ("person_id", "="), DAYS,
            using="gist", where=text("NOT voided"), name="ex_network_delegate_same_person",
        ),
        Index("ix_network_delegate_membership_id_id", "membership_id", "id"),
    )  # fmt: skip
