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


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _extend_institution()


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


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in ("successor_id", "extra_version", "extra", "longitude", "latitude", "contact", *LISTS):
        op.drop_column("institution", name)
