"""The table of documents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import DocumentKind
from shared.database import code_list


class Document(RegistryTable):
    """A document of an institution, in force over `[since, until)`; `until` null: no end is set.

    All its writers hold the lock on the institution's row, whose column `documents` tells it in events. `sequence` is
    its version and its ETag.
    """

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[DocumentKind] = mapped_column(code_list(DocumentKind, "kind"))
    number: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Text)
    since: Mapped[date] = mapped_column(comment="The day it bears")
    until: Mapped[date | None] = mapped_column(comment="First day no longer valid: the day after valid_until")
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("until > since", name="not_empty"),
        Index("ix_document_institution_id_id", "institution_id", "id"),
        Index("ix_document_until_id", "until", "id"),
        Index("ix_document_changed_at_id", "changed_at", "id"),
    )
