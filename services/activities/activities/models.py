"""The table of activities."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable
from shared.codes import ActivityKind, ActivityStatus, Strategy
from shared.database import code_list
from shared.events.activity import Party, ResourceSum
from shared.mapping import DIGEST, Stored

_DAY = "coalesce(held_until, planned_until)"


class Activity(ActivitiesTable):
    """An activity as it stands. `sequence` is its version and its ETag.

    `plan` holds every version, oldest first, as `shared.events.activities.PlanVersion`; `planned_*` repeat the last
    one. `invited` and `attended` are Headcounts. `named` and `resources` repeat what sheets and contributions say, so that
    its event can be built from this row alone. The two codes are copies of registry's for the area scope: where it is
    held, and where the lead has its seat; they follow when registry changes them and are no part of its public state.
    """

    __tablename__ = "activity"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    kind: Mapped[ActivityKind] = mapped_column(code_list(ActivityKind, "kind"))
    strategy: Mapped[Strategy | None] = mapped_column(code_list(Strategy, "strategy"))
    objective: Mapped[str | None] = mapped_column(Text)
    target_group: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    village_code: Mapped[str] = mapped_column(Text(collation="C"))
    lead_institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_village_code: Mapped[str] = mapped_column(Text(collation="C"))
    co_organiser_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    partners: Mapped[list[str]] = mapped_column(ARRAY(Text))
    target_institution_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    plan: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    planned_from: Mapped[date | None]
    planned_until: Mapped[date | None]
    status: Mapped[ActivityStatus] = mapped_column(code_list(ActivityStatus, "status"))
    held_from: Mapped[date | None]
    held_until: Mapped[date | None]
    invited: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    attended: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    programme_id: Mapped[UUID | None] = mapped_column(Uuid)
    series_id: Mapped[UUID | None] = mapped_column(Uuid)
    occurrence_on: Mapped[date | None] = mapped_column(comment="The day on which the series' rule gives it")
    experience_id: Mapped[UUID | None] = mapped_column(Uuid, comment="The experience it was made after")
    parties: Mapped[list[Party]] = mapped_column(Stored(list[Party]), server_default=text("'[]'"))
    cultural_value_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    place: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="{latitude, longitude, text}; stays here: it may be somebody's home"
    )
    named: Mapped[int] = mapped_column(
        server_default=text("0"), info={"audited": False}, comment="Distinct people in its sheets"
    )
    resources: Mapped[list[ResourceSum]] = mapped_column(
        Stored(list[ResourceSum]), server_default=text("'[]'"), info=DIGEST
    )
    voided: Mapped[bool]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint("planned_until >= planned_from", name="plan_order"),
        CheckConstraint("held_until >= held_from", name="held_order"),
        CheckConstraint("(planned_until IS NULL) = (jsonb_array_length(plan) = 0)", name="plan_last"),
        CheckConstraint("(held_until IS NOT NULL) = (status = 'selesai')", name="held_if_completed"),
        Index("ix_activity_day_id", text(_DAY), "id"),
        # By area and month; a regency's days also in their order, which a range of villages does not give.
        Index("ix_activity_village_code_day", "village_code", text(_DAY)),
        Index("ix_activity_lead_village_code_day", "lead_village_code", text(_DAY)),
        Index("ix_activity_regency_day_id", text("left(village_code, 5)"), text(_DAY), "id"),
        Index("ix_activity_changed_at_id", "changed_at", "id"),
        Index(
            "ix_activity_title",
            func.searchable(text("title")).label("searched"),
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
        Index("ix_activity_co_organiser_ids", "co_organiser_ids", postgresql_using="gin"),
        # Most activities name none: their rows cost these two indexes nothing.
        Index(
            "ix_activity_parties",
            "parties",
            postgresql_using="gin",
            postgresql_where=text("parties <> '[]'"),
            postgresql_ops={"parties": "jsonb_path_ops"},
        ),
        Index(
            "ix_activity_cultural_value_ids",
            "cultural_value_ids",
            postgresql_using="gin",
            postgresql_where=text("cultural_value_ids <> '{}'"),
        ),
        Index("ix_activity_programme_id", "programme_id", postgresql_where=text("programme_id IS NOT NULL")),
        Index(
            "uq_activity_series_id_occurrence_on",
            "series_id",
            "occurrence_on",
            unique=True,
            postgresql_where=text("series_id IS NOT NULL AND NOT voided"),
        ),
    )


LAST_DAY = func.coalesce(Activity.held_until, Activity.planned_until, type_=Activity.held_until.type)
"""The day an activity belongs to: the last day it was held, or the last day it is planned for; never null."""
