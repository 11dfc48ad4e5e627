"""Measures of directed, funded and cultural activities, reports of villages, and reference data.

The cells are empty until `wahana recompute` fills them.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = ("month", "quarter", "semester", "year")
MEASURES = {
    "cell_activity": ["directable", "directed", "attendance", "named"],
    "cell_institution": ["empowered"],
    "cell_village": [f"{what}_{kind}" for what in ("reported", "accepted", "in_time") for kind in KINDS],
}
CELLS = {
    "cell_resource": ("Funding source, services.reporting.measures.SOURCES", ["value", "unvalued"]),
    "cell_value": ("0", ["alive", "practised"]),
}
COMMENTS = (
    (
        "dossier", "noun", sa.Text(), False,
        "institution, network or activity: services give ids apart, two may give the same",
        "Of the event: services give ids apart, two may give the same",
    ),
    (
        "dossier", "village_id", sa.Uuid(), True,
        "Where it is held, the last seat, or a village of the territory",
        "Where it is held, the last seat, or one of the villages in which it counts",
    ),
    ("tally", "owner_id", sa.Uuid(), False, "Institution or village", "Institution, village or cultural value"),
)  # fmt: skip
PPKS = (
    "ABT", "AT", "ABH", "AJ", "ADK", "AKTK", "AMPK", "LUT", "PD", "TS", "GLD", "PGM", "PML", "KMIN", "BWBLP", "ODHA",
    "NAPZA", "KTR", "KTK", "PMBS", "KBA", "KBS", "PRSE", "FM", "KBSP", "KAT",
)  # fmt: skip
UNITS = ("perorangan", "keluarga", "komunitas")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, measures in MEASURES.items():
        for measure in measures:
            op.add_column(table, _measure(measure))
    for table, (dimension, measures) in CELLS.items():
        _create_cells(table, dimension, measures)
    for table, column, kind, nullable, before, after in COMMENTS:
        op.alter_column(
            table, column, existing_type=kind, existing_nullable=nullable, existing_comment=before, comment=after
        )
    _create_reference()


def _measure(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _create_cells(table: str, dimension: str, measures: list[str]) -> None:
    op.create_table(
        table,
        sa.Column("region_key", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False, comment="year * 12 + month - 1"),
        sa.Column("dimension", sa.SmallInteger(), nullable=False, comment=dimension),
        sa.Column("tree", sa.SmallInteger(), nullable=False, comment="0 both trees, 1 as_was only, 2 current only"),
        *map(_measure, measures),
        sa.PrimaryKeyConstraint("region_key", "month", "dimension", "tree", name=f"pk_{table}"),
    )


def _create_reference() -> None:
    op.execute("CREATE SCHEMA reference")
    about = [sa.Column("month", sa.SmallInteger(), nullable=False, comment="1 to 12: as at its last day")]
    _create_revisions("population", about, "Inhabitants")
    about = [
        sa.Column("kind", _codes("ppks_baseline_kind", PPKS), comment="Null: of any kind, each counted once"),
        sa.Column("unit", _codes("ppks_baseline_unit", UNITS), nullable=False),
    ]
    _create_revisions("ppks_baseline", about, "On record at the start of the year")


def _codes(name: str, codes: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*codes, name=op.f(f"ck_{name}"), native_enum=False, create_constraint=True)


def _create_revisions(table: str, about: list[sa.Column[Any]], comment: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        *about,
        sa.Column("amount", sa.BigInteger(), nullable=False, comment=comment),
        sa.Column("source", sa.Text(), nullable=False, comment="Who published it, and where"),
        sa.Column("reason", sa.Text(), comment="Why it takes the place of the revision before"),
        sa.Column("revision", sa.Integer(), nullable=False, comment="1, 2, 3 …; the newest holds"),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "region_id", "year", *(column.name for column in about), "revision", name=op.f(f"uq_{table}_revision"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("amount >= 0", name=op.f(f"ck_{table}_amount_not_negative")),
        schema="reference",
    )  # fmt: skip


def downgrade() -> None:
    """Takes the change back. What was told as reference data is lost."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("ppks_baseline", "population"):
        op.drop_table(table, schema="reference")
    op.execute("DROP SCHEMA reference")
    for table, column, kind, nullable, before, after in COMMENTS:
        op.alter_column(
            table, column, existing_type=kind, existing_nullable=nullable, existing_comment=after, comment=before
        )
    for table in CELLS:
        op.drop_table(table)
    for table, measures in MEASURES.items():
        for measure in reversed(measures):
            op.drop_column(table, measure)
