"""People, families and communities."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SEXES = ("L", "P", "tidak_diketahui")
ABSENCES = ("belum_punya", "tidak_dapat_ditunjukkan", "menolak", "tidak_dicatat")
SOURCES = ("dokumen", "pengakuan", "perkiraan")
FAMILY_ROLES = (
    "kepala_keluarga", "suami", "istri", "anak", "menantu", "cucu", "orang_tua", "mertua", "famili_lain", "lainnya",
)  # fmt: skip
COMMUNITY_KINDS = ("KAT", "lainnya")


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_person()
    _index_person()
    _create_family()
    _create_community()


def _create_person() -> None:
    identifying = "name, sort_name, nik, nik_index, phone, birth_date"
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("sort_name", sa.Text(collation="C"), comment="The name as it is searched: no case, no accents"),
        sa.Column("nik", sa.Text(collation="C"), comment="Sealed: AES-256-GCM"),
        sa.Column("nik_index", sa.Text(collation="C"), comment="Blind index: HMAC-SHA256 under another key"),
        sa.Column("nik_absence", _codes("nik_absence", *ABSENCES)),
        sa.Column("phone", sa.Text(collation="C"), comment="Sealed: AES-256-GCM"),
        sa.Column("sex", _codes("sex", *SEXES), nullable=False),
        sa.Column("birth_date", sa.Date()),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("birth_year_source", _codes("birth_year_source", *SOURCES)),
        sa.Column("village_id", sa.Uuid(), comment="Village of residence"),
        sa.Column("village_code", sa.Text(collation="C")),
        sa.Column("kept_village_id", sa.Uuid(), nullable=False, comment="Village that keeps the record"),
        sa.Column("kept_village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("kept_institution_id", sa.Uuid(), comment="Institution whose operator keeps the record, if one does"),
        sa.Column("consents", postgresql.JSONB(), nullable=False),
        sa.Column(
            "duplicate_of", sa.Uuid(), comment="The record that stands for this person; never itself a duplicate"
        ),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"NOT erased OR num_nonnulls({identifying}) = 0", name="erased_without_identity"),
        sa.CheckConstraint("erased OR num_nulls(name, sort_name) = 0", name="named_unless_erased"),
        sa.CheckConstraint("num_nulls(nik, nik_index) IN (0, 2)", name="nik_with_its_index"),
        sa.CheckConstraint("duplicate_of <> id", name="no_duplicate_of_itself"),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.ForeignKeyConstraint(["duplicate_of"], ["person.id"], name="fk_person_duplicate_of_person"),
    )


def _index_person() -> None:
    op.create_index("ix_person_village_code", "person", ["village_code"])
    op.create_index("ix_person_kept_village_code", "person", ["kept_village_code"])
    for column in ("kept_institution_id", "nik_index", "duplicate_of"):
        op.create_index(f"ix_person_{column}", "person", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))
    op.create_index("ix_person_changed_at_id", "person", ["changed_at", "id"])
    op.create_index(
        "ix_person_sort_name", "person", ["sort_name"], postgresql_using="gin",
        postgresql_ops={"sort_name": "gin_trgm_ops"},
    )  # fmt: skip


def _create_family() -> None:
    op.create_table(
        "family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False, comment="Village where it lives"),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("card", sa.Text(collation="C"), comment="Sealed: AES-256-GCM"),
        sa.Column("card_index", sa.Text(collation="C"), comment="Blind index: HMAC-SHA256 under another key"),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nulls(card, card_index) IN (0, 2)", name="card_with_its_index"),
        sa.PrimaryKeyConstraint("id", name="pk_family"),
    )
    op.create_index("ix_family_village_code", "family", ["village_code"])
    op.create_index("ix_family_card_index", "family", ["card_index"], postgresql_where=sa.text("card_index IS NOT NULL"))  # fmt: skip
    op.create_index("ix_family_changed_at_id", "family", ["changed_at", "id"])
    op.create_table(
        "family_member",
        sa.Column("family_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, comment="In the order of the family's list"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", _codes("role", *FAMILY_ROLES), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("family_id", "place", name="pk_family_member"),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name="fk_family_member_family_id_family"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_family_member_person_id_person"),
        postgresql.ExcludeConstraint(
            ("person_id", "="), (sa.func.daterange(sa.text("since"), sa.text("until")), "&&"),
            name="in_one_family_at_a_time", using="gist",
        ),
    )  # fmt: skip


def _create_community() -> None:
    op.create_table(
        "community",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", _codes("kind", *COMMUNITY_KINDS), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False, comment="The name without case and accents"),
        sa.Column("village_id", sa.Uuid(), nullable=False, comment="Village where it lives"),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        sa.Column("households", sa.Integer()),
        sa.Column("people", sa.Integer()),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_community"),
    )
    op.create_index("ix_community_village_code", "community", ["village_code"])
    op.create_index("ix_community_sort_name_id", "community", ["sort_name", "id"])
    op.create_index("ix_community_changed_at_id", "community", ["changed_at", "id"])
    op.create_table(
        "community_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_community_member"),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name="fk_community_member_community_id_community"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_community_member_person_id_person"),
        postgresql.ExcludeConstraint(
            ("community_id", "="), ("person_id", "="),
            (sa.func.daterange(sa.text("since"), sa.text("until")), "&&"),
            name="once_at_a_time", using="gist", where=sa.text("NOT voided"),
        ),
    )  # fmt: skip
    op.create_index("ix_community_member_person_id", "community_member", ["person_id"])
    op.create_index("ix_community_member_community_id_id", "community_member", ["community_id", "id"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("community_member", "community", "family_member", "family", "person"):
        op.drop_table(table)
    op.execute("DROP EXTENSION IF EXISTS btree_gist")
