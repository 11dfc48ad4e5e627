"""Tables of people's facts, in the schema `live`. A row of sequence 0 was referred to before its own event arrived."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database import NAMING

metadata = MetaData(naming_convention=NAMING)


def _sequence() -> Column[int]:
    return Column("sequence", Integer, nullable=False, comment="0: referred to, its own event has not arrived")


owner = Table(
    "owner",
    metadata,
    Column("key", Integer, Identity(always=True), primary_key=True, comment="This database's number for it"),
    Column("unit", SmallInteger, nullable=False, comment="0 person, 1 family, 2 community"),
    Column("id", Uuid, nullable=False),
    _sequence(),
    Column("voided", Boolean, nullable=False, server_default=text("false"), comment="Its facts count nowhere"),
    Column("sex", SmallInteger, comment="Of a person: services.reporting.measures.SEXES"),
    Column("birth_year", SmallInteger),
    Column("duplicate_of", Integer, comment="Key of the person this record is really about"),
    Column("counts_as", Integer, comment="Key of the person at the end of such links; null: counts as itself"),
    UniqueConstraint("unit", "id"),
    Index("ix_owner_counts_as", "counts_as", postgresql_where=text("counts_as IS NOT NULL")),
)
family_head = Table(
    "family_head",
    metadata,
    Column("family_key", Integer, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("person_key", Integer, nullable=False, index=True),
    Column("since", Date, comment="Null: from the beginning"),
    Column("until", Date),
)

sheet = Table(
    "sheet",
    metadata,
    Column("key", Integer, Identity(always=True), primary_key=True, comment="This database's number for it"),
    Column("id", Uuid, nullable=False, unique=True),
    _sequence(),
    Column("activity_id", Uuid),
    Column("held_on", Date, comment="Null while it does not count; then it has no rows of attendance"),
    Column("village_id", Uuid, index=True),
    Column("organiser_ids", ARRAY(Uuid)),
)
attendance = Table(
    "attendance",
    metadata,
    Column("person_key", Integer, primary_key=True),
    Column("year", SmallInteger, primary_key=True, comment="Of the sheet's day"),
    Column("sheet_key", Integer, primary_key=True, index=True),
)
membership = Table(
    "membership",
    metadata,
    Column("id", Uuid, primary_key=True),
    _sequence(),
    Column("person_key", Integer, index=True, comment="Null while it counts nowhere"),
    Column("institution_id", Uuid, index=True),
    Column("since", ARRAY(Date), comment="First days of its spells"),
    Column("until", ARRAY(Date), comment="First days after them; null while one lasts"),
)
benefit = Table(
    "benefit",
    metadata,
    Column("id", Uuid, primary_key=True),
    _sequence(),
    Column("owner_key", Integer, index=True, comment="Null while it counts nowhere"),
    Column("giver", SmallInteger, comment="0 institution, 1 network, 2 partner"),
    Column("giver_id", Uuid),
    Column("given_on", Date),
    Column("village_id", Uuid, index=True),
    Column("kinds", Integer, comment="Kinds of PPKS as bits: services.reporting.measures.PPKS"),
    Index("ix_benefit_network", "giver_id", postgresql_where=text("giver = 1")),
)
network_place = Table(
    "network_place",
    metadata,
    Column("id", Uuid, primary_key=True, comment="Of the network membership"),
    _sequence(),
    Column("network_id", Uuid, index=True, comment="Null while it counts nowhere"),
    Column("institution_id", Uuid),
    Column("since", ARRAY(Date)),
    Column("until", ARRAY(Date)),
)
