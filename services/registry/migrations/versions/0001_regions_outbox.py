"""Regions, the outbox and the idempotency keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LEVELS = ("nation", "province", "regency", "district", "village")
KINDS = ("negara", "provinsi", "kabupaten", "kota", "kecamatan", "desa", "kelurahan", "desa_adat")
LARGEST_EVENT = 256 * 1024


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    _create_region()
    _create_outbox()
    _create_idempotency_key()


def _create_region() -> None:
    op.create_table(
        "region",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False, comment="Dotted; ID for the nation"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Enum(*LEVELS, name="level", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("ancestors", sa.ARRAY(sa.Uuid()), nullable=False, comment="From the nation down to the parent"),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA name of WIB, WITA or WIT"),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column(
            "search_name", sa.Text(), nullable=False, comment="The name as it is searched, without its kind: bandung"
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_region"),
        sa.UniqueConstraint("code", name="uq_region_code"),
        sa.ForeignKeyConstraint(["parent_id"], ["region.id"], name="fk_region_parent_id_region"),
    )
    op.create_index("ix_region_parent_id_code", "region", ["parent_id", "code"])
    op.create_index(
        "ix_region_search_name",
        "region",
        ["search_name"],
        postgresql_using="gin",
        postgresql_ops={"search_name": "gin_trgm_ops"},
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column(
            "topic", sa.Text(), nullable=False, comment="Without the installation's prefix: registry.institution.v1"
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSON(), nullable=False, comment="json, not jsonb: a retry sends the same bytes"),
        sa.Column("dataschema", sa.Text(), nullable=False),
        sa.Column(
            "region_ids",
            sa.ARRAY(sa.Uuid()),
            comment="Regions it concerns, before and after: the feed's scope; null: all",
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="Who did it, by token subject; never published"),
        sa.Column("reason", sa.Text(), comment="Why, in the actor's words; never published"),
        sa.Column("traceparent", sa.Text()),
        sa.Column("pending", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("feed_position", sa.BigInteger(), comment="Gap-free, given by the relay when it publishes"),
        sa.CheckConstraint(f"octet_length(data::text) <= {LARGEST_EVENT}", name="ck_outbox_data_size"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("feed_position", name="uq_outbox_feed_position"),
        sa.UniqueConstraint("subject_id", "sequence", name="uq_outbox_subject_id_sequence"),
    )
    op.create_index("ix_outbox_pending", "outbox", ["id"], postgresql_where=sa.text("pending"))


def _create_idempotency_key() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False, comment="Method and path"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the body"),
        sa.Column(
            "scope",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="What the caller could see then: areas, own institution",
        ),
        sa.Column("status", sa.Integer(), comment="Null while the first request is under way"),
        sa.Column("headers", postgresql.JSONB()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "address", "key", name="pk_idempotency_key"),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def downgrade() -> None:
    """Takes the change back. The extensions stay: they may have been there before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("idempotency_key", "outbox", "region"):
        op.drop_table(table)
