"""Table of the terms of networks' managements."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import Role
from shared.database import code_list

TERM = (func.daterange(text("since"), text("until")), "&&")


class NetworkOfficer(RegistryTable):
    """A person's term in a role of a network over `[since, until)`; `until` null: no end is set.

    One person holds a role once at a time, and a network has one ketua at a time. `sequence` is its version and ETag;
    its changes are told as events of the network, without the person.
    """

    __tablename__ = "network_officer"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"))
    # No foreign key: people are never deleted, and their rows need not be locked for an appointment.
    person_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    role: Mapped[Role] = mapped_column(code_list(Role, "role"))
    since: Mapped[date]
    until: Mapped[date | None]
    decree_number: Mapped[str | None] = mapped_column(Text, comment="Of the SK that appointed them")
    decree_on: Mapped[date | None] = mapped_column(comment="Date of that SK")
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        ExcludeConstraint(
            ("network_id", "="), ("person_id", "="), ("role", "="), TERM,
            using="gist", where=text("NOT voided"), name="ex_network_officer_same_role",
        ),
        ExcludeConstraint(
            ("network_id", "="), TERM,
            using="gist", where=text("role = 'ketua' AND NOT voided"), name="ex_network_officer_one_ketua",
        ),
        Index("ix_network_officer_network_id_id", "network_id", "id"),
        Index("ix_network_officer_until_id", "until", "id"),
    )  # fmt: skip
