"""Regions in time and their changes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SYSTEMS = ("kemendagri", "bps")
SUCCESSIONS = ("recode", "rename", "split", "merge", "transfer", "status")
CONFIDENCES = ("decreed", "exact", "ambiguous")
STATES = ("proposed", "applied", "withdrawn")
TO_COME = sa.text("until IS NULL")


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.add_column(
        "region", sa.Column("local_level", sa.Text(), comment="What people there call this level: nagari, gampong")
    )
    op.add_column("region", sa.Column("changes", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    # A code may be given to another region once it has ended.
    op.drop_constraint("uq_region_code", "region", type_="unique")
    op.create_index("uq_region_code_today", "region", ["code"], unique=True, postgresql_where=TO_COME)
    _create_region_code()
    _create_earlier("region_name", sa.Column("name", sa.Text(), nullable=False))
    _create_earlier("region_parent", sa.Column("parent_id", sa.Uuid(), nullable=False))
    op.create_foreign_key("fk_region_parent_parent_id_region", "region_parent", "region", ["parent_id"], ["id"])
    _create_region_succession()
    _create_region_change()
    op.execute(
        "INSERT INTO region_code (region_id, system, code, decree)"
        " SELECT id, 'kemendagri', code, decree FROM region ORDER BY code"
    )


def _create_region_code() -> None:
    op.create_table(
        "region_code",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("system", _codes("system", *SYSTEMS), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False, comment="As its system writes it: 32.04 or 3204"),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("decree", sa.Text(), comment="That gave it; null if not known"),
        sa.CheckConstraint("since < until", name="ck_region_code_days"),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name="fk_region_code_region_id_region"),
        sa.PrimaryKeyConstraint("id", name="pk_region_code"),
        postgresql.ExcludeConstraint(
            (sa.text("(nullif(translate(code, 'ID.', ''), '')::bigint)"), "="),
            ("system", "="),
            (sa.text("daterange(since, until)"), "&&"),
            name="ex_region_code_one_holder",
            using="gist",
        ),
    )
    op.create_index(
        "uq_region_code_of_region", "region_code", ["region_id", "system", "until"], unique=True,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("ix_region_code_code_system", "region_code", ["code", "system"])


def _create_earlier(table: str, value: sa.Column[object]) -> None:
    """A table of what was in force before today's value, which stands in the region's own row."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        value,
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("decree", sa.Text(), comment="That gave it; null if not known"),
        sa.CheckConstraint("since < until", name=f"ck_{table}_days"),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=f"fk_{table}_region_id_region"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"uq_{table}_region_id_until", table, ["region_id", "until"], unique=True)


def _create_region_succession() -> None:
    op.create_table(
        "region_succession",
        sa.Column("id", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("from_id", sa.Uuid()),
        sa.Column(
            "from_code", sa.Text(collation="C"), nullable=False, comment="Kemendagri code it had on the day before"
        ),
        sa.Column("from_name", sa.Text(), nullable=False, comment="Name it had on the day before"),
        sa.Column("to_id", sa.Uuid()),
        sa.Column("kind", _codes("kind", *SUCCESSIONS), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False, comment="First day of what came out of it"),
        sa.Column("decree", sa.Text()),
        sa.Column("confidence", _codes("confidence", *CONFIDENCES), nullable=False),
        sa.Column("rights_follow", sa.Boolean(), nullable=False),
        sa.Column("takes_records", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["region.id"], name="fk_region_succession_from_id_region"),
        sa.ForeignKeyConstraint(["to_id"], ["region.id"], name="fk_region_succession_to_id_region"),
        sa.PrimaryKeyConstraint("id", name="pk_region_succession"),
    )
    op.create_index("ix_region_succession_from_id", "region_succession", ["from_id"])
    op.create_index("ix_region_succession_to_id", "region_succession", ["to_id"])
    op.create_index(
        "uq_region_succession_link", "region_succession", ["from_code", "to_id", "effective_on"], unique=True,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip


def _create_region_change() -> None:
    op.create_table(
        "region_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", _codes("state", *STATES), nullable=False),
        sa.Column("number", sa.Integer(), comment="In the order of application, without gaps; null until then"),
        sa.Column("decree", sa.Text(), nullable=False),
        sa.Column("decreed_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("operations", postgresql.JSONB(), nullable=False),
        sa.Column("subjects", postgresql.JSONB(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False, comment="Token subject: somebody else applies it"),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), comment="Token subject of who applied or withdrew it"),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text(), comment="Why it was proposed, or withdrawn since"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_region_change"),
        sa.UniqueConstraint("number", name="uq_region_change_number"),
    )
    op.create_index("ix_region_change_changed_at_id", "region_change", ["changed_at", "id"])


def downgrade() -> None:
    """Takes the change back. Fails while an ended region's code belongs to another: the table knows one holder only."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("region_change", "region_succession", "region_parent", "region_name", "region_code"):
        op.drop_table(table)
    op.drop_index("uq_region_code_today", "region")
    op.create_unique_constraint("uq_region_code", "region", ["code"])
    op.drop_column("region", "changes")
    op.drop_column("region", "local_level")
