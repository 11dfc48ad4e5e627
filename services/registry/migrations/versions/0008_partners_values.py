"""Partners, partnerships and local cultural values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

PARTNERS = ("pemda", "instansi", "badan_lembaga", "dunia_usaha", "lks", "perguruan_tinggi", "perorangan")
STATES = ("dijalankan", "memudar", "hilang", "dihidupkan_kembali")
CODE = "Its code, by which the area scope is decided"


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def _record() -> list[sa.Column[object]]:
    instant = sa.DateTime(timezone=True)
    return [
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", instant, nullable=False),
        sa.Column("changed_at", instant, nullable=False),
    ]


def _index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))


def _index_words(table: str) -> None:
    op.create_index(
        f"ix_{table}_search_text", table, ["search_text"], postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _create_partner()
    _create_partnership()
    _create_cultural_value()


def _create_partner() -> None:
    op.create_table(
        "partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", _codes("kind", *PARTNERS), nullable=False),
        sa.Column("name", sa.Text(), comment="Null for a person"),
        sa.Column("person_name", sa.Text()),
        sa.Column("contact", postgresql.JSONB()),
        sa.Column("region_id", sa.Uuid(), nullable=False, comment="Region it belongs to, of any level"),
        sa.Column("region_code", sa.Text(collation="C"), nullable=False, comment=CODE),
        *_record(),
        sa.Column(
            "sort_name", sa.Text(collation="C"), nullable=False,
            comment="The name without case and accents; empty for a person: cursors show it",
        ),
        sa.Column("search_text", sa.Text(), nullable=False, comment="The name as it is searched; empty for a person"),
        sa.CheckConstraint(
            "CASE kind WHEN 'perorangan' THEN name IS NULL AND person_name IS NOT NULL AND sort_name = ''"
            " AND search_text = '' ELSE name IS NOT NULL AND person_name IS NULL END",
            name=op.f("ck_partner_one_name"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partner"),
    )  # fmt: skip
    _index("partner", "region_code")
    _index("partner", "sort_name", "id")
    _index("partner", "changed_at", "id")
    _index_words("partner")


def _create_partnership() -> None:
    ids = postgresql.ARRAY(sa.Uuid())
    order = "Parties; in the order they were given"
    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("institution_ids", ids, nullable=False, comment=order),
        sa.Column("network_ids", ids, nullable=False, comment=order),
        sa.Column("region_ids", ids, nullable=False, comment="Areas covered, of any level"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("contributions", postgresql.JSONB(), nullable=False),
        *_record(),
        sa.Column("search_text", sa.Text(), nullable=False, comment="Title and number as they are searched"),
        sa.CheckConstraint(
            "cardinality(institution_ids) + cardinality(network_ids) > 0", name=op.f("ck_partnership_has_parties")
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_partnership_lasts")),
        sa.CheckConstraint(
            "ended_on > since AND (until IS NULL OR ended_on < until)", name=op.f("ck_partnership_ended_early")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_partnership"),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name="fk_partnership_partner_id_partner"),
    )
    _index("partnership", "partner_id")
    for parties in ("institution_ids", "network_ids"):
        op.create_index(f"ix_partnership_{parties}", "partnership", [parties], postgresql_using="gin")
    _index("partnership", "since", "id")
    _index("partnership", "changed_at", "id")
    _index_words("partnership")


def _create_cultural_value() -> None:
    ids = postgresql.ARRAY(sa.Uuid())
    op.create_table(
        "cultural_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", _codes("kind", "adat", "tradisi", "kebiasaan"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("local_name", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("institution_ids", ids, nullable=False, comment="Institutions that practise it"),
        sa.Column("observations", postgresql.JSONB(), nullable=False, comment="By day; entry errors among them"),
        sa.Column("state", _codes("state", *STATES), nullable=False),
        sa.Column("state_since", sa.Date(), nullable=False, comment="First day of that state, as far as observed"),
        *_record(),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False, comment="The name without case and accents"),
        sa.Column("search_text", sa.Text(), nullable=False, comment="Name and local name as they are searched"),
        sa.PrimaryKeyConstraint("id", name="pk_cultural_value"),
    )
    op.create_index("ix_cultural_value_institution_ids", "cultural_value", ["institution_ids"], postgresql_using="gin")
    _index("cultural_value", "sort_name", "id")
    _index("cultural_value", "changed_at", "id")
    _index_words("cultural_value")
    op.create_table(
        "practice_place",
        sa.Column("cultural_value_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False, comment=CODE),
        sa.PrimaryKeyConstraint("cultural_value_id", "village_id", name="pk_practice_place"),
        sa.ForeignKeyConstraint(
            ["cultural_value_id"], ["cultural_value.id"], name="fk_practice_place_cultural_value_id_cultural_value"
        ),
    )
    _index("practice_place", "village_code")


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("practice_place", "cultural_value", "partnership", "partner"):
        op.drop_table(table)
