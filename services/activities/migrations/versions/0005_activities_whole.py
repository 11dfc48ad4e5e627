"""Parties, place and values of activities, and who came to them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DAY = "coalesce(held_until, planned_until)"


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
    # Most activities name none: their rows cost these two indexes nothing.
    op.create_index(
        "ix_activity_parties", "activity", ["parties"], postgresql_using="gin", postgresql_where=sa.text("parties <> '[]'"),
        postgresql_ops={"parties": "jsonb_path_ops"},
    )  # fmt: skip
    op.create_index(
        "ix_activity_cultural_value_ids", "activity", ["cultural_value_ids"], postgresql_using="gin",
        postgresql_where=sa.text("cultural_value_ids <> '{}'"),
    )  # fmt: skip
    _index_days()
    _create_sheets()
    op.create_table(
        "attendance",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name="pk_attendance"),
    )


def _index_days() -> None:
    """By area and day, instead of by area alone; a regency's days also in their order."""
    for name in ("village_code", "lead_village_code"):
        op.drop_index(f"ix_activity_{name}", "activity")
        op.create_index(f"ix_activity_{name}_day", "activity", [name, sa.text(DAY)])
    op.create_index("ix_activity_regency_day_id", "activity", [sa.text("left(village_code, 5)"), sa.text(DAY), "id"])


def _create_sheets() -> None:
    op.create_table(
        "attendance_sheet",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("people", JSONB(), nullable=False),
        sa.Column("held_on", sa.Date(), comment="Last day of the activity; null if it is voided"),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("lead_institution_id", sa.Uuid(), nullable=False),
        sa.Column("lead_village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("organiser_ids", ARRAY(sa.Uuid()), nullable=False, comment="The lead, then co-organisers"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_sheet"),
    )
    for name in ("activity_id", "village_id", "village_code", "lead_institution_id", "lead_village_code"):
        op.create_index(f"ix_attendance_sheet_{name}", "attendance_sheet", [name])
    op.create_index("ix_attendance_sheet_changed_at_id", "attendance_sheet", ["changed_at", "id"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("attendance")
    op.drop_table("attendance_sheet")
    op.drop_index("ix_activity_regency_day_id", "activity")
    for name in ("lead_village_code", "village_code"):
        op.drop_index(f"ix_activity_{name}_day", "activity")
        op.create_index(f"ix_activity_{name}", "activity", [name])
    for name in ("cultural_value_ids", "parties"):
        op.drop_index(f"ix_activity_{name}", "activity")
    for column in (
        "resources", "named", "place", "cultural_value_ids", "parties", "experience_id", "occurrence_on", "series_id",
        "programme_id",
    ):  # fmt: skip
        op.drop_column("activity", column)
