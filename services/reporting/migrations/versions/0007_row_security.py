"""Row security: the second wall behind the area scope of the statements (`shared.walls`).

Numbers carry no person and no caller. Answers that are kept for a caller are that caller's; parked events hold the bytes
of events of anywhere, about people and help too, and are for callers whose area is the nation.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

AREAS = "(SELECT nullif(current_setting('wahana.areas', true), '')::text[])::text[]"
CALLER = "(SELECT current_setting('wahana.caller', true))"

WALLS = {
    "idempotency_key": f"caller = {CALLER} OR '*' = ANY ({AREAS})",
    "parked_event": f"'' = ANY ({AREAS})",
}


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, seen in WALLS.items():
        op.execute(f"CREATE POLICY wall ON {table} USING ({seen})")
        op.execute(f"CREATE POLICY through ON {table} TO CURRENT_USER USING (true)")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in WALLS:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY through ON {table}")
        op.execute(f"DROP POLICY wall ON {table}")
