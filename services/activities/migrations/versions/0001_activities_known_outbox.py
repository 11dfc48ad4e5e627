"""Activities, the copy of registry's regions and institutions, the outbox, and the consumer's own tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# unaccent() is only stable, because its dictionary could be changed; an index needs the promise that ours is not.
SEARCHABLE = """
    CREATE FUNCTION searchable(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower(public.unaccent('public.unaccent'::regdictionary, $1))
"""


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute(SEARCHABLE)
    _create_activity()
    _create_known()
    _create_outbox()
    _create_consumer()


def _create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "gotong_royong",
                "penyadaran",
                "sosialisasi_wksbm",
                "pelatihan",
                "bimbingan",
                "bantuan_barang",
                "bantuan_uang",
                "bantuan_sarana",
                "simpan_pinjam",
                "lumbung",
                "layanan_kematian",
                "kesehatan",
                "pendidikan",
                "rujukan",
                "tanggap_darurat",
                "pelestarian_budaya",
                "musyawarah",
                "lainnya",
                name="kind",
                native_enum=False,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "strategy",
            sa.Enum("penyadaran", "pemberdayaan", name="strategy", native_enum=False, create_constraint=True),
            nullable=True,
        ),
        sa.Column("objective", sa.Text(), nullable=True),
        sa.Column("target_group", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("lead_institution_id", sa.Uuid(), nullable=False),
        sa.Column("lead_village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("co_organiser_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("partners", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("target_institution_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("planned_from", sa.Date(), nullable=True),
        sa.Column("planned_until", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("direncanakan", "selesai", "dibatalkan", name="status", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("held_from", sa.Date(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("invited", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("attended", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(held_until IS NOT NULL) = (status = 'selesai')", name=op.f("ck_activity_held_if_completed")
        ),
        sa.CheckConstraint(
            "(planned_until IS NULL) = (jsonb_array_length(plan) = 0)", name=op.f("ck_activity_plan_last")
        ),
        sa.CheckConstraint("held_until >= held_from", name=op.f("ck_activity_held_order")),
        sa.CheckConstraint("planned_until >= planned_from", name=op.f("ck_activity_plan_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_changed_at_id", "activity", ["changed_at", "id"], unique=False)
    op.create_index(
        "ix_activity_co_organiser_ids", "activity", ["co_organiser_ids"], unique=False, postgresql_using="gin"
    )
    op.create_index(
        "ix_activity_day_id", "activity", [sa.literal_column("coalesce(held_until, planned_until)"), "id"], unique=False
    )
    op.create_index(op.f("ix_activity_lead_institution_id"), "activity", ["lead_institution_id"], unique=False)
    op.create_index(op.f("ix_activity_lead_village_code"), "activity", ["lead_village_code"], unique=False)
    op.create_index(
        "ix_activity_title",
        "activity",
        [sa.func.searchable(sa.text("title")).label("searched")],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"searched": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_activity_village_code"), "activity", ["village_code"], unique=False)
    op.create_index(op.f("ix_activity_village_id"), "activity", ["village_id"], unique=False)


def _create_known() -> None:
    op.create_table(
        "known_institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="A code of registry's; not checked anew here"),
        sa.Column("village_id", sa.Uuid(), nullable=False, comment="Its seat, the latest"),
        sa.Column(
            "active",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[{since, until}], until exclusive or null",
        ),
        sa.Column("verification", sa.Text(), nullable=False, comment="A code of registry's; not checked anew here"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_institution")),
    )
    op.create_index(op.f("ix_known_institution_village_id"), "known_institution", ["village_id"], unique=False)
    op.create_table(
        "known_region",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=True, comment="Kemendagri, the current one"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False, comment="A code of registry's; not checked anew here"),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA name of WIB, WITA or WIT"),
        sa.Column("ancestors", sa.ARRAY(sa.Uuid()), nullable=False, comment="From the nation down to the parent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_region")),
    )
    op.create_index(op.f("ix_known_region_code"), "known_region", ["code"], unique=False)


def _create_outbox() -> None:
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
        sa.Column("status", sa.Integer(), nullable=True, comment="Null while the first request is under way"),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "address", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
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
        sa.Column(
            "data",
            postgresql.JSON(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="json, not jsonb: a retry sends the same bytes",
        ),
        sa.Column("dataschema", sa.Text(), nullable=False),
        sa.Column(
            "region_ids",
            sa.ARRAY(sa.Uuid()),
            nullable=True,
            comment="Regions it concerns, before and after: the feed's scope; null: all",
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="Who did it, by token subject; never published"),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why, in the actor's words; never published"),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("pending", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column(
            "feed_position", sa.BigInteger(), nullable=True, comment="Gap-free, given by the relay when it publishes"
        ),
        sa.CheckConstraint("octet_length(data::text) <= 262144", name=op.f("ck_outbox_data_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("feed_position", name=op.f("uq_outbox_feed_position")),
        sa.UniqueConstraint("subject_id", "sequence", name=op.f("uq_outbox_subject_id_sequence")),
    )
    op.create_index("ix_outbox_pending", "outbox", ["id"], unique=False, postgresql_where=sa.text("pending"))


def _create_consumer() -> None:
    op.create_table(
        "parked_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True, comment="If its header could be read"),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column(
            "headers",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[[name, text], …] with undecodable bytes escaped",
        ),
        sa.Column("value", sa.LargeBinary(), nullable=True, comment="The original bytes"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_event")),
        sa.UniqueConstraint("topic", "partition", "offset", name=op.f("uq_parked_event_topic_partition_offset")),
    )
    op.create_index(op.f("ix_parked_event_subject_id"), "parked_event", ["subject_id"], unique=False)
    op.create_table(
        "position",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "anchor", sa.Uuid(), nullable=True, comment="Id of the event applied last; null if there is none to compare"
        ),
        sa.PrimaryKeyConstraint("topic", "partition", name=op.f("pk_position")),
    )
    op.create_table(
        "watermark",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "through", sa.DateTime(timezone=True), nullable=False, comment="Everything committed before is published"
        ),
        sa.Column(
            "next_offsets",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="{topic: {partition: first offset not needed}}",
        ),
        sa.PrimaryKeyConstraint("source", "through", name=op.f("pk_watermark")),
    )


def downgrade() -> None:
    """Takes the change back. The extensions stay: they may have been there before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("watermark")
    op.drop_table("position")
    op.drop_table("parked_event")
    op.drop_table("outbox")
    op.drop_table("idempotency_key")
    op.drop_table("known_region")
    op.drop_table("known_institution")
    op.drop_table("activity")
    op.execute("DROP FUNCTION searchable(text)")
