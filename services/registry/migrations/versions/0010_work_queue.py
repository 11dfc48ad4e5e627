"""What the work queue and the reminders are read by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAITING = "When it was submitted, reviewed or returned; null: for nobody"
# Of what waits already: when it last took a step, or changed.
SINCE = """
    UPDATE institution SET waiting_since = coalesce(
        (SELECT max(time) FROM outbox WHERE subject_id = institution.id
         AND split_part(type, '.', 3) IN ('submitted', 'reviewed', 'returned')), changed_at)
    WHERE verification IN ('diajukan', 'diperiksa_kecamatan', 'dikembalikan') AND NOT voided
"""
SINCE_OF_REQUESTS = """
    UPDATE change_request SET waiting_since = changed_at
    WHERE verification IN ('diajukan', 'diperiksa_kecamatan', 'dikembalikan') AND NOT voided
"""


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("institution", "change_request"):
        op.add_column(table, sa.Column("waiting_since", sa.DateTime(timezone=True), comment=WAITING))
    op.execute(SINCE)
    op.execute(SINCE_OF_REQUESTS)
    for table in ("institution", "change_request"):
        op.create_index(
            f"ix_{table}_waiting_since_id", table, ["waiting_since", "id"],
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
        )  # fmt: skip
    op.create_index(
        "ix_partnership_until_id", "partnership", ["until", "id"], postgresql_where=sa.text("ended_on IS NULL")
    )
    op.create_index(
        "ix_network_formed_on_id", "network", ["formed_on", "id"], postgresql_where=sa.text("status = 'dibentuk'")
    )
    op.create_index("ix_network_legalised_until", "network", [sa.text("((legalisations -> -1) ->> 'until')"), "id"])


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_network_legalised_until", "network")
    op.drop_index("ix_network_formed_on_id", "network")
    op.drop_index("ix_partnership_until_id", "partnership")
    for table in ("change_request", "institution"):
        op.drop_index(f"ix_{table}_waiting_since_id", table)
        op.drop_column(table, "waiting_since")
