"""Tables of memberships: one record per person and institution, and the spells of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.events.people import MembershipSpell
from shared.mapping import Stored


class KeptSpell(MembershipSpell):
    """A spell as it is stored: with why it ended, in the words of who recorded it. Never published."""

    reason: str | None = None


class Membership(RegistryTable):
    """A person's membership of an institution, with every spell of it, oldest first; never without one.

    `spells` is what its events and answers tell; `membership_spell` holds the same days, for the rule that they never
    overlap and for the question who was a member on a day. `memberships.spells` writes both.
    """

    __tablename__ = "membership"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    # No foreign keys: neither institutions nor people are ever deleted, and each writer holds the institution's row.
    person_id: Mapped[UUID] = mapped_column(Uuid)
    institution_id: Mapped[UUID] = mapped_column(Uuid)
    spells: Mapped[list[KeptSpell]] = mapped_column(Stored(list[KeptSpell]))
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index(
            "uq_membership_person_id_institution_id", "person_id", "institution_id", unique=True,
            postgresql_where=text("NOT voided"),
        ),
        Index("ix_membership_institution_id_id", "institution_id", "id"),
        Index("ix_membership_changed_at_id", "changed_at", "id"),
    )  # fmt: skip


class SpellRow(RegistryTable):
    """Days of a membership `[since, until)`; `until` null: it lasts. Two of one membership cannot overlap."""

    __tablename__ = "membership_spell"

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("membership.id"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        ExcludeConstraint(
            ("membership_id", "="), (func.daterange(text("since"), text("until")), "&&"),
            using="gist", name="ex_membership_spell_overlap",
        ),
    )  # fmt: skip
