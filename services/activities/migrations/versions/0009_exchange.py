"""Needs, offers and experiences."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("dana", "barang", "tenaga", "keahlian", "sarana", "pengetahuan", "pendampingan", "pemasaran", "lainnya")
ACTIVITY_KINDS = (
    "gotong_royong", "penyadaran", "sosialisasi_wksbm", "pelatihan", "bimbingan", "bantuan_barang", "bantuan_uang",
    "bantuan_sarana", "simpan_pinjam", "lumbung", "layanan_kematian", "kesehatan", "pendidikan", "rujukan",
    "tanggap_darurat", "pelestarian_budaya", "musyawarah", "lainnya",
)  # fmt: skip
# The stems of the title weigh more than those of the rest. PostgreSQL brings the Indonesian stemmer (snowball).
STEMS = (
    "setweight(to_tsvector('indonesian'::regconfig, searchable(title)), 'A')"
    " || to_tsvector('indonesian'::regconfig, search_text)"
)


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, digest in (("need", "answers"), ("offer", "taken_up")):
        _create_posted(table, *_sought(digest), sa.CheckConstraint(
            "(outcome IS NOT NULL) = (state = 'ditutup')", name=op.f(f"ck_{table}_outcome_if_closed")
        ))  # fmt: skip
    _create_posted("experience", *_told(), sa.CheckConstraint("uses >= 0", name=op.f("ck_experience_uses")))
    _create_answer()
    _create_endorsement()
    _index_places()


def _index_places() -> None:
    """By which organisations of an area are found: where a posting's scope is asked for."""
    op.create_index(op.f("ix_known_region_area_code"), "known_region", ["area_code"])
    op.create_index(
        "ix_known_network_territory", "known_network", ["territory"], postgresql_using="gin",
        postgresql_ops={"territory": "jsonb_path_ops"},
    )  # fmt: skip


def _code(name: str, *codes: str, nullable: bool = False) -> sa.Column[Any]:
    kind = sa.Enum(*codes, name=name, native_enum=False, create_constraint=True)
    return sa.Column(name, kind, nullable=nullable)


def _organisation(name: str) -> list[sa.Column[Any]]:
    return [
        _code(f"{name}_kind", "institution", "network", "partner"),
        sa.Column(f"{name}_id", sa.Uuid(), nullable=False),
    ]


def _create_posted(table: str, *more: sa.Column[Any] | sa.CheckConstraint) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        *_organisation("poster"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("village_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(collation="C"), nullable=False),
        _code("scope", "network", "village", "district", "regency", "public"),
        sa.Column("network_id", sa.Uuid(), nullable=True, comment="Of scope network: which"),
        _code("state", "terbuka", "dijawab", "ditutup"),
        sa.Column("voided", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False, comment="All its words as they are searched"),
        sa.Column("search", postgresql.TSVECTOR(), sa.Computed(STEMS, persisted=True), nullable=False),
        *more,
        sa.CheckConstraint("poster_kind <> 'partner'", name=op.f(f"ck_{table}_poster_posts")),
        sa.CheckConstraint("(scope = 'network') = (network_id IS NOT NULL)", name=op.f(f"ck_{table}_network_if_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for name in ("village_code", "village_id", "poster_id", "network_id"):
        op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_index(f"ix_{table}_changed_at_id", table, ["changed_at", "id"])
    op.create_index(f"ix_{table}_search", table, ["search"], postgresql_using="gin")
    op.create_index(
        f"ix_{table}_search_text", table, ["search_text"], postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )  # fmt: skip


def _digest(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(none_as_null=True), server_default=sa.text("'[]'"), nullable=False)


def _sought(digest: str) -> list[sa.Column[Any]]:
    return [
        _code("kind", *KINDS),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("commodity", sa.Text(), nullable=True, comment="What, in a word or two"),
        sa.Column("quantity", sa.Text(), nullable=True, comment="How much, in words"),
        sa.Column("last_day", sa.Date(), nullable=True, comment="Local day until which it stands"),
        _code("outcome", "terpenuhi", "sebagian", "tidak_terpenuhi", "ditarik", nullable=True),
        sa.Column("outcome_note", sa.Text(), nullable=True),
        sa.Column("closed_with", sa.Uuid(), nullable=True, comment="The answer by which it was met"),
        _digest(digest),
    ]


def _told() -> list[sa.Column[Any]]:
    return [
        _code("kind", *ACTIVITY_KINDS),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=True, comment="The activity it comes from"),
        sa.Column("cultural_value_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        _digest("endorsed_by"),
        sa.Column("endorsements", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="As many stand"),
        sa.Column("uses", sa.Integer(), server_default=sa.text("0"), nullable=False),
    ]


def _create_answer() -> None:
    op.create_table(
        "exchange_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        *_organisation("by"),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False, comment="Local day of the posting's village"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "need_id IS NOT NULL OR offer_id IS NOT NULL", name=op.f("ck_exchange_answer_answers_something")
        ),
        sa.CheckConstraint("by_kind <> 'partner'", name=op.f("ck_exchange_answer_partner_answers_not")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_exchange_answer_need_id_need")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_exchange_answer_offer_id_offer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_answer")),
    )
    op.create_index(op.f("ix_exchange_answer_need_id"), "exchange_answer", ["need_id"])
    op.create_index(op.f("ix_exchange_answer_offer_id"), "exchange_answer", ["offer_id"])
    op.create_index(
        "uq_exchange_answer_standing", "exchange_answer", ["need_id", "offer_id", "by_kind", "by_id"], unique=True,
        postgresql_nulls_not_distinct=True, postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip


def _create_endorsement() -> None:
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experience_id", sa.Uuid(), nullable=False),
        *_organisation("by"),
        sa.Column("on_date", sa.Date(), nullable=False, comment="Local day of the experience's village"),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("by_kind <> 'partner'", name=op.f("ck_endorsement_partner_endorses_not")),
        sa.ForeignKeyConstraint(
            ["experience_id"], ["experience.id"], name=op.f("fk_endorsement_experience_id_experience")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
    )
    op.create_index(op.f("ix_endorsement_experience_id"), "endorsement", ["experience_id"])
    op.create_index(
        "uq_endorsement_standing", "endorsement", ["experience_id", "by_kind", "by_id"], unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_known_network_territory", "known_network")
    op.drop_index(op.f("ix_known_region_area_code"), "known_region")
    for table in ("endorsement", "exchange_answer", "experience", "offer", "need"):
        op.drop_table(table)
