"""Copies of people, families, memberships, networks, partners and cultural values."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CODE = "A code of registry's; not checked anew here"
SPELLS = "[{since, until}], until exclusive or null"
INDEXED = {
    "known_membership": ("person_id", "institution_id"),
    "known_network_membership": ("network_id", "institution_id"),
}


def _text(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable, comment=comment)


def _id(name: str, *, nullable: bool = False, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable, comment=comment)


def _json(name: str, comment: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=False, comment=comment)


def _create(table: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *columns,
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    for column in INDEXED.get(table, ()):
        op.create_index(f"ix_{table}_{column}", table, [column])


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "known_other",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_other"),
    )
    _create(
        "known_person",
        _text("sex", comment=CODE),
        sa.Column("birth_year", sa.SmallInteger()),
        _id("village_id", nullable=True, comment="Of residence; null: not known"),
        _id("duplicate_of", nullable=True, comment="The person this record is really about"),
        sa.Column("erased", sa.Boolean(), nullable=False),
    )
    op.create_index(
        "ix_known_person_duplicate_of",
        "known_person",
        ["duplicate_of"],
        postgresql_where=sa.text("duplicate_of IS NOT NULL"),
    )
    _create(
        "known_family",
        _id("village_id"),
        _json("members", "[{person_id, role, since, until}], until exclusive or null"),
    )
    _create("known_community", _text("kind", comment=CODE), _id("village_id"))
    _create("known_membership", _id("person_id"), _id("institution_id"), _json("spells", SPELLS))
    _create(
        "known_network",
        _text("name"),
        _text("status", comment=CODE),
        _json("territory", "[{village_id, part, since, until}], until exclusive or null"),
        _json("active", SPELLS),
    )
    _create("known_network_membership", _id("network_id"), _id("institution_id"), _json("spells", SPELLS))
    _create(
        "known_partner",
        _text("kind", comment=CODE),
        _text("name", nullable=True),
        _id("region_id", comment="The region it belongs to, of any level"),
    )
    _create(
        "known_cultural_value",
        _text("name"),
        sa.Column("village_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        _json("states", "[{state, since}], oldest first"),
    )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (
        "known_cultural_value", "known_partner", "known_network_membership", "known_network", "known_membership",
        "known_community", "known_family", "known_person", "known_other",
    ):  # fmt: skip
        op.drop_table(table)
