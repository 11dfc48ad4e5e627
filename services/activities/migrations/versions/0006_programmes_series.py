"""Programmes of a year, and series with their occurrences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _programmes()
    op.create_index(
        "ix_activity_programme_id", "activity", ["programme_id"], postgresql_where=sa.text("programme_id IS NOT NULL")
    )
    _series()
    op.create_index(
        "uq_activity_series_id_occurrence_on", "activity", ["series_id", "occurrence_on"], unique=True,
        postgresql_where=sa.text("series_id IS NOT NULL AND NOT voided"),
    )  # fmt: skip


def _programmes() -> None:
    op.create_table(
        "programme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "owner_kind",
            sa.Enum("institution", "network", "partner", name="owner_kind", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "title_words", sa.Text(collation="C"), nullable=False, comment="The title as it is compared and searched"
        ),
        sa.Column("goal", sa.Text()),
        sa.Column("target_group", JSONB()),
        sa.Column("budget", JSONB(), nullable=False, comment="One line for each source"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("owner_kind <> 'partner'", name=op.f("ck_programme_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
    )
    op.create_index(
        "uq_programme_owner_id_year_title", "programme", ["owner_id", "year", "title_words"], unique=True,
        postgresql_where=sa.text("NOT voided"),
    )  # fmt: skip
    op.create_index("ix_programme_changed_at_id", "programme", ["changed_at", "id"])
    op.create_index("ix_programme_year_title_id", "programme", ["year", "title_words", "id"])
    op.create_index(
        "ix_programme_title_words", "programme", ["title_words"], postgresql_using="gin",
        postgresql_ops={"title_words": "gin_trgm_ops"},
    )  # fmt: skip


def _series() -> None:
    kinds = (
        "gotong_royong", "penyadaran", "sosialisasi_wksbm", "pelatihan", "bimbingan", "bantuan_barang", "bantuan_uang",
        "bantuan_sarana", "simpan_pinjam", "lumbung", "layanan_kematian", "kesehatan", "pendidikan", "rujukan",
        "tanggap_darurat", "pelestarian_budaya", "musyawarah", "lainnya",
    )  # fmt: skip
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "title_words", sa.Text(collation="C"), nullable=False, comment="The title as it is compared and searched"
        ),
        sa.Column("kind", sa.Enum(*kinds, name="kind", native_enum=False, create_constraint=True), nullable=False),
        sa.Column(
            "description",
            JSONB(),
            nullable=False,
            comment="Of its occurrences; stays here: its place may be somebody's home",
        ),
        sa.Column("rules", JSONB(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False, comment="First day on which it gives occurrences"),
        sa.Column("ended_on", sa.Date(), comment="First day on which it gives none any more"),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("lead_institution_id", sa.Uuid(), nullable=False),
        sa.Column("lead_village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("programme_id", sa.Uuid()),
        sa.Column("made_through", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), comment="When the worker last made what was due"),
        sa.Column(
            "kept_by",
            sa.Text(),
            nullable=False,
            comment="Token subject of who wrote it last; what is made for it is told as theirs",
        ),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    for column in ("village_id", "village_code", "lead_institution_id", "lead_village_code"):
        op.create_index(op.f(f"ix_series_{column}"), "series", [column])
    op.create_index(
        "ix_series_looked_at", "series", [sa.text("looked_at NULLS FIRST"), "id"],
        postgresql_where=sa.text("NOT voided"),
    )  # fmt: skip
    op.create_index("ix_series_title_id", "series", ["title_words", "id"])
    op.create_index("ix_series_changed_at_id", "series", ["changed_at", "id"])
    op.create_index(
        "ix_series_programme_id", "series", ["programme_id"], postgresql_where=sa.text("programme_id IS NOT NULL")
    )
    op.create_index(
        "ix_series_title_words", "series", ["title_words"], postgresql_using="gin",
        postgresql_ops={"title_words": "gin_trgm_ops"},
    )  # fmt: skip


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("uq_activity_series_id_occurrence_on", "activity")
    op.drop_table("series")
    op.drop_index("ix_activity_programme_id", "activity")
    op.drop_table("programme")
