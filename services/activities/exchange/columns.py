"""The columns that needs, offers and experiences have alike."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, DateTime, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import ExchangeKind, ExchangeScope, OrganisationKind, PostingOutcome, PostingState
from shared.database import code_list
from shared.events.activities import Organisation
from shared.mapping import DIGEST

PERSONAL = {"personal": True}
"""Of a text in which somebody may have written a name: audit tells that it changed, and not what it says."""
# The stems of the title weigh more than those of the rest.
STEMS = (
    "setweight(to_tsvector('indonesian'::regconfig, searchable(title)), 'A')"
    " || to_tsvector('indonesian'::regconfig, search_text)"
)


class Posted(ActivitiesTable):
    """What a group told to others: who, from which village, and how far it is told.

    The code is a copy of registry's, for the scope; it follows when registry changes it. `search_text` holds the words as
    they are searched, `search` their stems.
    """

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    poster_kind: Mapped[OrganisationKind] = mapped_column(code_list(OrganisationKind, "poster_kind"))
    poster_id: Mapped[UUID] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(Text, info=PERSONAL)
    village_id: Mapped[UUID] = mapped_column(Uuid)
    village_code: Mapped[str] = mapped_column(Text(collation="C"))
    scope: Mapped[ExchangeScope] = mapped_column(code_list(ExchangeScope, "scope"))
    network_id: Mapped[UUID | None] = mapped_column(Uuid, comment="Of scope network: which")
    state: Mapped[PostingState] = mapped_column(code_list(PostingState, "state"))
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()
    search_text: Mapped[str] = mapped_column(Text, comment="All its words as they are searched")
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed(STEMS, persisted=True), info=DIGEST, deferred=True)

    @property
    def poster(self) -> Organisation:
        """Who told it."""
        return Organisation(organisation=self.poster_kind, id=self.poster_id)


class Sought(Posted):
    """What needs and offers have alike beside."""

    __abstract__ = True

    kind: Mapped[ExchangeKind] = mapped_column(code_list(ExchangeKind, "kind"))
    text: Mapped[str] = mapped_column(Text, info=PERSONAL)
    commodity: Mapped[str | None] = mapped_column(Text, info=PERSONAL, comment="What, in a word or two")
    quantity: Mapped[str | None] = mapped_column(Text, info=PERSONAL, comment="How much, in words")
    last_day: Mapped[date | None] = mapped_column(comment="Local day until which it stands")
    outcome: Mapped[PostingOutcome | None] = mapped_column(code_list(PostingOutcome, "outcome"))
    outcome_note: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    closed_with: Mapped[UUID | None] = mapped_column(Uuid, comment="The answer by which it was met")


def constraints(table: str, *more: Any) -> tuple[Any, ...]:
    """What holds of each of these tables, and how it is read."""

    return (
        CheckConstraint("poster_kind <> 'partner'", name="poster_posts"),
        CheckConstraint("(scope = 'network') = (network_id IS NOT NULL)", name="network_if_scope"),
        Index(f"ix_{table}_village_code", "village_code"),
        Index(f"ix_{table}_village_id", "village_id"),
        Index(f"ix_{table}_poster_id", "poster_id"),
        Index(f"ix_{table}_network_id", "network_id"),
        Index(f"ix_{table}_changed_at_id", "changed_at", "id"),
        Index(f"ix_{table}_search", "search", postgresql_using="gin"),
        Index(
            f"ix_{table}_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        *more,
    )
