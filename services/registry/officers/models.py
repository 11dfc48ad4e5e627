"""Table of officers' terms."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import Role
from shared.database import code_list

TERM = (func.daterange(text("since"), text("until")), "&&")


class Officer(RegistryTable):
    """A person's term in a role of an institution, over `[since, until)`; `until` null: no end is set.

    `ended_reason`: why the term ended before it was over, null if it did not. One person holds a role once at a time,
    and an institution has one ketua at a time; other roles may be held by several.
    """

    __tablename__ = "officer"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    # No foreign keys: neither institutions nor people are ever deleted, and each writer holds the institution's lock.
    person_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    institution_id: Mapped[UUID] = mapped_column(Uuid)
    role: Mapped[Role] = mapped_column(code_list(Role, "role"))
    since: Mapped[date]
    until: Mapped[date | None]
    decree_number: Mapped[str | None] = mapped_column(Text, comment="Of the SK that appointed them")
    decree_on: Mapped[date | None] = mapped_column(comment="Date of that SK")
    ended_reason: Mapped[str | None] = mapped_column(Text)
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        ExcludeConstraint(
            ("institution_id", "="), ("person_id", "="), ("role", "="), TERM,
            using="gist", where=text("NOT voided"), name="ex_officer_same_role",
        ),
        ExcludeConstraint(
            ("institution_id", "="), TERM,
            using="gist", where=text("role = 'ketua' AND NOT voided"), name="ex_officer_one_ketua",
        ),
        Index("ix_officer_institution_id_id", "institution_id", "id"),
        Index("ix_officer_until_id", "until", "id"),
        Index("ix_officer_changed_at_id", "changed_at", "id"),
    )  # fmt: skip
