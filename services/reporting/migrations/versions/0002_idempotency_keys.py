"""Idempotency keys: reporting takes POSTs too, those that repair."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
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
        sa.Column("status", sa.Integer(), comment="Null while the first request is under way"),
        sa.Column("headers", postgresql.JSONB()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "address", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("idempotency_key")
