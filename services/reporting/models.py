"""Reporting's tables. They lie in the schema `live`, which a rebuild replaces as a whole; only what no event tells lies
apart (`reference.models`).

A cell's key is region, month, dimension and tree; measures that change together are the columns of one row. Dimension −1
is the sum over all of them, kept for the nation and the provinces.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSON, JSONB

from services.reporting.people.models import metadata as people_metadata
from services.reporting.reference.models import metadata as reference_metadata
from shared import idempotency, watermark
from shared.database import NAMING
from shared.positions import consumer_metadata

metadata = MetaData(naming_convention=NAMING)
LIVE = [metadata, people_metadata, consumer_metadata]
METADATA = [*LIVE, reference_metadata]
idempotency.idempotency_key.to_metadata(metadata)
SCHEMA = "live"

# What lies in a region counts by `lineage`, `since` and `until`. They follow the newest event at once, or a portion at a
# time while `moves` is true (`services.reporting.moving`), and `changes` with them; all else is of the newest event.
region = Table(
    "region",
    metadata,
    Column("key", Integer, Identity(always=True), primary_key=True, comment="This database's number for it"),
    Column("id", Uuid, nullable=False, unique=True),
    Column("sequence", Integer, nullable=False, comment="0: referred to, its own event has not arrived"),
    Column("code", Text(collation="C"), index=True, comment="Current Kemendagri code; ID is the nation"),
    Column("name", Text),
    Column("level", Text),
    Column("parent_key", Integer, index=True),
    Column("lineage", JSONB, comment="[[since, until, [key of the nation, …, own key]], …]; null until its event came"),
    Column("since", Date, comment="First day it existed; null: before the records begin"),
    Column("until", Date, comment="First day it no longer existed; null while it does"),
    Column("moves", Boolean, nullable=False, server_default=text("false"), comment="Newer than what is counted by"),
    Column(
        "changes", ARRAY(Integer), nullable=False, server_default=text("'{}'"), comment="Region changes followed here"
    ),
    Column("state", JSON, comment="The newest event's data"),
    Index("ix_region_moves", "id", postgresql_where=text("moves")),
    # Finds what lies, or once lay, below a region: its key stands somewhere in the nested arrays.
    Index("ix_region_lineage", "lineage", postgresql_using="gin", postgresql_ops={"lineage": "jsonb_path_ops"}),
)

region_code = Table(
    "region_code",
    metadata,
    Column("id", Integer, Identity(always=True), primary_key=True, comment="Grows with every region event"),
    Column("region_key", Integer, nullable=False, index=True),
    Column("code", Text(collation="C"), nullable=False, index=True, comment="Kemendagri; of today or of before"),
    Column("since", Date),
    Column("until", Date, comment="Null: of today"),
)
succession = Table(
    "succession",
    metadata,
    Column("region_key", Integer, primary_key=True),
    Column("successor_id", Uuid, primary_key=True, comment="Rights over the region hold there too"),
)
region_change = Table(
    "region_change",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="Registry's; without gaps"),
    Column("regions", Integer, nullable=False, comment="How many it touched"),
    Column("followed", Integer, nullable=False, comment="How many of them the numbers follow"),
)

dossier = Table(
    "dossier",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column(
        "noun",
        Text,
        primary_key=True,
        comment="Of the event: services give ids apart, two may give the same",
    ),
    Column("sequence", Integer, nullable=False, comment="0: referred to, its own event has not arrived"),
    Column("village_id", Uuid, comment="Where it is held, the last seat, or one of the villages in which it counts"),
    Column("earlier_village_ids", ARRAY(Uuid), comment="Other villages in which it counts, if there are any"),
    Column("state", JSON, comment="The newest event's data"),
    Index("ix_dossier_village_id", "village_id"),
    Index(
        "ix_dossier_earlier_village_ids",
        "earlier_village_ids",
        postgresql_using="gin",
        postgresql_where=text("earlier_village_ids IS NOT NULL"),
    ),
)

tally = Table(
    "tally",
    metadata,
    Column("owner_id", Uuid, primary_key=True, comment="Institution, village or cultural value"),
    Column("tag", SmallInteger, primary_key=True, comment="What is tallied: services.reporting.measures.Tag"),
    Column("period", Integer, primary_key=True, comment="First month of the tag's period"),
    Column("amount", Integer, nullable=False),
)


def _cells(name: str, dimension: str, *measures: str) -> Table:
    return Table(
        name,
        metadata,
        Column("region_key", Integer, primary_key=True),
        Column("month", Integer, primary_key=True, comment="year * 12 + month - 1"),
        Column("dimension", SmallInteger, primary_key=True, comment=dimension),
        Column("tree", SmallInteger, primary_key=True, comment="0 both trees, 1 as_was only, 2 current only"),
        *(Column(measure, BigInteger, nullable=False, server_default=text("0")) for measure in measures),
    )


cell_activity = _cells(
    "cell_activity", "Activity kind, services.reporting.measures.KINDS",
    "completed", "joint", "attended", "invited",
    "planned_month", "planned_quarter", "planned_semester", "planned_year",
    "realised_month", "realised_quarter", "realised_semester", "realised_year",
    "directable", "directed", "attendance", "named",
)  # fmt: skip
cell_institution = _cells(
    "cell_institution", "Institution type, services.reporting.measures.TYPES",
    "active", "steady", "continuing", "fulfilled", "assessed", "advanced", "equipped", "year_before", "survived",
    "empowered", "members", "named",
)  # fmt: skip
cell_village = _cells(
    "cell_village", "0", "villages", "reached", "covered",
    "reported_month", "reported_quarter", "reported_semester", "reported_year",
    "accepted_month", "accepted_quarter", "accepted_semester", "accepted_year",
    "in_time_month", "in_time_quarter", "in_time_semester", "in_time_year",
)  # fmt: skip
cell_resource = _cells("cell_resource", "Funding source, services.reporting.measures.SOURCES", "value", "unvalued")
cell_value = _cells("cell_value", "0", "alive", "practised")
cell_participant = _cells(
    "cell_participant", "Sex and age band, services.reporting.measures.SEXES and AGES",
    "participants_month", "participants_quarter", "participants_semester", "participants_year",
)  # fmt: skip
cell_member = _cells(
    "cell_member", "0", "members",
    "active_members_month", "active_members_quarter", "active_members_semester", "active_members_year",
)  # fmt: skip
cell_beneficiary = _cells(
    "cell_beneficiary", "0",
    "beneficiaries_month", "beneficiaries_quarter", "beneficiaries_semester", "beneficiaries_year",
    "beyond_month", "beyond_quarter", "beyond_semester", "beyond_year",
)  # fmt: skip
cell_served = _cells(
    "cell_served", "Kind of PPKS, services.reporting.measures.PPKS; -1 any of them",
    "persons_month", "persons_quarter", "persons_semester", "persons_year",
    "families_month", "families_quarter", "families_semester", "families_year",
    "communities_month", "communities_quarter", "communities_semester", "communities_year",
)  # fmt: skip

measure_version = Table(
    "measure_version",
    metadata,
    Column("measures", Text, primary_key=True, comment="Name of a group of measures"),
    Column("version", Text, nullable=False, comment="Of the code that wrote the cells"),
    Column("since", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

__all__ = [
    "LIVE", "METADATA", "SCHEMA", "cell_activity", "cell_beneficiary", "cell_institution", "cell_member",
    "cell_participant", "cell_resource", "cell_served", "cell_value", "cell_village", "dossier", "measure_version", "region", "region_change", "region_code", "succession", "tally", "watermark",
]  # fmt: skip
