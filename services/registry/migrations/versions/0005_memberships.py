"""Memberships and officers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROLES = ("ketua", "wakil", "sekretaris", "bendahara", "anggota", "pembina", "pendamping", "kader")
DAYS = (sa.text("daterange(since, until)"), "&&")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_membership()
    _create_officer()


def _create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("spells", postgresql.JSONB(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )
    op.create_index(
        "uq_membership_person_id_institution_id", "membership", ["person_id", "institution_id"], unique=True,
        postgresql_where=sa.text("NOT voided"),
    )  # fmt: skip
    op.create_index("ix_membership_institution_id_id", "membership", ["institution_id", "id"])
    op.create_index("ix_membership_changed_at_id", "membership", ["changed_at", "id"])
    op.create_table(
        "membership_spell",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("membership_id", "since", name="pk_membership_spell"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name="fk_membership_spell_membership_id_membership"
        ),
        sa.CheckConstraint("until > since", name="ck_membership_spell_not_empty"),
        postgresql.ExcludeConstraint(("membership_id", "="), DAYS, using="gist", name="ex_membership_spell_overlap"),
    )


def _create_officer() -> None:
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("decree_number", sa.Text(), comment="Of the SK that appointed them"),
        sa.Column("decree_on", sa.Date(), comment="Date of that SK"),
        sa.Column("ended_reason", sa.Text()),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_officer"),
        sa.CheckConstraint("until > since", name="ck_officer_not_empty"),
        postgresql.ExcludeConstraint(
            ("institution_id", "="), ("person_id", "="), ("role", "="), DAYS,
            using="gist", where=sa.text("NOT voided"), name="ex_officer_same_role",
        ),
        postgresql.ExcludeConstraint(
            ("institution_id", "="), DAYS,
            using="gist", where=sa.text("role = 'ketua' AND NOT voided"), name="ex_officer_one_ketua",
        ),
    )  # fmt: skip
    op.create_index("ix_officer_person_id", "officer", ["person_id"])
    op.create_index("ix_officer_institution_id_id", "officer", ["institution_id", "id"])
    op.create_index("ix_officer_until_id", "officer", ["until", "id"])
    op.create_index("ix_officer_changed_at_id", "officer", ["changed_at", "id"])


def downgrade() -> None:
    """Takes the change back. The extension stays: it may have been there before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("officer")
    op.drop_table("membership_spell")
    op.drop_table("membership")
