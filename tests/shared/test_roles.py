"""What the roles of the services may do: read from the catalogue, and compared with what `services/*/roles.py` declare."""

import asyncio
import importlib
from typing import Any

import asyncpg
import pytest
from alembic import command

from deploy.contracts import http
from deploy.local.servers import Servers
from shared import migrations
from shared.migrations import roles
from shared.migrations.roles import Rights
from tests.house import SERVICES

SCHEMAS = ["public", "live", "reference"]
TABLES = """
    SELECT nspname AS schema, relname AS name, array_agg(attname::text ORDER BY attnum) AS columns
    FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relkind IN ('r', 'p') AND nspname = ANY($1) AND attnum > 0 AND NOT attisdropped GROUP BY 1, 2
"""
# Of PUBLIC too: what everybody may, the role may.
HELD = """
    WITH mine AS (SELECT oid FROM pg_roles WHERE rolname = $1 UNION ALL SELECT 0)
    SELECT format('%s ON TABLE %s.%s', held.privilege_type, nspname, relname)
    FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace, aclexplode(relacl) AS held
    WHERE held.grantee IN (SELECT oid FROM mine) AND nspname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT format('%s (%s) ON TABLE %s.%s', held.privilege_type, attname, nspname, relname)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace,
        aclexplode(attacl) AS held
    WHERE held.grantee IN (SELECT oid FROM mine) AND nspname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT format('%s ON SCHEMA %s', held.privilege_type, nspname)
    FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS held
    WHERE held.grantee IN (SELECT oid FROM mine) AND nspname NOT IN ('pg_catalog', 'information_schema')
    UNION ALL
    SELECT format('%s ON DATABASE', held.privilege_type)
    FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS held
    WHERE datname = current_database() AND held.grantee IN (SELECT oid FROM mine)
    UNION ALL
    SELECT format('%s ON FUNCTION %s', held.privilege_type, p.oid::regprocedure)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace,
        aclexplode(coalesce(proacl, acldefault('f', proowner))) AS held
    WHERE held.grantee IN (SELECT oid FROM mine) AND (prosecdef OR held.grantee <> 0)
        AND nspname NOT IN ('pg_catalog', 'information_schema')
"""
ATTRIBUTES = """
    SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = $1
"""
OWNED = (
    "SELECT count(*) FROM pg_shdepend WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1) AND deptype = 'o'"
)
MEMBER_OF = "SELECT count(*) FROM pg_auth_members WHERE member = (SELECT oid FROM pg_roles WHERE rolname = $1)"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_services_roles_hold_what_is_declared_and_nothing_else(
    servers: Servers, templates: dict[str, str], service: str
) -> None:
    declared = importlib.import_module(f"services.{service}.roles")
    connection = await asyncpg.connect(servers.dsn(templates[service]))
    try:
        tables = await connection.fetch(TABLES, SCHEMAS)
        for role, rights in zip(roles.pair(f"wahana_{service}"), (declared.API, declared.WORKER), strict=True):
            held = {row[0] for row in await connection.fetch(HELD, role)}
            assert held == _expected(rights, tables), role
            assert await connection.fetchval(ATTRIBUTES, role) is False, role
            assert await connection.fetchval(OWNED, role) == await connection.fetchval(MEMBER_OF, role) == 0, role
    finally:
        await connection.close()


async def test_each_declared_table_and_function_is_there(servers: Servers, templates: dict[str, str]) -> None:
    for service in SERVICES:
        declared = importlib.import_module(f"services.{service}.roles")
        connection = await asyncpg.connect(servers.dsn(templates[service]))
        try:
            for rights in (declared.API, declared.WORKER):
                for table in rights.tables:
                    name = table if "." in table else f"{rights.schemas[0]}.{table}"
                    assert await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", name), table
        finally:
            await connection.close()


async def test_no_service_connects_to_the_database_of_another(servers: Servers, templates: dict[str, str]) -> None:
    for service, other in (("registry", "activities"), ("activities", "reporting"), ("reporting", "registry")):
        for role in roles.pair(f"wahana_{service}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(servers.postgres.dsn(templates[other], role))


async def test_an_api_makes_nothing_rewrites_no_audit_entry_and_switches_no_wall_off(
    servers: Servers, templates: dict[str, str]
) -> None:
    connection = await asyncpg.connect(servers.postgres.dsn(templates["registry"], "wahana_registry"))
    try:
        for refused in (
            "CREATE TABLE public.mine (id int)", "CREATE TEMP TABLE mine (id int)", "CREATE SCHEMA mine",
            "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'", "UPDATE audit_entry SET actor = 'x'",
            "DELETE FROM audit_entry", "TRUNCATE outbox", "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
            "CREATE POLICY mine ON person USING (true)", "DROP POLICY wall ON person", "SET ROLE wahana",
            "SET ROLE wahana_registry_worker", "SET SESSION AUTHORIZATION wahana", "COPY person TO PROGRAM 'cat'",
            "SELECT pg_read_file('postgresql.conf')", "UPDATE outbox SET pending = false",
        ):  # fmt: skip
            with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError)):
                await connection.execute(refused)
        await connection.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.fetch("SELECT id FROM person")
    finally:
        await connection.close()


async def test_rights_follow_a_step_back_and_come_again(servers: Servers, templates: dict[str, str]) -> None:
    """Also where the first migration is taken back: nothing is there then that could be granted."""
    servers.postgres.create_database("stepped", templates["reporting"])
    settings = http.settings("reporting", servers.dsn("stepped")).model_copy(
        update={
            "database_url": servers.postgres.dsn("stepped", "wahana_reporting"),
            "owner_database_url": servers.dsn("stepped"),
        }
    )
    settings.__dict__.pop("database", None)
    for revision in ("-1", "base"):
        await asyncio.to_thread(command.downgrade, migrations.config(settings), revision)
    await asyncio.to_thread(migrations.upgrade, settings)
    connection = await asyncpg.connect(servers.dsn("stepped"))
    try:
        held = {row[0] for row in await connection.fetch(HELD, "wahana_reporting")}
        assert "SELECT ON TABLE live.region" in held
    finally:
        await connection.close()


async def test_an_owner_that_is_no_superuser_migrates_passes_its_walls_and_sees_whose_sessions_it_must(
    servers: Servers,
) -> None:
    cluster = servers.postgres
    for role in ("plain", "plain_worker", "plain_owner"):
        cluster.create_role(role)
    cluster.create_database("plain")
    cluster.sql("ALTER DATABASE plain OWNER TO plain_owner")
    settings = http.settings("registry", cluster.dsn("plain", "plain_owner")).model_copy(
        update={
            "database_url": cluster.dsn("plain", "plain"),
            "owner_database_url": cluster.dsn("plain", "plain_owner"),
        }
    )
    settings.__dict__.pop("database", None)
    with pytest.raises(roles.RoleOutOfSight, match="GRANT"):
        await asyncio.to_thread(migrations.upgrade, settings)
    cluster.sql("GRANT plain, plain_worker TO plain_owner")
    await asyncio.to_thread(migrations.upgrade, settings)
    owner, worker = [await asyncpg.connect(cluster.dsn("plain", role)) for role in ("plain_owner", "plain_worker")]
    api = await asyncpg.connect(cluster.dsn("plain", "plain"))
    try:
        await owner.execute(
            "INSERT INTO community (id, sequence, kind, name, sort_name, village_id, village_code, voided, registered_at,"
            " changed_at) SELECT gen_random_uuid(), 1, 'KAT', 'a', 'a', gen_random_uuid(), '32.04.05.2001', false, now(), now()"
        )
        seen = "SELECT count(*) FROM community"
        assert (await owner.fetchval(seen), await api.fetchval(seen)) == (1, 0)
        async with worker.transaction():
            await worker.fetchval("SELECT count(*) FROM outbox")
            await asyncio.sleep(0.01)
            assert await api.fetchval("SELECT oldest_transaction()") >= 0.01, "what the worker has begun is seen"
    finally:
        for connection in (owner, worker, api):
            await connection.close()


def _expected(rights: Rights, tables: list[Any]) -> set[str]:
    expected = {f"USAGE ON SCHEMA {schema}" for schema in {*rights.schemas, "public"}} | {"CONNECT ON DATABASE"}
    expected |= {f"EXECUTE ON FUNCTION {function}" for function in rights.functions}
    for table in tables:
        name = f"{table['schema']}.{table['name']}"
        of = "SELECT" if table["name"] == "alembic_version" else rights.of(table["schema"], table["name"])
        for privilege in _split(of):
            what, _, columns = privilege.partition(" (")
            names = [column.strip() for column in columns.rstrip(")").split(",")] if columns else []
            expected |= {f"{what} ({column}) ON TABLE {name}" for column in names} or {f"{what} ON TABLE {name}"}
    return expected


def _split(privileges: str) -> list[str]:
    """`SELECT, UPDATE (a, b)` by privilege."""
    parts: list[str] = []
    for part in privileges.split(", "):
        if parts and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += f", {part}"
        elif part:
            parts.append(part)
    return parts
