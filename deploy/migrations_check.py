"""Proves the migrations of every service on an empty PostgreSQL: up, equal to the models, down to nothing, up again.

python -m deploy.migrations_check       # `make check`; starts a PostgreSQL of its own for a few seconds
"""

import asyncio
import io
import os
import shutil
import sys
import warnings
from collections.abc import Callable

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from deploy.contracts import http
from deploy.local.postgres import Cluster
from deploy.local.servers import TEST_FOLDER
from shared import migrations
from shared.settings import ServiceSettings

LEFT = """
    SELECT format('%s.%s', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_%' AND c.relname <> 'alembic_version'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('function %s', p.oid::regprocedure) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('type %s', t.oid::regtype) FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('e', 'd') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
"""
"""Tables, sequences, views, functions, enumerations and domains that are not an extension's."""


def faults(settings: ServiceSettings) -> list[str]:
    """What is wrong with a service's migrations, on its empty database. Blocks; not inside an event loop's thread."""
    config = migrations.config(settings)
    config.stdout = io.StringIO()
    found = _written_wrongly(config)
    if (trouble := _tried("upgrade", lambda: migrations.upgrade(settings))) is not None:
        return [*found, trouble]
    found += differences(settings)
    if (trouble := _tried("downgrade", lambda: command.downgrade(config, "base"))) is not None:
        return [*found, trouble]
    found += [f"{settings.service}: the downgrade leaves {name}" for name in asyncio.run(_left(settings))]
    again = _tried("second upgrade", lambda: migrations.upgrade(settings))
    return [*found, *([again] if again else [])]


def differences(settings: ServiceSettings) -> list[str]:
    """How a migrated database differs from the service's models, as Alembic tells it."""
    config = migrations.config(settings)
    config.stdout = io.StringIO()
    try:
        with warnings.catch_warnings():
            # Alembic compares such an index by its name only.
            warnings.filterwarnings("ignore", "Expression .* operator clause", UserWarning)
            command.check(config)
    except CommandError as error:
        return [f"{settings.service}: {error}"]
    return []


def _written_wrongly(config: Config) -> list[str]:
    """What can be seen without a database: one line of versions, each bounded in its wait for locks and reversible."""
    script = ScriptDirectory.from_config(config)
    name = config.config_ini_section
    found = [f"{name}: {len(script.get_heads())} heads, one is wanted"] if len(script.get_heads()) != 1 else []
    for revision in script.walk_revisions():
        with open(revision.path, encoding="utf-8") as file:
            text = file.read()
        up, _, down = text.partition("def downgrade")
        found += [
            f"{name}: {os.path.basename(revision.path)} sets no lock_timeout in {part}"
            for part, code in (("upgrade", up), ("downgrade", down))
            if "lock_timeout" not in code
        ]
    return found


def _tried(what: str, act: Callable[[], None]) -> str | None:
    try:
        act()
    except Exception as error:  # whatever a migration raises is what is wrong with it
        return f"{what} failed: {type(error).__name__}: {error}"
    return None


async def _left(settings: ServiceSettings) -> list[str]:
    connection = await asyncpg.connect(settings.driver_dsn)
    try:
        return sorted(row[0] for row in await connection.fetch(LEFT))
    finally:
        await connection.close()


def main() -> int:
    """Runs the program; returns its exit code."""
    cluster = Cluster(TEST_FOLDER / str(os.getpid()) / "postgres", settings={"fsync": "off"})
    found = []
    try:
        cluster.start()
        for service in http.SERVICES:
            cluster.create_database(service)
            found += faults(http.settings(service, cluster.dsn(service)))
    finally:
        cluster.remove()
        shutil.rmtree(cluster.folder.parent, ignore_errors=True)
    if found:
        print(*found, sep="\n", file=sys.stderr)
        return 1
    print(f"The migrations of {len(http.SERVICES)} services agree with their models, and go down and up again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
