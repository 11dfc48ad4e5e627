"""Tables of network memberships: one record per institution and network, and the spells of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Uuid, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from services.registry.memberships.models import KeptSpell
from shared.mapping import Stored

DAYS = (func.daterange(text("since"), text("until")), "&&")


class NetworkMembership(RegistryTable):
    """An institution's membership of a network, with every spell of it, oldest first; never without one.

    `spells` is what its events and answers tell; `network_membership_spell` holds the same days, for the rule that they
    never overlap and for the question which were members on a day. `network_memberships.spells` writes both.
    """

    __tablename__ = "network_membership"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    # No foreign keys: neither networks nor institutions are ever deleted, and each writer holds the network's lock.
    network_id: Mapped[UUID] = mapped_column(Uuid)
    institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    spells: Mapped[list[KeptSpell]] = mapped_column(Stored(list[KeptSpell]))
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index(
            "uq_network_membership_network_id_institution_id", "network_id", "institution_id", unique=True,
            postgresql_where=text("NOT voided"),
        ),
        Index("ix_network_membership_network_id_id", "network_id", "id"),
        Index("ix_network_membership_changed_at_id", "changed_at", "id"),
    )  # fmt: skip


class NetworkMembershipSpell(RegistryTable):
    """Days of a network membership `[since, until)`; `until` null: it lasts. Two of one membership cannot overlap."""

    __tablename__ = "network_membership_spell"

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("network_membership.id"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        ExcludeConstraint(
            ("membership_id", "="), DAYS, using="gist", name="ex_network_membership_spell_overlap"
        ),
    )  # fmt: skip
