"""What institutions are found by besides name, place and state: activities, PPKS kinds served, sources of funding."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

COLUMNS = ("activity_fields", "ppks_kinds", "funding_sources")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(
        "ix_institution_filters", "institution", list(COLUMNS), postgresql_using="gin",
        postgresql_ops=dict.fromkeys(COLUMNS, "jsonb_path_ops"),
    )  # fmt: skip


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_institution_filters", "institution")
