"""Partners' table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import PartnerKind
from shared.database import code_list
from shared.events.envelope import Part
from shared.mapping import Stored


class PartnerContact(Part):
    """Whom to ask at a partner, and how. Personal data: it never leaves registry."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None


class Partner(RegistryTable):
    """A partner. One of kind `perorangan` is a person: its name stands in `person_name` and is told to few.

    `sequence` is its version and its ETag.
    """

    __tablename__ = "partner"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    kind: Mapped[PartnerKind] = mapped_column(code_list(PartnerKind, "kind"))
    name: Mapped[str | None] = mapped_column(Text, comment="Null for a person")
    person_name: Mapped[str | None] = mapped_column(Text, info={"personal": True})
    contact: Mapped[PartnerContact | None] = mapped_column(Stored(PartnerContact), info={"personal": True})
    # No foreign key, as with an institution's village: regions are never deleted.
    region_id: Mapped[UUID] = mapped_column(Uuid, comment="Region it belongs to, of any level")
    region_code: Mapped[str] = mapped_column(
        Text(collation="C"), comment="Its code, by which the area scope is decided"
    )
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(
        Text(collation="C"), comment="The name without case and accents; empty for a person: cursors show it"
    )
    search_text: Mapped[str] = mapped_column(Text, comment="The name as it is searched; empty for a person")

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint(
            "CASE kind WHEN 'perorangan' THEN name IS NULL AND person_name IS NOT NULL AND sort_name = ''"
            " AND search_text = '' ELSE name IS NOT NULL AND person_name IS NULL END",
            name="one_name",
        ),
        Index("ix_partner_region_code", "region_code"),
        Index("ix_partner_sort_name_id", "sort_name", "id"),
        Index("ix_partner_changed_at_id", "changed_at", "id"),
        Index(
            "ix_partner_search_text", "search_text", postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )  # fmt: skip
