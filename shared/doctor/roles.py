"""The roles that a service's processes run as: what they need, not more, and the walls that stand in their way."""

import re
from collections.abc import AsyncIterator, Iterable, Sequence

import asyncpg

from shared import audit_check
from shared.doctor.findings import Finding, fault, ok, warning
from shared.migrations.roles import THROUGH, Rights, pair

GRANT = re.compile(r"([A-Z]+)(?: \(([\w, ]+)\))?")
"""A right as `Rights` writes it, with the columns that it is bounded to: `UPDATE (nik, phone)`."""
OF_TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
COLUMN = "SELECT has_column_privilege($1, quote_ident($2) || '.' || quote_ident($3), $4, $5)"
AGAIN = "Run the migrations as the owner: they end with giving each role exactly its rights."
ANOTHER = "Name a role in the address that owns nothing: CREATE ROLE … LOGIN PASSWORD '…', then run the migrations."


async def attributes(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """What no role of a service has: rights over all, the tables themselves, a way past row security."""
    (row,) = await connection.fetch("""
        SELECT rolname::text AS name, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
        FROM pg_roles WHERE rolname = current_user
    """)
    name = row["name"]
    faults = [
        said for held, said in (
            (row["rolsuper"], "is a superuser"),
            (row["rolbypassrls"], "bypasses row security"),
            (await _owns(connection), "owns the tables"),
        ) if held
    ]  # fmt: skip
    more = [
        said
        for held, said in (
            (row["rolcreaterole"], "CREATEROLE"),
            (row["rolcreatedb"], "CREATEDB"),
            (row["rolreplication"], "REPLICATION"),
        )
        if held
    ]
    if faults:
        yield fault("role.attributes", f"{name} {' and '.join(faults)}", ANOTHER)
    elif more:
        yield warning("role.attributes", f"{name} has {', '.join(more)}", f'ALTER ROLE "{name}" NO{" NO".join(more)}.')
    else:
        yield ok("role.attributes", f"{name} owns nothing and rules nothing")


async def _owns(connection: asyncpg.Connection) -> bool:
    return bool(await connection.fetchval("""
        SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
            AND pg_has_role(current_user, tableowner, 'USAGE'))
    """))  # fmt: skip


async def rights(connection: asyncpg.Connection, api: Rights, worker: Rights) -> AsyncIterator[Finding]:
    """Each table's rights of each role, against those it is meant to have."""
    me = await connection.fetchval("SELECT current_user::text")
    api_role, worker_role = pair(me)
    there = {
        row[0]
        for row in await connection.fetch(
            "SELECT rolname::text FROM pg_roles WHERE rolname = ANY($1)", [api_role, worker_role]
        )
    }
    if worker_role in there and api_role in there:
        meant = {api_role: [api], worker_role: [worker]}
    else:
        meant = {me: [api, worker]}
        yield warning(
            "role.worker", f"there is no role {worker_role}: everything runs as {me}, and no second wall stands between areas",
            f'CREATE ROLE "{worker_role}" LOGIN PASSWORD \'…\', run the migrations, and give it to the worker.',
        )  # fmt: skip
    for role, given in meant.items():
        if await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = $1", role):
            continue  # told as an attribute: it has all rights
        lacking, excess = await _compared(connection, role, given)
        if lacking:
            yield fault("role.rights", f"{role} may not {_listed(lacking)}", AGAIN)
        if excess:
            yield fault("role.rights", f"{role} may, and should not, {_listed(excess)}", AGAIN)
        if not lacking and not excess:
            yield ok("role.rights", f"{role} may do what it needs and no more")


def _listed(rights: Sequence[str]) -> str:
    return ", ".join(rights[:5]) + (f" and {len(rights) - 5} more" if len(rights) > 5 else "")


async def _compared(connection: asyncpg.Connection, role: str, given: Sequence[Rights]) -> tuple[list[str], list[str]]:
    lacking, excess = [], []
    for schema, table, held in await connection.fetch(
        """
        SELECT schemaname::text, tablename::text, ARRAY(
            SELECT right_ FROM unnest($3::text[]) AS right_
            WHERE has_table_privilege($1, quote_ident(schemaname) || '.' || quote_ident(tablename), right_)
        ) FROM pg_tables WHERE schemaname = ANY($2) AND tablename <> 'alembic_version' ORDER BY 1, 2
        """,
        role, given[0].schemas, OF_TABLE,
    ):  # fmt: skip
        wanted = {found for rights in given for found in GRANT.findall(rights.of(schema, table))}
        whole = {right for right, columns in wanted if not columns}
        lacking += [f"{right} {table}" for right in sorted(whole - set(held))]
        excess += [f"{right} {table}" for right in sorted(set(held) - whole)]
        for right, columns in sorted(wanted):
            for column in columns.split(", ") if columns and right not in whole else ():
                if not await connection.fetchval(COLUMN, role, schema, table, column, right):
                    lacking.append(f"{right} {table}.{column}")
    return lacking, excess


async def walls(connection: asyncpg.Connection, schemas: Iterable[str]) -> AsyncIterator[Finding]:
    """Row security: on and forced wherever there is a policy, and open by name to the owner and the worker only."""
    rows = await connection.fetch(
        """
        SELECT c.relname::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS stands, ARRAY(
            SELECT pg_get_userbyid(let)::text FROM pg_policy p, unnest(p.polroles) AS let
            WHERE p.polrelid = c.oid AND p.polname = $2 ORDER BY 1
        ) AS through, pg_get_userbyid(c.relowner)::text AS owner
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ANY($1) AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))
        ORDER BY 1
        """,
        list(schemas), THROUGH,
    )  # fmt: skip
    down = [row["name"] for row in rows if not row["stands"]]
    if down:
        yield fault(
            "role.walls",
            f"row security is off on {', '.join(down)}",
            f"ALTER TABLE {down[0]} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; likewise the others.",
        )
    api_role, worker_role = pair(await connection.fetchval("SELECT current_user::text"))
    separate = await connection.fetchval(
        "SELECT count(*) = 2 FROM pg_roles WHERE rolname = ANY($1)", [api_role, worker_role]
    )
    for row in rows:
        strangers = [role for role in row["through"] if role not in (row["owner"], worker_role) and separate]
        if strangers:
            yield fault("role.walls", f"{row['name']} lets {', '.join(strangers)} pass its wall", AGAIN)
    if rows and not down:
        yield ok("role.walls", f"row security stands before {len(rows)} tables")


async def audit(connection: asyncpg.Connection) -> AsyncIterator[Finding]:
    """The audit trail can only be added to: by its trigger, and by the rights of the service's role."""
    if not await connection.fetchval("SELECT to_regclass('audit_entry') IS NOT NULL"):
        return
    off = [
        table for table in ("audit_entry", "audit_seal") if not await connection.fetchval(audit_check.GUARDED, table)
    ]
    if off:
        yield fault(
            "audit.append_only",
            f"the trigger of {', '.join(off)} is missing or off",
            "Find out who did it (wahana verify-audit), then restore it: ALTER TABLE … ENABLE ALWAYS TRIGGER append_only.",
        )
    if await connection.fetchval(audit_check.MAY_REWRITE):
        yield fault("audit.append_only", "this role may rewrite the trail", ANOTHER)
    elif not off:
        yield ok("audit.append_only", "entries and seals can be added only")
