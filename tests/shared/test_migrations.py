"""The migrations of every service: they make what the models say, can be taken back, and the check sees when not."""

import asyncio

import asyncpg
import pytest

from deploy import migrations_check
from deploy.contracts import http
from deploy.local.servers import Servers
from shared import migrations


def _database(servers: Servers, name: str) -> str:
    servers.postgres.drop_database(name)
    servers.postgres.create_database(name)
    return servers.dsn(name)


@pytest.mark.parametrize("service", http.SERVICES)
def test_the_migrations_agree_with_the_models_and_go_down_and_up_again(servers: Servers, service: str) -> None:
    settings = http.settings(service, _database(servers, f"migrated_{service}"))
    assert migrations_check.faults(settings) == []


def test_a_database_that_differs_from_the_models_is_named(servers: Servers) -> None:
    settings = http.settings("registry", _database(servers, "drifted"))
    migrations.upgrade(settings)
    servers.postgres.sql("ALTER TABLE outbox DROP COLUMN reason, ADD COLUMN remark text", "drifted")
    (told,) = migrations_check.differences(settings)
    assert "reason" in told
    assert "remark" in told


def test_what_a_downgrade_leaves_is_named(servers: Servers) -> None:
    settings = http.settings("activities", _database(servers, "littered"))
    servers.postgres.sql("CREATE TYPE mood AS ENUM ('happy'); CREATE TABLE forgotten (id int)", "littered")
    told = migrations_check.faults(settings)
    assert "activities: the downgrade leaves public.forgotten" in told
    assert "activities: the downgrade leaves type mood" in told


def test_a_migration_that_fails_is_told_and_not_raised(servers: Servers) -> None:
    settings = http.settings("activities", _database(servers, "occupied"))
    servers.postgres.sql("CREATE TABLE outbox (id int)", "occupied")
    assert [told.partition(":")[0] for told in migrations_check.faults(settings)] == ["upgrade failed"]


def test_region_codes_are_ordered_by_bytes_as_the_area_scope_needs(templates: dict[str, str], servers: Servers) -> None:
    async def read(database: str) -> list[str]:
        connection = await asyncpg.connect(servers.dsn(database))
        rows = await connection.fetch(
            "SELECT format('%s.%s', table_name, column_name) FROM information_schema.columns"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND data_type = 'text'"
            " AND column_name ~ '(^|_)(code|village|region|district|regency|province)(_code)?$'"
            " AND collation_name IS DISTINCT FROM 'C'"
        )
        await connection.close()
        return [row[0] for row in rows]

    assert {service: asyncio.run(read(name)) for service, name in templates.items()} == {name: [] for name in templates}
