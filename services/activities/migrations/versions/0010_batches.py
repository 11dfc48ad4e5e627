"""Batches of operations that were captured offline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "batch_operation",
        sa.Column("caller", sa.Text(), nullable=False, comment="Client and token subject"),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False, comment="Of the operation as it was sent"),
        sa.Column("scope", sa.ARRAY(sa.Text()), nullable=False, comment="What the caller could see then"),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "client_id", name="pk_batch_operation"),
    )
    op.create_index("ix_batch_operation_done_at", "batch_operation", ["done_at"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("batch_operation")
