"""Dossiers, tallies, cells, and the consumer's positions, parked events and watermarks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "cell_activity",
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False, comment="year * 12 + month - 1"),
        sa.Column(
            "dimension", sa.SmallInteger(), nullable=False, comment="Activity kind, services.reporting.measures.KINDS"
        ),
        sa.Column("tree", sa.SmallInteger(), nullable=False, comment="0 both trees, 1 as_was only, 2 current only"),
        sa.Column("completed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("joint", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attended", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("invited", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("planned_month", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("planned_quarter", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("planned_semester", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("planned_year", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("realised_month", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("realised_quarter", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("realised_semester", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("realised_year", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("region_key", "month", "dimension", "tree", name=op.f("pk_cell_activity")),
    )
    op.create_table(
        "cell_institution",
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False, comment="year * 12 + month - 1"),
        sa.Column(
            "dimension",
            sa.SmallInteger(),
            nullable=False,
            comment="Institution type, services.reporting.measures.TYPES",
        ),
        sa.Column("tree", sa.SmallInteger(), nullable=False, comment="0 both trees, 1 as_was only, 2 current only"),
        sa.Column("active", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("steady", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("continuing", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("region_key", "month", "dimension", "tree", name=op.f("pk_cell_institution")),
    )
    op.create_table(
        "cell_village",
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False, comment="year * 12 + month - 1"),
        sa.Column("dimension", sa.SmallInteger(), nullable=False, comment="0"),
        sa.Column("tree", sa.SmallInteger(), nullable=False, comment="0 both trees, 1 as_was only, 2 current only"),
        sa.Column("villages", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("region_key", "month", "dimension", "tree", name=op.f("pk_cell_village")),
    )
    op.create_table(
        "dossier",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column(
            "noun",
            sa.Text(),
            nullable=False,
            comment="institution or activity: services give ids apart, two may give the same",
        ),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="0: referred to, its own event has not arrived"),
        sa.Column("village_id", sa.Uuid(), nullable=True, comment="Where it is held, or the last seat"),
        sa.Column(
            "earlier_village_ids", postgresql.ARRAY(sa.Uuid()), nullable=True, comment="Earlier seats, if there are any"
        ),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=True, comment="The newest event's data"),
        sa.PrimaryKeyConstraint("subject_id", "noun", name=op.f("pk_dossier")),
    )
    op.create_index(
        "ix_dossier_earlier_village_ids",
        "dossier",
        ["earlier_village_ids"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("earlier_village_ids IS NOT NULL"),
    )
    op.create_index("ix_dossier_village_id", "dossier", ["village_id"], unique=False)
    op.create_table(
        "measure_version",
        sa.Column("measures", sa.Text(), nullable=False, comment="Name of a group of measures"),
        sa.Column("version", sa.Text(), nullable=False, comment="Of the code that wrote the cells"),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("measures", name=op.f("pk_measure_version")),
    )
    op.create_table(
        "region",
        sa.Column(
            "key", sa.Integer(), sa.Identity(always=True), nullable=False, comment="This database's number for it"
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False, comment="0: referred to, its own event has not arrived"),
        sa.Column("code", sa.Text(collation="C"), nullable=True, comment="Current Kemendagri code; ID is the nation"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("parent_key", sa.Integer(), nullable=True),
        sa.Column(
            "lineage",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="[[since, until, [key of the nation, …, own key]], …]; null until its event came",
        ),
        sa.Column("state", postgresql.JSON(astext_type=sa.Text()), nullable=True, comment="The newest event's data"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_region")),
        sa.UniqueConstraint("id", name=op.f("uq_region_id")),
    )
    op.create_index(op.f("ix_region_code"), "region", ["code"], unique=False)
    op.create_index(
        "ix_region_lineage",
        "region",
        ["lineage"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"lineage": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_region_parent_key"), "region", ["parent_key"], unique=False)
    op.create_table(
        "tally",
        sa.Column("owner_id", sa.Uuid(), nullable=False, comment="Institution or village"),
        sa.Column("tag", sa.SmallInteger(), nullable=False, comment="What is tallied: services.reporting.measures.Tag"),
        sa.Column("period", sa.Integer(), nullable=False, comment="First month of the tag's period"),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "tag", "period", name=op.f("pk_tally")),
    )
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
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("watermark")
    op.drop_table("position")
    op.drop_index(op.f("ix_parked_event_subject_id"), table_name="parked_event")
    op.drop_table("parked_event")
    op.drop_table("tally")
    op.drop_index(op.f("ix_region_parent_key"), table_name="region")
    op.drop_index("ix_region_lineage", table_name="region", postgresql_using="gin")
    op.drop_index(op.f("ix_region_code"), table_name="region")
    op.drop_table("region")
    op.drop_table("measure_version")
    op.drop_index("ix_dossier_village_id", table_name="dossier")
    op.drop_index(
        "ix_dossier_earlier_village_ids",
        table_name="dossier",
        postgresql_using="gin",
        postgresql_where=sa.text("earlier_village_ids IS NOT NULL"),
    )
    op.drop_table("dossier")
    op.drop_table("cell_village")
    op.drop_table("cell_institution")
    op.drop_table("cell_activity")
