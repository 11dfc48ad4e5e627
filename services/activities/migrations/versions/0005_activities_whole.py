"""Parties, place and values of activities, and who came to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        sa.Column("programme_id", sa.Uuid()),
        sa.Column("series_id", sa.Uuid()),
        sa.Column("occurrence_on", sa.Date(), comment="The day on which the series' rule gives it"),
        sa.Column("experience_id", sa.Uuid(), comment="The experience it was made after"),
        sa.Column("parties", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("cultural_value_ids", ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("place", JSONB(), comment="{latitude, longitude, text}; stays here: it may be somebody's home"),
        sa.Column(
            "named", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Distinct people in its sheets"
        ),
        sa.Column("resources", JSONB(), server_default=sa.text("'[]'"), nullable=False),
    ):
        op.add_column("activity", column)


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        "resources", "named", "place", "cultural_value_ids", "parties", "experience_id", "occurrence_on", "series_id",
        "programme_id",
    ):  # fmt: skip
        op.drop_column("activity", column)
