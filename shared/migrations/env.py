"""Runs one service's migrations. The service's module names come from `alembic.ini`, as uvicorn's `module:app` does.

A service's `models` module names its tables in `METADATA`, a list of MetaData; `settings.Settings` gives the database.
"""

import asyncio
import importlib
from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from shared.database import open_engine
from shared.migrations import roles
from shared.settings import ServiceSettings

config = context.config
section = config.get_section(config.config_ini_section) or {}
metadata: list[Any] = importlib.import_module(section["models"]).METADATA
schema = section.get("schema")
others = {each.schema for each in metadata if each.schema}
"""Schemas that tables are said to lie in by name, beside the one that comes first."""


def _ours(name: str | None, kind: str, _: Any) -> bool:
    """Alembic's own table is in `public`, which the search path shows as well; a rebuild's schemas are not looked at."""
    if kind == "schema":
        return name is None or name in others
    return kind != "table" or name != "alembic_version"


def _migrate(connection: Connection) -> None:
    if schema:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # Named only where another schema comes first: named otherwise, the check takes the version table for a stray one.
        version_table_schema="public" if schema else None,
        include_schemas=bool(others),
        include_name=_ours,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _grant(connection: Connection, settings: ServiceSettings) -> None:
    """The service's roles, if they are others than the owner, get their rights on what the migrations made."""
    role = settings.database.username
    rights = importlib.import_module(section["roles"])
    if role and settings.as_owner().database.username != role:
        roles.grant(connection, role, rights.API, rights.WORKER)
        connection.commit()


async def _run() -> None:
    given = config.attributes.get("settings")
    settings: ServiceSettings = given or importlib.import_module(section["settings"]).Settings.of_process()
    engine = open_engine(settings.as_owner(), schema=schema, patient=True)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
            await connection.run_sync(_grant, settings)
    finally:
        await engine.dispose()


asyncio.run(_run())
