"""Resources, granaries, and monthly reports of villages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = ("diajukan", "diterima", "dikembalikan")


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def _record() -> list[sa.Column[Any]]:
    instants = [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("recorded_at", "changed_at")]
    return [
        sa.Column("voided", sa.Boolean(), nullable=False), *instants, sa.Column("sequence", sa.Integer(), nullable=False)
    ]  # fmt: skip


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_village_report()


def _create_village_report() -> None:
    op.create_table(
        "village_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("month", sa.Text(collation="C"), nullable=False, comment="As 2026-03"),
        sa.Column("state", _codes("state", *STATES), nullable=False),
        sa.Column("nihil", sa.Boolean(), nullable=False, comment="Nothing was held in that month"),
        sa.Column(
            "completed", sa.Integer(), nullable=False, comment="Activities completed in it, when it was submitted"
        ),
        sa.Column("submitted_on", sa.Date(), nullable=False, comment="Local day of the newest submission"),
        sa.Column("submitted_by", sa.Text(), nullable=False, comment="Token subject of the newest submission"),
        sa.Column("first_submitted_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False, comment="Last day on which it is in time"),
        sa.Column("decided_on", sa.Date(), comment="Local day it was accepted or returned"),
        sa.Column(
            "restate", sa.Boolean(), nullable=False, comment="Something of the month changed after it was accepted"
        ),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_village_report"),
        sa.CheckConstraint("nihil = (completed = 0)", name="ck_village_report_nihil_if_none_completed"),
        sa.CheckConstraint(
            "(decided_on IS NULL) = (state = 'diajukan')", name="ck_village_report_decided_unless_submitted"
        ),
        sa.CheckConstraint("NOT restate OR state = 'diterima'", name="ck_village_report_restated_if_accepted"),
    )
    op.create_index(
        "uq_village_report_month_village_id", "village_report", ["month", "village_id"], unique=True,
        postgresql_where=sa.text("NOT voided"),
    )  # fmt: skip
    for columns in (["submitted_on", "id"], ["changed_at", "id"], ["village_id"], ["village_code"]):
        op.create_index(f"ix_village_report_{'_'.join(columns)}", "village_report", columns)


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("village_report")
