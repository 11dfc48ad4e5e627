"""Facts about people, and cells that count each of them once. They are empty until events arrive; the new columns of
institutions until `wahana recompute` fills them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PERIODS = ("month", "quarter", "semester", "year")
CELLS = {
    "cell_participant": (
        "Sex and age band, services.reporting.measures.SEXES and AGES", [], ["participants"],
    ),
    "cell_member": ("0", ["members"], ["active_members"]),
    "cell_beneficiary": ("0", [], ["beneficiaries", "beyond"]),
    "cell_served": (
        "Kind of PPKS, services.reporting.measures.PPKS; -1 any of them", [], ["persons", "families", "communities"],
    ),
}  # fmt: skip
OF_INSTITUTIONS = ("members", "named")
FACTS = ("network_place", "benefit", "membership", "attendance", "sheet", "family_head", "owner")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_owners()
    _create_attendance()
    _create_links()
    for name in OF_INSTITUTIONS:
        op.add_column("cell_institution", _measure(name))
    for table, (dimension, stocks, sets) in CELLS.items():
        _create_cells(table, dimension, [*stocks, *(f"{measure}_{period}" for measure in sets for period in PERIODS)])


def _column(name: str, kind: Any, *, nullable: bool = True, comment: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable, comment=comment)


def _key() -> sa.Column[int]:
    return sa.Column(
        "key", sa.Integer(), sa.Identity(always=True), nullable=False, comment="This database's number for it"
    )


def _sequence() -> sa.Column[int]:
    return _column("sequence", sa.Integer(), nullable=False, comment="0: referred to, its own event has not arrived")


def _measure(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _create_owners() -> None:
    op.create_table(
        "owner",
        _key(),
        _column("unit", sa.SmallInteger(), nullable=False, comment="0 person, 1 family, 2 community"),
        _column("id", sa.Uuid(), nullable=False),
        _sequence(),
        sa.Column(
            "voided", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="Its facts count nowhere"
        ),
        _column("sex", sa.SmallInteger(), comment="Of a person: services.reporting.measures.SEXES"),
        _column("birth_year", sa.SmallInteger()),
        _column("duplicate_of", sa.Integer(), comment="Key of the person this record is really about"),
        _column(
            "counts_as", sa.Integer(), comment="Key of the person at the end of such links; null: counts as itself"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_owner"),
        sa.UniqueConstraint("unit", "id", name="uq_owner_unit_id"),
    )
    op.create_index("ix_owner_counts_as", "owner", ["counts_as"], postgresql_where=sa.text("counts_as IS NOT NULL"))
    op.create_table(
        "family_head",
        _column("family_key", sa.Integer(), nullable=False),
        _column("number", sa.SmallInteger(), nullable=False),
        _column("person_key", sa.Integer(), nullable=False),
        _column("since", sa.Date(), comment="Null: from the beginning"),
        _column("until", sa.Date()),
        sa.PrimaryKeyConstraint("family_key", "number", name="pk_family_head"),
    )
    op.create_index("ix_family_head_person_key", "family_head", ["person_key"])


def _create_attendance() -> None:
    op.create_table(
        "sheet",
        _key(),
        _column("id", sa.Uuid(), nullable=False),
        _sequence(),
        _column("activity_id", sa.Uuid()),
        _column("held_on", sa.Date(), comment="Null while it does not count; then it has no rows of attendance"),
        _column("village_id", sa.Uuid()),
        _column("organiser_ids", sa.ARRAY(sa.Uuid())),
        sa.PrimaryKeyConstraint("key", name="pk_sheet"),
        sa.UniqueConstraint("id", name="uq_sheet_id"),
    )
    op.create_index("ix_sheet_village_id", "sheet", ["village_id"])
    op.create_table(
        "attendance",
        _column("person_key", sa.Integer(), nullable=False),
        _column("year", sa.SmallInteger(), nullable=False, comment="Of the sheet's day"),
        _column("sheet_key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", "year", "sheet_key", name="pk_attendance"),
    )
    op.create_index("ix_attendance_sheet_key", "attendance", ["sheet_key"])


def _create_links() -> None:
    op.create_table(
        "membership",
        _column("id", sa.Uuid(), nullable=False),
        _sequence(),
        _column("person_key", sa.Integer(), comment="Null while it counts nowhere"),
        _column("institution_id", sa.Uuid()),
        _column("since", sa.ARRAY(sa.Date()), comment="First days of its spells"),
        _column("until", sa.ARRAY(sa.Date()), comment="First days after them; null while one lasts"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )
    for column in ("person_key", "institution_id"):
        op.create_index(f"ix_membership_{column}", "membership", [column])
    op.create_table(
        "benefit",
        _column("id", sa.Uuid(), nullable=False),
        _sequence(),
        _column("owner_key", sa.Integer(), comment="Null while it counts nowhere"),
        _column("giver", sa.SmallInteger(), comment="0 institution, 1 network, 2 partner"),
        _column("giver_id", sa.Uuid()),
        _column("given_on", sa.Date()),
        _column("village_id", sa.Uuid()),
        _column("kinds", sa.Integer(), comment="Kinds of PPKS as bits: services.reporting.measures.PPKS"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit"),
    )
    for column in ("owner_key", "village_id"):
        op.create_index(f"ix_benefit_{column}", "benefit", [column])
    op.create_index("ix_benefit_network", "benefit", ["giver_id"], postgresql_where=sa.text("giver = 1"))
    op.create_table(
        "network_place",
        _column("id", sa.Uuid(), nullable=False, comment="Of the network membership"),
        _sequence(),
        _column("network_id", sa.Uuid(), comment="Null while it counts nowhere"),
        _column("institution_id", sa.Uuid()),
        _column("since", sa.ARRAY(sa.Date())),
        _column("until", sa.ARRAY(sa.Date())),
        sa.PrimaryKeyConstraint("id", name="pk_network_place"),
    )
    op.create_index("ix_network_place_network_id", "network_place", ["network_id"])


def _create_cells(table: str, dimension: str, measures: list[str]) -> None:
    op.create_table(
        table,
        _column("region_key", sa.Integer(), nullable=False),
        _column("month", sa.Integer(), nullable=False, comment="year * 12 + month - 1"),
        _column("dimension", sa.SmallInteger(), nullable=False, comment=dimension),
        _column("tree", sa.SmallInteger(), nullable=False, comment="0 both trees, 1 as_was only, 2 current only"),
        *map(_measure, measures),
        sa.PrimaryKeyConstraint("region_key", "month", "dimension", "tree", name=f"pk_{table}"),
    )


def downgrade() -> None:
    """Takes the change back; the facts are read from the topics again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (*CELLS, *FACTS):
        op.drop_table(table)
    for name in reversed(OF_INSTITUTIONS):
        op.drop_column("cell_institution", name)
