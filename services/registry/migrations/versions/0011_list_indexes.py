"""What lists of institutions of one type are read by."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_institution_type_sort_name_id", "institution", ["type", "sort_name", "id"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_institution_type_sort_name_id", "institution")
