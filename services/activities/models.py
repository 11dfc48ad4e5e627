"""Activities' tables: the activities, and the copy of registry's regions and institutions they are checked against.

The outbox, the idempotency keys and the consumer's own tables are `shared`'s and stand in the same database.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Identity, Index, MetaData, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

import shared.audit
import shared.audit_seal
import shared.idempotency
import shared.outbox
import shared.watermark  # noqa: F401  # all put their tables into the shared metadata
from shared.codes import ActivityKind, ActivityStatus, Strategy
from shared.database import NAMING, Table, code_list, shared_metadata
from shared.positions import consumer_metadata


class ActivitiesTable(Table):
    """Root of activities' mapped tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)


class Activity(ActivitiesTable):
    """An activity as it stands. `sequence` is its version and its ETag.

    `plan` holds every version, oldest first, as `shared.events.activities.PlanVersion`; `planned_*` repeat the last
    one. `invited` and `attended` are Headcounts. The two codes are copies of registry's for the area scope: where it is
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
    village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    lead_institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    lead_village_code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
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
        Index("ix_activity_day_id", text("coalesce(held_until, planned_until)"), "id"),
        Index("ix_activity_changed_at_id", "changed_at", "id"),
        Index(
            "ix_activity_title",
            func.searchable(text("title")).label("searched"),
            postgresql_using="gin",
            postgresql_ops={"searched": "gin_trgm_ops"},
        ),
        Index("ix_activity_co_organiser_ids", "co_organiser_ids", postgresql_using="gin"),
    )


LAST_DAY = func.coalesce(Activity.held_until, Activity.planned_until, type_=Activity.held_until.type)
"""The day an activity belongs to: the last day it was held, or the last day it is planned for; never null."""


class KnownRegion(ActivitiesTable):
    """A region as registry last announced it; `code` null if it has no Kemendagri code.

    What lies there is seen by `area_code`: its own code or, once it is no more, that of the region which took over what
    lay there. `follows` while activities hold the former one (`services.activities.known.following`).
    """

    __tablename__ = "known_region"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    code: Mapped[str | None] = mapped_column(Text(collation="C"), index=True, comment="Kemendagri, the current one")
    until: Mapped[date | None] = mapped_column(comment="First day on which it was no more; null while it is there")
    heir_id: Mapped[UUID | None] = mapped_column(
        Uuid, comment="Of one that is no more: the region that took its records"
    )
    area_code: Mapped[str | None] = mapped_column(Text(collation="C"), comment="By which what lies there is seen")
    follows: Mapped[bool] = mapped_column(server_default=text("false"))
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    time_zone: Mapped[str] = mapped_column(Text, comment="IANA name of WIB, WITA or WIT")
    ancestors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="From the nation down to the parent")

    __table_args__ = (
        Index("ix_known_region_heir_id", "heir_id", postgresql_where=text("heir_id IS NOT NULL")),
        Index("ix_known_region_follows", "id", postgresql_where=text("follows")),
    )


class KnownRegionCode(ActivitiesTable):
    """A Kemendagri code that a known region has, or had; each event of a region writes its codes anew."""

    __tablename__ = "known_region_code"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    region_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), index=True)
    since: Mapped[date | None]
    until: Mapped[date | None]


class KnownSuccession(ActivitiesTable):
    """That rights over a region hold in another one too, which came out of it."""

    __tablename__ = "known_succession"

    region_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    successor_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class KnownInstitution(ActivitiesTable):
    """An institution as registry last announced it. Its village may be announced later: joined at read, no foreign key."""

    __tablename__ = "known_institution"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    village_id: Mapped[UUID] = mapped_column(Uuid, index=True, comment="Its seat, the latest")
    active: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{since, until}], until exclusive or null")
    verification: Mapped[str] = mapped_column(Text, comment="A code of registry's; not checked anew here")
    voided: Mapped[bool]


METADATA: list[MetaData] = [ActivitiesTable.metadata, shared_metadata, consumer_metadata]
"""What the migrations are compared with."""
