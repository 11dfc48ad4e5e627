"""Documents, facilities, assessments and further fields of institutions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LISTS = ("activity_fields", "ppks_kinds", "funding_sources", "documents", "facilities", "assessments", "officers", "absorbed")  # fmt: skip
COMMENTS = {"ppks_kinds": "Kinds it serves"}
TYPES = ("ARS", "KUBE", "LBD", "KMT", "SNM", "KSM", "PRS", "OSN")
DOCUMENTS = ("pengesahan", "aturan_tertulis", "buku_kas", "buku_anggota", "lainnya")


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _extend_institution()
    _create_document()
    _create_facility()
    _create_assessment()
    _create_type_fields()


def _extend_institution() -> None:
    for name in LISTS:
        op.add_column(
            "institution",
            sa.Column(name, postgresql.JSONB(), nullable=False, server_default="[]", comment=COMMENTS.get(name)),
        )
    for column in (
        sa.Column("contact", postgresql.JSONB()),
        sa.Column("latitude", sa.Double(), comment="WGS 84, degrees"),
        sa.Column("longitude", sa.Double(), comment="WGS 84, degrees"),
        sa.Column(
            "extra", postgresql.JSONB(), comment="Further fields of its type, as `extra_version` of their schema says"
        ),
        sa.Column("extra_version", sa.Integer()),
        sa.Column("successor_id", sa.Uuid(), comment="What it was merged into"),
    ):
        op.add_column("institution", column)


def _create_document() -> None:
    _create_part(
        "document",
        sa.Column("kind", _codes("kind", *DOCUMENTS), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("title", sa.Text()),
        sa.Column("issuer", sa.Text()),
        sa.Column("since", sa.Date(), nullable=False, comment="The day it bears"),
        sa.Column("until", sa.Date(), comment="First day no longer valid: the day after valid_until"),
        sa.CheckConstraint("until > since", name="ck_document_not_empty"),
    )
    op.create_index("ix_document_until_id", "document", ["until", "id"])


def _create_facility() -> None:
    _create_part(
        "facility",
        sa.Column("facility_class", _codes("facility_class", "tempat", "alat", "administrasi"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), comment="Whose it is, if not the institution's own: often a neighbour's"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), comment="First day it was no longer there"),
        sa.Column("checks", postgresql.JSONB(), nullable=False),
        sa.Column("checked_on", sa.Date(), comment="Day of the newest check"),
        sa.Column("condition", _codes("condition", "baik", "rusak_ringan", "rusak_berat")),
        sa.CheckConstraint("until > since", name="ck_facility_not_empty"),
        sa.CheckConstraint("quantity > 0", name="ck_facility_at_least_one"),
    )
    op.create_index("ix_facility_checked_on_id", "facility", ["checked_on", "id"])


def _create_assessment() -> None:
    _create_part(
        "assessment",
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("stage", _codes("stage", "tumbuh", "berkembang", "mandiri"), nullable=False),
        sa.Column("assessor", sa.Text(), nullable=False, comment="Token subject of who recorded it"),
        sa.Column("assessor_name", sa.Text()),
        sa.Column("assessor_agency", sa.Text()),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("instrument_version", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False, comment="Yes or no by checklist item"),
    )


def _create_part(table: str, *columns: sa.Column[object] | sa.CheckConstraint) -> None:
    """A table of rows that belong to an institution."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=f"fk_{table}_institution_id_institution"),
    )
    op.create_index(f"ix_{table}_institution_id_id", table, ["institution_id", "id"])
    op.create_index(f"ix_{table}_changed_at_id", table, ["changed_at", "id"])


def _create_type_fields() -> None:
    op.create_table(
        "type_fields",
        sa.Column("type", _codes("type", *TYPES), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("schema", postgresql.JSON(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False, comment="Token subject"),
        sa.PrimaryKeyConstraint("type", "version", name="pk_type_fields"),
    )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("type_fields", "assessment", "facility", "document"):
        op.drop_table(table)
    for name in ("successor_id", "extra_version", "extra", "longitude", "latitude", "contact", *LISTS):
        op.drop_column("institution", name)
