"""The table of series."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import ActivityKind
from shared.database import code_list
from shared.events.activities import SeriesRule
from shared.mapping import WAITING, Stored

_NOT_AUDITED = {"audited": False}


class Series(ActivitiesTable):
    """A recurring activity. `sequence` is its version and its ETag.

    `description` is that of its occurrences as it was sent, without the village; title, kind, lead and programme repeat parts
    of it. `rules` holds every rule it had, oldest first, each from its first day to the next one's. `made_through` is the last
    day up to which occurrences are made: none is made twice, and one that somebody voided stays so.
    """

    __tablename__ = "series"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    title_words: Mapped[str] = mapped_column(
        Text(collation="C"), info=_NOT_AUDITED, comment="The title as it is compared and searched"
    )
    kind: Mapped[ActivityKind] = mapped_column(code_list(ActivityKind, "kind"))
    description: Mapped[dict[str, Any]] = mapped_column(
        JSONB, comment="Of its occurrences; stays here: its place may be somebody's home"
    )
    rules: Mapped[list[SeriesRule]] = mapped_column(Stored(list[SeriesRule]))
    begins_on: Mapped[date] = mapped_column(comment="First day on which it gives occurrences")
    ended_on: Mapped[date | None] = mapped_column(comment="First day on which it gives none any more")
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    lead_institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(Uuid)
    made_through: Mapped[date] = mapped_column(info=_NOT_AUDITED)
    looked_at: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), info=WAITING, comment="When the worker last made what was due"
    )
    kept_by: Mapped[str] = mapped_column(
        Text, info=_NOT_AUDITED, comment="Token subject of who wrote it last; what is made for it is told as theirs"
    )
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_series_looked_at", text("looked_at NULLS FIRST"), "id", postgresql_where=text("NOT voided")),
        Index("ix_series_title_id", "title_words", "id"),
        Index("ix_series_changed_at_id", "changed_at", "id"),
        Index("ix_series_programme_id", "programme_id", postgresql_where=text("programme_id IS NOT NULL")),
        Index(
            "ix_series_title_words", "title_words", postgresql_using="gin",
            postgresql_ops={"title_words": "gin_trgm_ops"},
        ),
    )  # fmt: skip
