"""The tables of local cultural values."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import ValueKind, ValueState
from shared.database import code_list
from shared.events.envelope import Part
from shared.mapping import Stored


class Observation(Part):
    """How a value was lived, seen on a day, with the evidence in words, which never leave registry.

    `voided`: an entry error, with the reason, or with the observation that replaced it.
    """

    id: UUID
    state: ValueState
    on: date
    evidence: str
    recorded_by: str
    recorded_at: datetime
    voided: bool = False
    voiding_reason: str | None = None
    replaced_by: UUID | None = None


class CulturalValue(RegistryTable):
    """A local cultural value as it stands. `state` is the newest observed one. `sequence` is its version and its ETag."""

    __tablename__ = "cultural_value"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    kind: Mapped[ValueKind] = mapped_column(code_list(ValueKind, "kind"))
    name: Mapped[str] = mapped_column(Text)
    local_name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    institution_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="Institutions that practise it")
    observations: Mapped[list[Observation]] = mapped_column(
        Stored(list[Observation]), comment="By day; entry errors among them"
    )
    state: Mapped[ValueState] = mapped_column(code_list(ValueState, "state"))
    state_since: Mapped[date] = mapped_column(comment="First day of that state, as far as observed")
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), comment="The name without case and accents")
    search_text: Mapped[str] = mapped_column(Text, comment="Name and local name as they are searched")

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_cultural_value_institution_ids", "institution_ids", postgresql_using="gin"),
        Index("ix_cultural_value_sort_name_id", "sort_name", "id"),
        Index("ix_cultural_value_changed_at_id", "changed_at", "id"),
        Index(
            "ix_cultural_value_search_text", "search_text", postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )  # fmt: skip


class PracticePlace(RegistryTable):
    """A village where a value is practised."""

    __tablename__ = "practice_place"

    cultural_value_id: Mapped[UUID] = mapped_column(ForeignKey("cultural_value.id"), primary_key=True)
    village_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    village_code: Mapped[str] = mapped_column(
        Text(collation="C"), comment="Its code, by which the area scope is decided"
    )

    __table_args__ = (Index("ix_practice_place_village_code", "village_code"),)
