"""Institutions and the change requests of verified ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TYPES = ("ARS", "KUBE", "LBD", "KMT", "SNM", "KSM", "PRS", "OSN")
VERIFICATIONS = ("draf", "diajukan", "diperiksa_kecamatan", "terverifikasi", "dikembalikan", "ditolak")


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_institution()
    _create_change_request()


def _create_institution() -> None:
    legal = ("berbadan_hukum", "tidak_berbadan_hukum")
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", _codes("type", *TYPES), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("local_name", sa.Text()),
        sa.Column("origin", _codes("origin", "tumbuh", "dibentuk"), nullable=False),
        sa.Column("legal_status", _codes("legal_status", *legal), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False, comment="Village of today's seat"),
        sa.Column(
            "village_code", sa.Text(collation="C"), nullable=False,
            comment="Its code, by which the area scope is decided",
        ),
        sa.Column("founded_on", sa.Date()),
        sa.Column("members", postgresql.JSONB()),
        sa.Column("active", postgresql.JSONB(), nullable=False),
        sa.Column("seats", postgresql.JSONB(), nullable=False),
        sa.Column("operation", _codes("operation", "aktif", "vakum", "tutup"), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("verification", _codes("verification", *VERIFICATIONS), nullable=False),
        sa.Column(
            "makers", postgresql.JSONB(), nullable=False,
            comment="Token subjects of all who wrote what is or was to be verified: they may not decide",
        ),
        sa.Column("change_request_id", sa.Uuid(), comment="The open one, if there is one"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False, comment="The name without case and accents"),
        sa.Column("search_text", sa.Text(), nullable=False, comment="Name and local name as they are searched"),
        sa.PrimaryKeyConstraint("id", name="pk_institution"),
    )  # fmt: skip
    _index_institution()


def _index_institution() -> None:
    op.create_index("ix_institution_village_code", "institution", ["village_code"])
    op.create_index("ix_institution_sort_name_id", "institution", ["sort_name", "id"])
    op.create_index("ix_institution_changed_at_id", "institution", ["changed_at", "id"])
    op.create_index(
        "ix_institution_search_text", "institution", ["search_text"], postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip


def _create_change_request() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("verification", _codes("verification", *VERIFICATIONS), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column(
            "village_code", sa.Text(collation="C"), nullable=False, comment="The seat when it was proposed"
        ),
        sa.Column(
            "target_village_code", sa.Text(collation="C"),
            comment="The other seat it proposes: its area sees the request too",
        ),
        sa.Column("step", sa.Text(), comment="The dated step it proposes"),
        sa.Column("step_on", sa.Date()),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False, comment="Its history, oldest first"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change_request"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name="fk_change_request_institution_id_institution"
        ),
    )  # fmt: skip
    op.create_index("ix_change_request_institution_id", "change_request", ["institution_id"])
    op.create_index("ix_change_request_changed_at_id", "change_request", ["changed_at", "id"])
    op.create_index(
        "uq_change_request_open", "change_request", ["institution_id"], unique=True,
        postgresql_where=sa.text("NOT voided AND verification NOT IN ('terverifikasi', 'ditolak')"),
    )  # fmt: skip


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("change_request")
    op.drop_table("institution")
