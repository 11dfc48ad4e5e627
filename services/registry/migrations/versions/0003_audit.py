"""The audit trail and the seals of its days: read and added to, never changed, whoever asks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFUSE = """
    CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END $$
"""


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False, comment="Its table"),
        sa.Column("record_id", sa.Text(collation="C"), nullable=False),
        sa.Column("sequence", sa.Integer(), comment="The version that came of it, if the record has versions"),
        sa.Column("action", sa.Text(), nullable=False, comment="A past-tense verb: registered, changed, verified"),
        sa.Column("before", postgresql.JSON(), comment="Changed columns as they were; null if it was created"),
        sa.Column("after", postgresql.JSON(), comment="The same columns since; json keeps the text that is sealed"),
        sa.Column(
            "disclosed", sa.ARRAY(sa.Text()), comment="Personal fields that were shown; nothing was changed then"
        ),
        sa.Column("actor", sa.Text(), nullable=False, comment="Who, by token subject"),
        sa.Column("client", sa.Text(), nullable=False, comment="Through which OAuth client; wahana: a command"),
        sa.Column("request_id", sa.Text()),
        sa.Column("reason", sa.Text(), comment="Why, in the actor's words"),
        sa.Column(
            "region_ids",
            sa.ARRAY(sa.Uuid()),
            comment="Regions it concerns, before and after: who may read it; null: all",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_record_id", "audit_entry", ["record_id"])
    op.create_index("ix_audit_entry_at_id", "audit_entry", ["at", "id"])
    op.create_index(
        "ix_audit_entry_of_all_at_id", "audit_entry", ["at", "id"], postgresql_where=sa.text("region_ids IS NULL")
    )
    op.create_index("ix_audit_entry_region_ids", "audit_entry", ["region_ids"], postgresql_using="gin")
    op.create_table(
        "audit_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC; it has ended"),
        sa.Column(
            "last_id", sa.BigInteger(), nullable=False, comment="It covers the ids after the seal before, to this"
        ),
        sa.Column("ids", postgresql.INT8MULTIRANGE(), nullable=False, comment="Those of them that are entries"),
        sa.Column("entries", sa.Integer(), nullable=False, comment="How many"),
        sa.Column(
            "digests",
            sa.LargeBinary(),
            nullable=False,
            comment="First eight bytes of each entry's hash, in order of ids",
        ),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False, comment="Of the seal before; zeros for the first"),
        sa.Column("hash", sa.LargeBinary(), nullable=False, comment="SHA-256, as shared/audit_seal.py writes it down"),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seal"),
        sa.UniqueConstraint("day", name="uq_audit_seal_day"),
    )
    op.execute(REFUSE)
    for table in ("audit_entry", "audit_seal"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )
        # Also in a session that plays a replica, which skips other triggers.
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_table("audit_seal")
    op.drop_table("audit_entry")
    op.execute("DROP FUNCTION refuse_rewriting()")
