"""Seals of the audit trail: once a UTC day has ended, its entries are chained to those of the day before by a hash."""

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import INT8MULTIRANGE

from shared.database import shared_metadata

audit_seal = Table(
    "audit_seal",
    shared_metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False, unique=True, comment="UTC; it has ended"),
    Column("last_id", BigInteger, nullable=False, comment="It covers the ids after the seal before, to this"),
    Column("ids", INT8MULTIRANGE, nullable=False, comment="Those of them that are entries"),
    Column("entries", Integer, nullable=False, comment="How many"),
    Column("digests", LargeBinary, nullable=False, comment="First eight bytes of each entry's hash, in order of ids"),
    Column("previous_hash", LargeBinary, nullable=False, comment="Of the seal before; zeros for the first"),
    Column("hash", LargeBinary, nullable=False, comment="SHA-256, as shared/audit_seal.py writes it down"),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
)
