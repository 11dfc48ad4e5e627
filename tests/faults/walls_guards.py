"""Guards of the second wall, of roles and of requests that wait, switched off one at a time."""

from tests.faults.guard import Guard

_REGISTRY, _ACTIVITIES = "tests/registry/test_walls.py", "tests/activities/test_walls.py"
_ROLES, _TABLES = "tests/shared/test_roles.py", "tests/shared/test_walled_tables.py"
_POLICIES = "services/registry/migrations/versions/0013_row_security.py"
_OF_ACTIVITIES = "services/activities/migrations/versions/0011_row_security.py"

GUARDS = (
    Guard(
        "walls: who a transaction is of", "shared/walls.py",
        "    return \"{\" + \",\".join(f'\"{text}\"' for text in escaped) + \"}\"",
        "    return \"{\" + \",\".join(f'\"{text}\"' for text in [*escaped, '']) + \"}\"",
        (_REGISTRY, _ACTIVITIES),
    ),
    Guard("walls: words of a token as text", "shared/walls.py", ".replace(\"'\", \"''\")", "", (_REGISTRY,)),
    Guard(
        "walls: enabled", _POLICIES, "ENABLE ROW LEVEL SECURITY, FORCE", "DISABLE ROW LEVEL SECURITY, FORCE",
        (_REGISTRY, _TABLES),
    ),
    Guard("walls: forced upon the owner", _POLICIES, ", FORCE ROW LEVEL SECURITY\"", "\"", (_TABLES,)),
    Guard(
        "walls: help given elsewhere", _OF_ACTIVITIES, "lead_institution_id = {OWN}\"", "lead_institution_id IS NOT NULL\"",
        (_ACTIVITIES,),
    ),
    Guard(
        "walls: looking further on purpose", "shared/walls.py", "func.set_config(AREAS, EVERYTHING, True)", "func.length('')",
        (_REGISTRY, "tests/registry/test_families.py"),
    ),
    Guard(
        "walls: to where a feed has looked", "shared/changes.py", "select(func.newest_feed_position())",
        "select(func.coalesce(func.max(outbox.c.feed_position), 0))",
        (_REGISTRY,),
    ),
    Guard(
        "walls: help that stands, wherever it was recorded", _OF_ACTIVITIES,
        "RETURNS TABLE (activity uuid, benefits bigint)\n    LANGUAGE sql STABLE SECURITY DEFINER",
        "RETURNS TABLE (activity uuid, benefits bigint)\n    LANGUAGE sql STABLE SECURITY INVOKER",
        (_ACTIVITIES,),
    ),
    Guard("roles: no more than declared", "shared/migrations/roles.py", "REVOKE ALL ON DATABASE", "GRANT ALL ON DATABASE", (_ROLES,)),
    Guard(
        "roles: carried over by a rebuild", "services/reporting/rebuild.py",
        "        await rebuilding.carry_rights(connection, SCHEMA)\n", "",
        ("tests/reporting/test_rebuild.py",),
    ),
    Guard(
        "requests: a bound to waiting for locks", "shared/database.py",
        "_options(settings) | (limits or {})", "_options(settings)",
        ("tests/attacks/test_cancelled_requests.py",),
    ),
    Guard(
        "requests: a bound to a transaction whose client vanished", "shared/database.py",
        'f"{(settings.request_seconds + 5) * 1000:.0f}ms"', '"0"',
        ("tests/shared/test_vanished_clients.py",),
    ),
    Guard(
        "relay: a bound to a lead whose holder vanished", "shared/relay.py",
        '"transaction_timeout": lease', '"transaction_timeout": "0"',
        ("tests/shared/test_vanished_clients.py",),
    ),
)  # fmt: skip
