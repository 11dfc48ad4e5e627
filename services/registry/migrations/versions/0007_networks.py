"""WKSBM networks: the record, management, memberships with delegates, work plans, and the ledger of own funds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATUSES = ("dirintis", "dibentuk", "disahkan", "aktif", "vakum", "bubar", "digabung")
ROLES = ("ketua", "wakil", "sekretaris", "bendahara", "anggota", "pembina", "pendamping", "kader")
SOURCES = ("iuran", "jimpitan", "donasi_warga", "apbdes", "apbd", "apbn", "csr", "mitra")
RECIPIENTS = ("perorangan", "keluarga", "komunitas", "lembaga", "pengelolaan")
PURPOSES = ("pencegahan", "rehabilitasi", "perlindungan", "pemberdayaan", "jaminan", "rujukan", "lainnya")
DAYS = (sa.text("daterange(since, until)"), "&&")
EFFECT = "CASE WHEN (direction = 'penggalangan') = (counters IS NULL) THEN amount ELSE - amount END"


def _codes(name: str, *codes: str) -> sa.Enum:
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)


def _instants() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("registered_at", "changed_at")]


def _of_network(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["network_id"], ["network.id"], name=f"fk_{table}_network_id_network")


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_network()
    _create_network_officer()
    _create_network_membership()
    _create_network_delegate()
    _create_network_work_plan()
    _create_network_fund_entry()


def _create_network() -> None:
    op.create_table(
        "network",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("local_name", sa.Text()),
        sa.Column("territory", postgresql.JSONB(), nullable=False),
        sa.Column("status", _codes("status", *STATUSES), nullable=False),
        sa.Column("initiated_on", sa.Date(), nullable=False),
        sa.Column("formed_on", sa.Date()),
        sa.Column("legalisations", postgresql.JSONB(), nullable=False),
        sa.Column("active", postgresql.JSONB(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("management", postgresql.JSONB(), nullable=False),
        sa.Column("absorbed", postgresql.JSONB(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), comment="What it was merged into"),
        sa.Column(
            "makers", postgresql.JSONB(), nullable=False,
            comment="Token subjects of all who wrote what a legalisation covers: they may not legalise",
        ),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_instants(),
        sa.Column("sort_name", sa.Text(collation="C"), nullable=False, comment="The name without case and accents"),
        sa.Column("search_text", sa.Text(), nullable=False, comment="Name and local name as they are searched"),
        sa.PrimaryKeyConstraint("id", name="pk_network"),
    )  # fmt: skip
    op.create_index("ix_network_sort_name_id", "network", ["sort_name", "id"])
    op.create_index("ix_network_changed_at_id", "network", ["changed_at", "id"])
    op.create_index(
        "ix_network_search_text", "network", ["search_text"], postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip
    op.create_table(
        "network_place",
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column(
            "village_code", sa.Text(collation="C"), nullable=False,
            comment="Its code, by which the area scope is decided",
        ),
        sa.PrimaryKeyConstraint("network_id", "village_id", name="pk_network_place"),
        _of_network("network_place"),
    )  # fmt: skip
    op.create_index("ix_network_place_village_code", "network_place", ["village_code"])


def _create_network_officer() -> None:
    op.create_table(
        "network_officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", _codes("role", *ROLES), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("decree_number", sa.Text(), comment="Of the SK that appointed them"),
        sa.Column("decree_on", sa.Date(), comment="Date of that SK"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_instants(),
        sa.PrimaryKeyConstraint("id", name="pk_network_officer"),
        _of_network("network_officer"),
        sa.CheckConstraint("until > since", name="ck_network_officer_not_empty"),
        postgresql.ExcludeConstraint(
            ("network_id", "="), ("person_id", "="), ("role", "="), DAYS,
            using="gist", where=sa.text("NOT voided"), name="ex_network_officer_same_role",
        ),
        postgresql.ExcludeConstraint(
            ("network_id", "="), DAYS,
            using="gist", where=sa.text("role = 'ketua' AND NOT voided"), name="ex_network_officer_one_ketua",
        ),
    )  # fmt: skip
    op.create_index("ix_network_officer_person_id", "network_officer", ["person_id"])
    op.create_index("ix_network_officer_network_id_id", "network_officer", ["network_id", "id"])
    op.create_index("ix_network_officer_until_id", "network_officer", ["until", "id"])


def _create_network_membership() -> None:
    op.create_table(
        "network_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("spells", postgresql.JSONB(), nullable=False),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_instants(),
        sa.PrimaryKeyConstraint("id", name="pk_network_membership"),
    )
    op.create_index(
        "uq_network_membership_network_id_institution_id", "network_membership", ["network_id", "institution_id"],
        unique=True, postgresql_where=sa.text("NOT voided"),
    )  # fmt: skip
    op.create_index("ix_network_membership_institution_id", "network_membership", ["institution_id"])
    op.create_index("ix_network_membership_network_id_id", "network_membership", ["network_id", "id"])
    op.create_index("ix_network_membership_changed_at_id", "network_membership", ["changed_at", "id"])
    op.create_table(
        "network_membership_spell",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.PrimaryKeyConstraint("membership_id", "since", name="pk_network_membership_spell"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["network_membership.id"],
            name="fk_network_membership_spell_membership_id_network_membership",
        ),
        sa.CheckConstraint("until > since", name="ck_network_membership_spell_not_empty"),
        postgresql.ExcludeConstraint(
            ("membership_id", "="), DAYS, using="gist", name="ex_network_membership_spell_overlap"
        ),
    )  # fmt: skip


def _create_network_delegate() -> None:
    op.create_table(
        "network_delegate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date()),
        sa.Column("voided", sa.Boolean(), nullable=False),
        *_instants(),
        sa.PrimaryKeyConstraint("id", name="pk_network_delegate"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["network_membership.id"],
            name="fk_network_delegate_membership_id_network_membership",
        ),
        sa.CheckConstraint("until > since", name="ck_network_delegate_not_empty"),
        postgresql.ExcludeConstraint(
            ("membership_id", "="), ("person_id", "="), DAYS,
            using="gist", where=sa.text("NOT voided"), name="ex_network_delegate_same_person",
        ),
    )  # fmt: skip
    op.create_index("ix_network_delegate_person_id", "network_delegate", ["person_id"])
    op.create_index("ix_network_delegate_membership_id_id", "network_delegate", ["membership_id", "id"])


def _create_network_work_plan() -> None:
    op.create_table(
        "network_work_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        *_instants(),
        sa.PrimaryKeyConstraint("id", name="pk_network_work_plan"),
        _of_network("network_work_plan"),
        sa.UniqueConstraint("network_id", "year", name="uq_network_work_plan_network_id_year"),
    )


def _create_network_fund_entry() -> None:
    op.create_table(
        "network_fund_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("network_id", sa.Uuid(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False, comment="Local date on which the money went"),
        sa.Column("direction", _codes("direction", "penggalangan", "penyaluran"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False, comment="Whole rupiah"),
        sa.Column("source", _codes("source", *SOURCES), comment="Of what was collected"),
        sa.Column("institution_id", sa.Uuid(), comment="The member that gave it, if one did"),
        sa.Column(
            "recipient", _codes("recipient", *RECIPIENTS), comment="What kind of recipient it was passed on to"
        ),
        sa.Column("purpose", _codes("purpose", *PURPOSES)),
        sa.Column("note", sa.Text()),
        sa.Column("counters", sa.Uuid(), comment="The line that this one undoes"),
        sa.Column(
            "effect", sa.BigInteger(), sa.Computed(EFFECT, persisted=True), nullable=False,
            comment="What it does to the balance",
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="Token subject"),
        sa.PrimaryKeyConstraint("id", name="pk_network_fund_entry"),
        _of_network("network_fund_entry"),
        sa.ForeignKeyConstraint(
            ["counters"], ["network_fund_entry.id"], name="fk_network_fund_entry_counters_network_fund_entry"
        ),
        sa.UniqueConstraint("counters", name="uq_network_fund_entry_counters"),
        sa.CheckConstraint("amount > 0", name="ck_network_fund_entry_amount_positive"),
    )  # fmt: skip
    op.create_index(
        "ix_network_fund_entry_network_id_on_date_id", "network_fund_entry", ["network_id", "on_date", "id"]
    )
    op.execute(
        "CREATE FUNCTION refuse_change_of_fund_entry() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'a line of the ledger is undone by another, never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON network_fund_entry"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_fund_entry()"
    )


def downgrade() -> None:
    """Takes the change back. The extension stays: it may have been there before."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in (
        "network_fund_entry", "network_work_plan", "network_delegate", "network_membership_spell", "network_membership",
        "network_officer", "network_place", "network",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_fund_entry()")
