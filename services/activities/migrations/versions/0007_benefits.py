"""Benefits and referrals."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STAYS = "Stay here: they may hold a name"
APART = "Its own id, if it was told that another like it is not the same"


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def _who(given: str | None) -> list[sa.Column[Any]]:
    units = _codes("beneficiary_unit", "perorangan", "keluarga", "komunitas")
    organisations = _codes("giver_organisation", "institution", "network", "partner")
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("beneficiary_unit", units, nullable=False),
        sa.Column("beneficiary_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ppks_kinds",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="Codes of the kinds it was of at the time",
        ),
        sa.Column("giver_organisation", organisations, nullable=False, comment=given),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("lead_institution_id", sa.Uuid(), comment="The giver, if an institution"),
        sa.Column("lead_village_code", sa.Text(collation="C"), comment="Of its seat"),
    ]


def _where(place: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("village_id", sa.Uuid(), nullable=False, comment=place),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("activity_id", sa.Uuid()),
    ]


def _record() -> list[sa.Column[Any]]:
    instants = [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("recorded_at", "changed_at")]
    return [
        sa.Column("voided", sa.Boolean(), nullable=False),
        *instants,
        sa.Column("sequence", sa.Integer(), nullable=False),
    ]


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=f"fk_{table}_activity_id_activity"),
        sa.CheckConstraint(
            "(giver_organisation = 'institution') = (lead_institution_id IS NOT NULL)",
            name=f"ck_{table}_lead_if_institution",
        ),
        sa.CheckConstraint(
            "(lead_institution_id IS NULL) = (lead_village_code IS NULL)", name=f"ck_{table}_lead_has_seat"
        ),
    ]


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_referral()
    _create_benefit()


def _create_referral() -> None:
    states = _codes("state", "diajukan", "diterima", "ditolak", "selesai")
    op.create_table(
        "referral",
        *_who("Of who referred"),
        sa.Column("partner_id", sa.Uuid(), nullable=False, comment="To whom"),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("answered_on", sa.Date(), comment="Day of the newest answer; null: none yet"),
        *_where("Where it was made"),
        sa.Column("notes", sa.Text(), comment=STAYS),
        sa.Column("answer_notes", sa.Text(), comment="Stay here, as `notes`"),
        sa.Column("apart", sa.Uuid(), comment=APART),
        *_record(),
        *_constraints("referral"),
        sa.CheckConstraint(
            "(state = 'diajukan') = (answered_on IS NULL)", name="ck_referral_answered_unless_waiting"
        ),
        sa.CheckConstraint("answered_on >= referred_on", name="ck_referral_answer_order"),
    )  # fmt: skip
    _index("referral", "referred_on", "partner_id")
    op.create_index(
        "ix_referral_waiting",
        "referral",
        ["referred_on", "id"],
        postgresql_where=sa.text("state = 'diajukan' AND NOT voided"),
    )
    _same("referral", "beneficiary_id", "giver_id", "partner_id", "referred_on", "activity_id", "village_id", "apart")


def _create_benefit() -> None:
    op.create_table(
        "benefit",
        *_who(None),
        sa.Column("help", _codes("help", "uang", "barang", "jasa", "rujukan"), nullable=False),
        sa.Column("value", sa.BigInteger(), comment="Whole rupiah; null: not stated"),
        sa.Column("given_on", sa.Date(), nullable=False),
        *_where("Where it was given"),
        sa.Column("referral_id", sa.Uuid()),
        sa.Column("notes", sa.Text(), comment=STAYS),
        sa.Column(
            "member_that_day",
            sa.Boolean(),
            comment="As known when it was written, for display only; null: not of one who can be",
        ),
        sa.Column("apart", sa.Uuid(), comment=APART),
        *_record(),
        *_constraints("benefit"),
        sa.ForeignKeyConstraint(["referral_id"], ["referral.id"], name="fk_benefit_referral_id_referral"),
        sa.CheckConstraint("value >= 0", name="ck_benefit_value_not_negative"),
        sa.CheckConstraint(
            "(help = 'rujukan') = (referral_id IS NOT NULL)", name="ck_benefit_referral_if_rujukan"
        ),
    )  # fmt: skip
    _index("benefit", "given_on")
    op.create_index("ix_benefit_referral_id", "benefit", ["referral_id"], unique=True)
    _same("benefit", "beneficiary_id", "giver_id", "help", "given_on", "value", "activity_id", "village_id", "apart")


def _index(table: str, day: str, *also: str) -> None:
    columns = ("beneficiary_id", "giver_id", "lead_institution_id", "lead_village_code", "village_id", "village_code",
               "activity_id", *also)  # fmt: skip
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for column in (day, "changed_at"):
        op.create_index(f"ix_{table}_{column}_id", table, [column, "id"])


def _same(table: str, *columns: str) -> None:
    op.create_index(
        f"uq_{table}_same",
        table,
        list(columns),
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("NOT voided"),
    )


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("benefit")
    op.drop_table("referral")
