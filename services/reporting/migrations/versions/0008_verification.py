"""What `wahana verify` found, kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "verification",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "differences", sa.Integer(), nullable=False, comment="Cells, tallies, changes and ends that were wrong"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
        schema="reference",
    )


def downgrade() -> None:
    """Takes the change back; what was found is lost."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("verification", schema="reference")
