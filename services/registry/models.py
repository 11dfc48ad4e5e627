"""Registry's tables. The outbox and the idempotency keys are `shared`'s and stand in the same database."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Enum, ForeignKey, Index, MetaData, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

import shared.idempotency
import shared.outbox  # noqa: F401  # both put their tables into the shared metadata
from shared.codes import RegionKind, RegionLevel
from shared.database import NAMING, Table, shared_metadata


class RegistryTable(Table):
    """Root of registry's mapped tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


def code_list(members: type[StrEnum], name: str) -> Enum:
    """A column type that holds the codes of one list verbatim; the database refuses any other text."""
    return Enum(
        members, name=name, native_enum=False, create_constraint=True, values_callable=lambda e: [m.value for m in e]
    )


class Region(RegistryTable):
    """A region as it is today, from the nation down to a village. Its id stays the same when it is renamed or recoded.

    Source: the Kemendagri table of `decree`. `since` null: since before the records begin; `until` null: it still
    exists, else the first day on which it no longer did. `sequence` is its version and its ETag.
    """

    __tablename__ = "region"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), unique=True, comment="Dotted; ID for the nation")
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[RegionLevel] = mapped_column(code_list(RegionLevel, "level"))
    kind: Mapped[RegionKind] = mapped_column(code_list(RegionKind, "kind"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("region.id"))
    ancestors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="From the nation down to the parent")
    time_zone: Mapped[str] = mapped_column(Text, comment="IANA name of WIB, WITA or WIT")
    since: Mapped[date | None]
    until: Mapped[date | None]
    decree: Mapped[str] = mapped_column(Text)
    bare_name: Mapped[str] = mapped_column(Text, comment="The name as it is searched, without its kind: bandung")
    full_name: Mapped[str] = mapped_column(Text, comment="The same with its kind: kabupaten bandung")
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_region_parent_id_code", "parent_id", "code"),
        Index("ix_region_full_name", "full_name", postgresql_using="gin", postgresql_ops={"full_name": "gin_trgm_ops"}),
    )


METADATA: list[MetaData] = [RegistryTable.metadata, shared_metadata]
"""What the migrations are compared with."""
