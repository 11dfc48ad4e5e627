"""Resources, granaries, and monthly reports of villages."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SOURCES = ("iuran", "jimpitan", "donasi_warga", "apbdes", "apbd", "apbn", "csr", "mitra")
FORMS = ("tunai", "barang", "tenaga")
KINDS = ("institution", "network", "partner")
DIRECTIONS = ("masuk", "keluar")
REASONS = ("simpanan", "pengembalian", "pembelian", "bantuan_diterima", "pinjaman", "bantuan_diberikan", "pengambilan",
           "penjualan", "susut")  # fmt: skip
EFFECT = "CASE WHEN voided THEN 0 WHEN direction = 'masuk' THEN quantity ELSE - quantity END"
RULES = {
    "receiver": "receiver_kind <> 'partner'",
    "value_not_negative": "value >= 0",
    "refunded_at_most_value": "refunded BETWEEN 0 AND coalesce(value, 0)",
    "cash_valued": "form <> 'tunai' OR value IS NOT NULL",
    "goods_measured": "(form = 'barang') = (quantity IS NOT NULL AND unit IS NOT NULL)",
    "labour_in_days": "(form = 'tenaga') = (days IS NOT NULL)",
    "labour_valued_by_rate": "form <> 'tenaga' OR (value IS NULL) = (rate IS NULL)",
}
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
    _create_resource()
    _create_stock_entry()
    _create_stock_balance()
    _create_village_report()


def _create_resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), comment="Null: to the organisation itself"),
        sa.Column("receiver_kind", _codes("receiver_kind", *KINDS), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("source", _codes("source", *SOURCES), nullable=False),
        sa.Column("form", _codes("form", *FORMS), nullable=False),
        sa.Column("value", sa.BigInteger(), comment="Whole rupiah before refunds; null: not stated"),
        sa.Column("quantity", sa.Numeric(14, 3), comment="Of goods, in `unit`"),
        sa.Column("unit", sa.Text()),
        sa.Column("days", sa.Numeric(14, 3), comment="Of labour: person-days"),
        sa.Column("rate", sa.BigInteger(), comment="Of labour: stated rupiah a day; null: none"),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), comment="Stays here: never in events"),
        sa.Column("refunds", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("refunded", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
        *(sa.CheckConstraint(rule, name=f"ck_resource_{name}") for name, rule in RULES.items()),
    )
    for columns in (["received_on", "id"], ["changed_at", "id"], ["activity_id"], ["receiver_id"], ["village_id"],
                    ["village_code"]):  # fmt: skip
        op.create_index(f"ix_resource_{'_'.join(columns)}", "resource", columns)


def _create_stock_entry() -> None:
    op.create_table(
        "stock_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("commodity", sa.Text(collation="C"), nullable=False, comment="Folded"),
        sa.Column("unit", sa.Text(collation="C"), nullable=False, comment="Folded"),
        sa.Column("direction", _codes("direction", *DIRECTIONS), nullable=False),
        sa.Column("reason", _codes("reason", *REASONS), nullable=False),
        sa.Column("quantity", sa.Numeric(14, 3), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False, comment="Local date on which it went"),
        sa.Column(
            "balance", sa.Numeric(20, 3), nullable=False,
            comment="Of all entries of this commodity and unit, after it was recorded or voided",
        ),
        sa.Column(
            "village_id", sa.Uuid(), nullable=False, comment="The institution's seat when it was recorded"
        ),
        sa.Column("activity_id", sa.Uuid()),
        *_record(),
        sa.Column(
            "effect", sa.Numeric(14, 3), sa.Computed(EFFECT, persisted=True), nullable=False,
            comment="What it does to the balance",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stock_entry"),
        sa.CheckConstraint("quantity > 0", name="ck_stock_entry_quantity_positive"),
    )  # fmt: skip
    op.create_index("ix_stock_entry_ledger", "stock_entry", ["institution_id", "commodity", "unit", "moved_on"])
    for columns in (["moved_on", "id"], ["changed_at", "id"], ["activity_id"]):
        op.create_index(f"ix_stock_entry_{'_'.join(columns)}", "stock_entry", columns)


def _create_stock_balance() -> None:
    op.create_table(
        "stock_balance",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("commodity", sa.Text(collation="C"), nullable=False),
        sa.Column("unit", sa.Text(collation="C"), nullable=False),
        sa.Column("balance", sa.Numeric(20, 3), nullable=False),
        sa.PrimaryKeyConstraint("institution_id", "commodity", "unit", name="pk_stock_balance"),
        sa.CheckConstraint("balance >= 0", name="ck_stock_balance_not_below_zero"),
    )


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
    for table in ("village_report", "stock_balance", "stock_entry", "resource"):
        op.drop_table(table)
