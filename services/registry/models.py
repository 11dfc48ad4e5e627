"""Registry's tables. The outbox and the idempotency keys are `shared`'s and stand in the same database."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Double, ForeignKey, Index, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

import shared.audit
import shared.audit_seal
import shared.idempotency
import shared.outbox  # noqa: F401  # all put their tables into the shared metadata
from services.registry.mapping import RegistryTable
from shared.codes import (
    ActivityField,
    FundingSource,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    PpksKind,
    RegionKind,
    RegionLevel,
    Verification,
)
from shared.database import code_list, shared_metadata
from shared.events.envelope import Part, Spell
from shared.events.institutions import Absorbed, Assessment, Document, Facility, MemberCounts, Seat, Term
from shared.events.regions import AppliedChange
from shared.mapping import DIGEST, LATER, WAITING, Stored
from shared.restoration import restoration_metadata


class Region(RegistryTable):
    """A region as it is today, from the nation down to a village. Its id stays the same when it is renamed or recoded.

    What it was before stands in `services.registry.regions.models`; of one that ended, what it was last stands here.
    Source: the Kemendagri table of `decree`. `since` null: since before the records begin; `until` null: it still
    exists, else the first day on which it no longer did. `changes` are the region changes that have touched it.
    `sequence` is its version and its ETag.
    """

    __tablename__ = "region"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), comment="Dotted; ID for the nation")
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[RegionLevel] = mapped_column(code_list(RegionLevel, "level"))
    kind: Mapped[RegionKind] = mapped_column(code_list(RegionKind, "kind"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("region.id"))
    ancestors: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="From the nation down to the parent")
    time_zone: Mapped[str] = mapped_column(Text, comment="IANA name of WIB, WITA or WIT")
    since: Mapped[date | None]
    until: Mapped[date | None]
    decree: Mapped[str] = mapped_column(Text)
    search_name: Mapped[str] = mapped_column(Text, comment="The name as it is searched, without its kind: bandung")
    local_level: Mapped[str | None] = mapped_column(Text, comment="What people there call this level: nagari, gampong")
    changes: Mapped[list[AppliedChange]] = mapped_column(
        Stored(list[AppliedChange]), server_default=text("'[]'"), info={"audited": False}
    )
    sequence: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("uq_region_code_today", "code", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_region_parent_id_code", "parent_id", "code"),
        Index(
            "ix_region_search_name",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
        ),
    )


class KeptSeat(Seat):
    """A seat as it is stored: with its village's code beside the id, as an answer shows it."""

    village: str


class KeptContact(Part):
    """How an institution is reached. It is often somebody's home and phone: it never leaves registry."""

    phone: str | None = None
    email: str | None = None
    address: str | None = None


class KeptFunding(Part):
    """A source of an institution's money; `yearly_amount` in whole rupiah, null: not stated."""

    source: FundingSource
    yearly_amount: int | None = None


class Institution(RegistryTable):
    """A local institution as it stands: the verified version while a change of it is pending.

    `active` are its days at work and `seats` its villages over time (`semantics.md` §2.1); the last of each lasts while
    it does. `closed_on`: first day it was closed, null unless it is. `sequence` is its version and its ETag.
    `documents`, `facilities`, `assessments` and `officers` are what its events tell of rows that stand in tables of
    their own: who changes such a row rewrites its column in the same transaction, and no event needs a query.
    """

    __tablename__ = "institution"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    type: Mapped[InstitutionType] = mapped_column(code_list(InstitutionType, "type"))
    name: Mapped[str] = mapped_column(Text)
    local_name: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[Origin] = mapped_column(code_list(Origin, "origin"))
    legal_status: Mapped[LegalStatus] = mapped_column(code_list(LegalStatus, "legal_status"))
    # No foreign key: its share lock on the village's row would make concurrent registrations write that row. Regions
    # are never deleted.
    village_id: Mapped[UUID] = mapped_column(Uuid, comment="Village of today's seat")
    village_code: Mapped[str] = mapped_column(
        Text(collation="C"), comment="Its code, by which the area scope is decided"
    )
    founded_on: Mapped[date | None]
    members: Mapped[MemberCounts | None] = mapped_column(Stored(MemberCounts))
    activity_fields: Mapped[list[ActivityField]] = mapped_column(Stored(list[ActivityField]), server_default="[]")
    ppks_kinds: Mapped[list[PpksKind]] = mapped_column(
        Stored(list[PpksKind]), server_default="[]", comment="Kinds it serves"
    )
    funding_sources: Mapped[list[KeptFunding]] = mapped_column(Stored(list[KeptFunding]), server_default="[]")
    contact: Mapped[KeptContact | None] = mapped_column(Stored(KeptContact), info={"personal": True})
    latitude: Mapped[float | None] = mapped_column(Double, comment="WGS 84, degrees")
    longitude: Mapped[float | None] = mapped_column(Double, comment="WGS 84, degrees")
    extra: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="Further fields of its type, as `extra_version` of their schema says"
    )
    extra_version: Mapped[int | None]
    active: Mapped[list[Spell]] = mapped_column(Stored(list[Spell]))
    seats: Mapped[list[KeptSeat]] = mapped_column(Stored(list[KeptSeat]))
    operation: Mapped[Operation] = mapped_column(code_list(Operation, "operation"))
    closed_on: Mapped[date | None]
    verification: Mapped[Verification] = mapped_column(code_list(Verification, "verification"))
    waiting_since: Mapped[datetime | None] = mapped_column(
        DateTime(timezone=True), info=WAITING, comment="When it was submitted, reviewed or returned; null: for nobody"
    )
    makers: Mapped[list[str]] = mapped_column(
        Stored(list[str]), comment="Token subjects of all who wrote what is or was to be verified: they may not decide"
    )
    change_request_id: Mapped[UUID | None] = mapped_column(
        Uuid, comment="The open one, if there is one", info={"audited": False}
    )
    voided: Mapped[bool]
    documents: Mapped[list[Document]] = mapped_column(Stored(list[Document]), server_default="[]", info=DIGEST)
    facilities: Mapped[list[Facility]] = mapped_column(Stored(list[Facility]), server_default="[]", info=DIGEST)
    assessments: Mapped[list[Assessment]] = mapped_column(Stored(list[Assessment]), server_default="[]", info=DIGEST)
    officers: Mapped[list[Term]] = mapped_column(Stored(list[Term]), server_default="[]", info=DIGEST)
    absorbed: Mapped[list[Absorbed]] = mapped_column(Stored(list[Absorbed]), server_default="[]", info=LATER)
    successor_id: Mapped[UUID | None] = mapped_column(Uuid, comment="What it was merged into", info=LATER)
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), comment="The name without case and accents")
    search_text: Mapped[str] = mapped_column(Text, comment="Name and local name as they are searched")

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_institution_village_code", "village_code"),
        Index("ix_institution_sort_name_id", "sort_name", "id"),
        # Most names begin with what the institution is: in the order of names a type stands together.
        Index("ix_institution_type_sort_name_id", "type", "sort_name", "id"),
        Index("ix_institution_changed_at_id", "changed_at", "id"),
        Index("ix_institution_waiting_since_id", "waiting_since", "id", postgresql_where=text("waiting_since IS NOT NULL")),
        Index(
            "ix_institution_search_text", "search_text", postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index(
            "ix_institution_filters", "activity_fields", "ppks_kinds", "funding_sources", postgresql_using="gin",
            postgresql_ops=dict.fromkeys(("activity_fields", "ppks_kinds", "funding_sources"), "jsonb_path_ops"),
        ),
    )  # fmt: skip


METADATA: list[MetaData] = [RegistryTable.metadata, shared_metadata, restoration_metadata]
"""What the migrations are compared with."""


import services.registry.assessments.models  # noqa: E402  # so that METADATA knows every slice's tables
import services.registry.change_requests.models  # noqa: E402
import services.registry.communities.models  # noqa: E402
import services.registry.cultural_values.models  # noqa: E402
import services.registry.documents.models  # noqa: E402
import services.registry.facilities.models  # noqa: E402
import services.registry.families.models  # noqa: E402
import services.registry.memberships.models  # noqa: E402
import services.registry.network_delegates.models  # noqa: E402
import services.registry.network_funds.models  # noqa: E402
import services.registry.network_memberships.models  # noqa: E402
import services.registry.network_officers.models  # noqa: E402
import services.registry.network_work_plans.models  # noqa: E402
import services.registry.networks.models  # noqa: E402
import services.registry.officers.models  # noqa: E402
import services.registry.partners.models  # noqa: E402
import services.registry.partnerships.models  # noqa: E402
import services.registry.people.models  # noqa: E402
import services.registry.region_changes.models  # noqa: E402
import services.registry.regions.models  # noqa: E402
import services.registry.type_fields.models  # noqa: E402,F401
