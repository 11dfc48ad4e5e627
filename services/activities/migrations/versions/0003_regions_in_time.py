"""Codes of regions over time, who took over from whom, and which code decides who sees what lies there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("until", "heir_id", "area_code", "follows")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in (
        sa.Column("until", sa.Date(), comment="First day on which it was no more; null while it is there"),
        sa.Column("heir_id", sa.Uuid(), comment="Of one that is no more: the region that took its records"),
        sa.Column("area_code", sa.Text(collation="C"), comment="By which what lies there is seen"),
        sa.Column("follows", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    ):
        op.add_column("known_region", column)
    op.create_index(
        "ix_known_region_heir_id", "known_region", ["heir_id"], postgresql_where=sa.text("heir_id IS NOT NULL")
    )
    op.create_index("ix_known_region_follows", "known_region", ["id"], postgresql_where=sa.text("follows"))
    op.create_table(
        "known_region_code",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_known_region_code"),
    )
    op.create_index("ix_known_region_code_code", "known_region_code", ["code"])
    op.create_index("ix_known_region_code_region_id", "known_region_code", ["region_id"])
    op.create_table(
        "known_succession",
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "successor_id", name="pk_known_succession"),
    )
    op.execute("UPDATE known_region SET area_code = code")
    # Their earlier codes come with their next events.
    op.execute(
        "INSERT INTO known_region_code (region_id, code) SELECT id, code FROM known_region WHERE code IS NOT NULL"
    )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("known_succession", "known_region_code"):
        op.drop_table(table)
    op.drop_index("ix_known_region_follows", "known_region")
    op.drop_index("ix_known_region_heir_id", "known_region")
    for column in reversed(COLUMNS):
        op.drop_column("known_region", column)
