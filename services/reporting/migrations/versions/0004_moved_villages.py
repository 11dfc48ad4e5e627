"""Regions in time: former codes, who took over, which region changes the numbers follow, and villages that wait to move."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What older events did not tell, they have none of: successions and region changes come with the next ones.
DAYS = "UPDATE region SET since = (state ->> 'since')::date, until = (state ->> 'until')::date WHERE state IS NOT NULL"
CODES = """
    INSERT INTO region_code (region_key, code, since, until)
    SELECT key, told ->> 'code', (told ->> 'since')::date, (told ->> 'until')::date
    FROM region, json_array_elements(state -> 'codes') AS told WHERE told ->> 'system' = 'kemendagri' ORDER BY key
"""


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "region", sa.Column("since", sa.Date(), comment="First day it existed; null: before the records begin")
    )
    op.add_column("region", sa.Column("until", sa.Date(), comment="First day it no longer existed; null while it does"))
    op.add_column(
        "region",
        sa.Column(
            "moves",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Newer than what is counted by",
        ),
    )
    op.add_column(
        "region",
        sa.Column(
            "changes", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False,
            comment="Region changes followed here",
        ),
    )  # fmt: skip
    op.create_index("ix_region_moves", "region", ["id"], postgresql_where=sa.text("moves"))
    _create_region_code()
    op.create_table(
        "succession",
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False, comment="Rights over the region hold there too"),
        sa.PrimaryKeyConstraint("region_key", "successor_id", name="pk_succession"),
    )
    op.create_table(
        "region_change",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="Registry's; without gaps"),
        sa.Column("regions", sa.Integer(), nullable=False, comment="How many it touched"),
        sa.Column("followed", sa.Integer(), nullable=False, comment="How many of them the numbers follow"),
        sa.PrimaryKeyConstraint("number", name="pk_region_change"),
    )
    op.execute(DAYS)
    op.execute(CODES)


def _create_region_code() -> None:
    op.create_table(
        "region_code",
        sa.Column(
            "id", sa.Integer(), sa.Identity(always=True), nullable=False, comment="Grows with every region event"
        ),
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False, comment="Kemendagri; of today or of before"),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date(), comment="Null: of today"),
        sa.PrimaryKeyConstraint("id", name="pk_region_code"),
    )
    op.create_index("ix_region_code_code", "region_code", ["code"])
    op.create_index("ix_region_code_region_key", "region_code", ["region_key"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("region_change", "succession", "region_code"):
        op.drop_table(table)
    op.drop_index("ix_region_moves", "region")
    for column in ("changes", "moves", "until", "since"):
        op.drop_column("region", column)
