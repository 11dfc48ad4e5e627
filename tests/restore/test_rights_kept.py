"""A restore by an owner who is no superuser, as in most installations: walls, rights, guards and settings are as before."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from services.registry.settings import Settings
from shared import migrations
from shared.backup import dump, finish, restore
from shared.backup.databases import Databases

OWNER, NAME = "restore_owner", "restore_rights"
KEPT = {
    "policies": "SELECT tablename, policyname, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "walls": "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity ORDER BY 1",
    "rights": "SELECT relname, relacl FROM pg_class WHERE relkind = 'r' AND relacl IS NOT NULL ORDER BY 1",
    "functions": "SELECT oid::regprocedure::text, proacl, prosecdef FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
    "guards": "SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "database": "SELECT datacl, datcollate, datlocale, pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()",
    "settings": "SELECT setrole, setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()",
}


@pytest.fixture
def settings(servers: Servers) -> Iterator[Settings]:
    """A registry that belongs to a role which may create databases, and nothing else that is special."""
    cluster = servers.postgres
    for role in (OWNER, "wahana_registry", "wahana_registry_worker"):
        cluster.create_role(role)
    cluster.sql(f"ALTER ROLE {OWNER} CREATEDB; GRANT wahana_registry, wahana_registry_worker TO {OWNER}")
    cluster.sql(f"CREATE DATABASE {NAME} OWNER {OWNER}")
    cluster.sql(f"ALTER DATABASE {NAME} SET work_mem = '8MB'")
    yield Settings.model_validate(
        {
            "REGISTRY_DATABASE_URL": cluster.dsn(NAME, "wahana_registry"),
            "REGISTRY_OWNER_DATABASE_URL": cluster.dsn(NAME, OWNER),
            "kafka_bootstrap_servers": servers.bootstrap, "auth_issuer": "http://127.0.0.1",
            "auth_jwks_url": "http://127.0.0.1",
        }
    )  # fmt: skip
    for name in cluster.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{NAME}%'").split():
        cluster.drop_database(name)


async def test_what_a_role_may_do_is_the_same_after_a_restore(
    settings: Settings, servers: Servers, tmp_path: Path
) -> None:
    await asyncio.to_thread(migrations.upgrade, settings)
    before = await asyncio.to_thread(kept, servers.postgres)
    assert before["policies"]
    file, manifest = await dump.take(settings, tmp_path, _nobody)
    async with Databases.of(settings) as databases:
        await restore.load(databases, settings, file, manifest, 2, _nobody)
        former = await finish.exchange(databases)
    assert former
    assert await asyncio.to_thread(kept, servers.postgres) == before


def kept(cluster: Cluster) -> dict[str, str]:
    return {what: cluster.sql(query, NAME) for what, query in KEPT.items()}


def _nobody(*_: Any) -> None:
    """No progress is shown."""
