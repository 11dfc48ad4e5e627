"""Row security: the second wall behind the area scope of the statements (`shared.walls`)."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What the request says of its caller, read once for each statement. Absent or empty: nothing is seen.
AREAS = "(SELECT nullif(current_setting('wahana.areas', true), '')::text[])::text[]"
OWN = "(SELECT nullif(current_setting('wahana.institution', true), '')::uuid)"
CALLER = "(SELECT current_setting('wahana.caller', true))"
# An area is the beginning of the codes in it; the nation's is empty. It stands first where the rest is looked up.
NATION = f"'' = ANY ({AREAS})"
CONCERNED = (
    f"EXISTS (SELECT FROM known_region place WHERE place.id = ANY (region_ids) AND place.area_code ^@ ANY ({AREAS}))"
)
LED = f"EXISTS (SELECT FROM activity led WHERE led.id = subject_id AND led.lead_village_code ^@ ANY ({AREAS}))"
GIVEN = f"village_code ^@ ANY ({AREAS}) OR lead_village_code ^@ ANY ({AREAS}) OR lead_institution_id = {OWN}"

WALLS = {
    "benefit": GIVEN,
    "referral": GIVEN,
    "attendance_sheet": f"{GIVEN} OR {OWN} = ANY (organiser_ids)",
    "outbox": f"{NATION} OR region_ids IS NULL OR {CONCERNED} OR {LED}",
    "audit_entry": f"{NATION} OR region_ids IS NULL OR {CONCERNED}",
    "batch_operation": f"caller = {CALLER} OR '*' = ANY ({AREAS})",
    "idempotency_key": f"caller = {CALLER} OR '*' = ANY ({AREAS})",
}
TOLD_TO_OTHERS = ("outbox", "audit_entry")
"""Written about what lies elsewhere too."""

OLDEST_TRANSACTION = """
    CREATE FUNCTION oldest_transaction() RETURNS double precision LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
        SELECT CAST(coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) AS double precision)
        FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
            AND usename IN (session_user, session_user || '_worker')
    $$
"""
ENTRIES_CONCERNING = """
    CREATE FUNCTION audit_entries_concerning(regions uuid[]) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
        SELECT coalesce(array_agg(id), '{}') FROM audit_entry WHERE region_ids && regions
    $$
"""
# What a statement asks of records in all areas: whether an id is in use, and how much help stands at an activity.
IDS_TAKEN = """
    CREATE FUNCTION ids_taken(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
        SELECT id FROM benefit WHERE id = ANY (ids) UNION ALL SELECT id FROM attendance_sheet WHERE id = ANY (ids)
    $$
"""
BENEFITS_STANDING = """
    CREATE FUNCTION benefits_standing(activities uuid[]) RETURNS TABLE (activity uuid, benefits bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        SELECT activity_id, count(*) FROM benefit WHERE activity_id = ANY (activities) AND NOT voided GROUP BY activity_id
    $$
"""
# To where a caller who was told nothing has seen all there was.
NEWEST_POSITION = """
    CREATE FUNCTION newest_feed_position() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ SELECT coalesce(max(feed_position), 0) FROM outbox $$
"""
FUNCTIONS = {
    "newest_feed_position()": NEWEST_POSITION,
    "oldest_transaction()": OLDEST_TRANSACTION,
    "audit_entries_concerning(uuid[])": ENTRIES_CONCERNING,
    "ids_taken(uuid[])": IDS_TAKEN,
    "benefits_standing(uuid[])": BENEFITS_STANDING,
}


def upgrade() -> None:
    """Applies the change; waits at most five seconds for a lock."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, seen in WALLS.items():
        check = "WITH CHECK (true)" if table in TOLD_TO_OTHERS else ""
        op.execute(f"CREATE POLICY wall ON {table} USING ({seen}) {check}")
        op.execute(f"CREATE POLICY through ON {table} TO CURRENT_USER USING (true)")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")


def downgrade() -> None:
    """Takes the change back."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}")
    for table in WALLS:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY")
        op.execute(f"DROP POLICY through ON {table}")
        op.execute(f"DROP POLICY wall ON {table}")
