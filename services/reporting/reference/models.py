"""Tables of reference data, and of what was found by verifying. They lie in the schema `reference`: no event tells them,
so that no rebuild may touch them.

Rows are only ever added. The newest revision of what a row is about holds; the others stay readable, and say who told
them and when: that is their audit.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from shared import database
from shared.codes import BeneficiaryUnit, PpksKind

metadata = MetaData(naming_convention=database.NAMING, schema="reference")


def _revisions(name: str, about: Sequence[Column[Any]], comment: str) -> Table:
    """A table of amounts in revisions: each row is one revision of one amount of one region."""
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("region_id", Uuid, nullable=False),
        Column("year", SmallInteger, nullable=False),
        *about,
        Column("amount", BigInteger, nullable=False, comment=comment),
        Column("source", Text, nullable=False, comment="Who published it, and where"),
        Column("reason", Text, comment="Why it takes the place of the revision before"),
        Column("revision", Integer, nullable=False, comment="1, 2, 3 …; the newest holds"),
        Column("recorded_by", Text, nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        UniqueConstraint(
            "region_id", "year", *(column.name for column in about), "revision", name=f"uq_{name}_revision",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )  # fmt: skip


population = _revisions(
    "population",
    [Column("month", SmallInteger, nullable=False, comment="1 to 12: as at its last day")],
    "Inhabitants",
)
ppks_baseline = _revisions(
    "ppks_baseline",
    [
        Column(
            "kind",
            database.code_list(PpksKind, "kind"),
            comment="Null: of any kind, each counted once",
        ),
        Column("unit", database.code_list(BeneficiaryUnit, "unit"), nullable=False),
    ],
    "On record at the start of the year",
)

verification_outcome = Table(
    "verification",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("differences", Integer, nullable=False, comment="Cells, tallies, changes and ends that were wrong"),
)
"""What each `wahana verify` found that came to its end."""
