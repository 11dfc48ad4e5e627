"""The table of programmes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import OrganisationKind
from shared.database import code_list
from shared.events.activities import BudgetLine, TargetGroup
from shared.mapping import Stored


class Programme(ActivitiesTable):
    """The work plan of an institution or a network for a year. `sequence` is its version and its ETag.

    Where it lies is where its owner lies, found through the copy of registry when it is read: no code is kept here that would
    have to follow. `village_id` is the owner's seat, or a network's first village, at the last event.
    """

    __tablename__ = "programme"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    owner_kind: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "owner_kind"))
    owner_id: Mapped[UUID] = mapped_column(Uuid)
    village_id: Mapped[UUID] = mapped_column(Uuid)
    year: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(Text)
    title_words: Mapped[str] = mapped_column(
        Text(collation="C"), info={"audited": False}, comment="The title as it is compared and searched"
    )
    goal: Mapped[str | None] = mapped_column(Text)
    target_group: Mapped[TargetGroup | None] = mapped_column(Stored(TargetGroup))
    budget: Mapped[list[BudgetLine]] = mapped_column(Stored(list[BudgetLine]), comment="One line for each source")
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("owner_kind <> 'partner'", name="owner"),
        Index(
            "uq_programme_owner_id_year_title", "owner_id", "year", "title_words", unique=True,
            postgresql_where=text("NOT voided"),
        ),
        Index("ix_programme_changed_at_id", "changed_at", "id"),
        Index("ix_programme_year_title_id", "year", "title_words", "id"),
        Index(
            "ix_programme_title_words", "title_words", postgresql_using="gin",
            postgresql_ops={"title_words": "gin_trgm_ops"},
        ),
    )  # fmt: skip
