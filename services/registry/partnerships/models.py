"""Partnerships' table."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import ContributionKind
from shared.events.envelope import Part
from shared.mapping import Stored


class KeptContribution(Part):
    """What an agreement promises; `value` in whole rupiah, null: not stated. The description never leaves registry."""

    kind: ContributionKind
    value: int | None = None
    description: str | None = None


class Partnership(RegistryTable):
    """An agreement of a partner with institutions or networks, in force over `[since, coalesce(ended_on, until))`.

    `until`: the day after the last agreed one, null if no end is set. `ended_on`: first day no longer in force, of one
    that was ended early. Agreements may overlap. `sequence` is its version and its ETag.
    """

    __tablename__ = "partnership"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("partner.id"), index=True)
    institution_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="Parties; in the order they were given")
    network_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="Parties; in the order they were given")
    region_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="Areas covered, of any level")
    title: Mapped[str] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date]
    until: Mapped[date | None]
    ended_on: Mapped[date | None]
    contributions: Mapped[list[KeptContribution]] = mapped_column(Stored(list[KeptContribution]))
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    search_text: Mapped[str] = mapped_column(Text, comment="Title and number as they are searched")

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("cardinality(institution_ids) + cardinality(network_ids) > 0", name="has_parties"),
        CheckConstraint("until > since", name="lasts"),
        CheckConstraint("ended_on > since AND (until IS NULL OR ended_on < until)", name="ended_early"),
        Index("ix_partnership_institution_ids", "institution_ids", postgresql_using="gin"),
        Index("ix_partnership_network_ids", "network_ids", postgresql_using="gin"),
        Index("ix_partnership_since_id", "since", "id"),
        Index("ix_partnership_until_id", "until", "id", postgresql_where=text("ended_on IS NULL")),
        Index("ix_partnership_changed_at_id", "changed_at", "id"),
        Index(
            "ix_partnership_search_text", "search_text", postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )  # fmt: skip
