"""What a restore from a backup leaves behind."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "restoration",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "backup",
            postgresql.JSONB(),
            nullable=True,
            comment="The backup's manifest; null: restored by other means than `wahana restore`",
        ),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_by", sa.Text(), nullable=False, comment="User of the machine that gave the command"),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Null: sequences are not raised yet, nothing may start on it",
        ),
        sa.Column(
            "found",
            postgresql.JSONB(),
            nullable=True,
            comment="What Kafka knew that the backup did not, and what was done: counts by name",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restoration")),
    )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("restoration")
