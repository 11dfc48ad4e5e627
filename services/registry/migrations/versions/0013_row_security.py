"""Row security: the second wall behind the area scope of the statements (`shared.walls`)."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What the request says of its caller, read once for each statement. Absent or empty: nothing is seen.
AREAS = "(SELECT nullif(current_setting('wahana.areas', true), '')::text[])::text[]"
OWN = "(SELECT nullif(current_setting('wahana.institution', true), '')::uuid)"
CALLER = "(SELECT current_setting('wahana.caller', true))"
# An area is the beginning of the codes in it; the nation's is empty. It stands first where the rest is looked up.
NATION = f"'' = ANY ({AREAS})"
SEATED = f"EXISTS (SELECT FROM institution seat WHERE seat.id = institution_id AND seat.village_code ^@ ANY ({AREAS}))"
CONCERNED = f"EXISTS (SELECT FROM region place WHERE place.id = ANY (region_ids) AND place.code ^@ ANY ({AREAS}))"

WALLS = {
    "person": f"""
        kept_village_code ^@ ANY ({AREAS}) OR village_code ^@ ANY ({AREAS}) OR kept_institution_id = {OWN}
        OR EXISTS (SELECT FROM membership belongs WHERE belongs.person_id = person.id)
        OR EXISTS (SELECT FROM officer serves WHERE serves.person_id = person.id)
    """,  # noqa: S608  # our own names
    "family": f"""
        village_code ^@ ANY ({AREAS}) OR EXISTS (
            SELECT FROM family_member named JOIN person ON person.id = named.person_id WHERE named.family_id = family.id
        )
    """,
    "community": f"village_code ^@ ANY ({AREAS})",
    "community_member": f"{NATION} OR EXISTS (SELECT FROM community theirs WHERE theirs.id = community_id)",
    "membership": f"{NATION} OR institution_id = {OWN} OR {SEATED}",
    "officer": f"{NATION} OR institution_id = {OWN} OR {SEATED}",
    # Events about partners are for all below their region, and name nobody.
    "outbox": f"{NATION} OR region_ids IS NULL OR topic = 'registry.partner.v1' OR {CONCERNED}",
    "audit_entry": f"{NATION} OR region_ids IS NULL OR {CONCERNED}",
    "idempotency_key": f"caller = {CALLER} OR '*' = ANY ({AREAS})",
}
TOLD_TO_OTHERS = ("outbox", "audit_entry", "community_member")
"""Written about what lies elsewhere too, or in one statement with what they belong to."""

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
# To where a caller who was told nothing has seen all there was.
NEWEST_POSITION = """
    CREATE FUNCTION newest_feed_position() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ SELECT coalesce(max(feed_position), 0) FROM outbox $$
"""
# No policy lets a statement's own comparison of names read their index: for large areas the ids are collected here, and
# each person is looked at behind the wall.
SAID_LIKE = """
    CREATE FUNCTION people_said_like(asked text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
        SELECT id FROM person WHERE sort_name LIKE '%' || asked || '%' OR sort_name %> asked
    $$
"""
FUNCTIONS = {
    "people_said_like(text)": SAID_LIKE,
    "newest_feed_position()": NEWEST_POSITION,
    "oldest_transaction()": OLDEST_TRANSACTION,
    "audit_entries_concerning(uuid[])": ENTRIES_CONCERNING,
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
