"""Databases as a whole, for a restore: made beside the one that serves, named after it, and exchanged with it at the end.

Everything here happens by the role that owns the database, which must be allowed to create databases (CREATEDB).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self, TypeVar

import asyncpg

from shared.backup.manifest import LEFT_OUT, TABLES, Locale
from shared.backup.tools import BackupFailed
from shared.settings import ServiceSettings

RESTORING = "_restoring"
LONGEST = 63 - len("_before_20260101000000")
AS_IT_STANDS = ("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries")
"""Settings whose value is a list, which is written without quotes."""
Settings = TypeVar("Settings", bound=ServiceSettings)

OTHERS = """
    SELECT coalesce(nullif(application_name, ''), '(no name)') || ' of ' || usename || ' from '
        || coalesce(host(client_addr), 'this machine') AS who, count(*) AS connections
    FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    GROUP BY 1 ORDER BY 1
"""
PRIVILEGES = """
    SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text) AS statement FROM pg_database
    WHERE datname = $1 AND datacl IS NOT NULL
    UNION ALL
    SELECT format('GRANT %s ON DATABASE %I TO %s', privilege_type, $2::text,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END)
    FROM pg_database, aclexplode(datacl) WHERE datname = $1
"""
CHOSEN = """
    SELECT pg_get_userbyid(nullif(setrole, 0)) AS role, split_part(set, '=', 1) AS name,
        substring(set FROM position('=' IN set) + 1) AS value
    FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) AS set WHERE d.datname = $1
"""


class Databases:
    """The databases of one service's server. `live` is the name that its address leads to."""

    def __init__(self, connection: asyncpg.Connection, live: str) -> None:
        self._connection = connection
        self.live = live

    @classmethod
    @asynccontextmanager
    async def of(cls, settings: ServiceSettings) -> AsyncIterator[Self]:
        """Connected as the owner, to a database that nobody exchanges. **Raises** the driver's error."""
        live = settings.as_owner().database.database or ""
        if len(live) > LONGEST:
            raise BackupFailed(
                f"the database's name {live} is longer than {LONGEST} letters: none can be named after it"
            )
        try:
            connection = await _connected(settings, "postgres")
        except asyncpg.InvalidCatalogNameError:
            connection = await _connected(settings, "template1")
        try:
            yield cls(connection, live)
        finally:
            await connection.close()

    @property
    def restoring(self) -> str:
        """The name of a database that a restore fills."""
        return f"{self.live}{RESTORING}"

    @property
    def server(self) -> int:
        """The server's major version."""
        return int(self._connection.get_server_version().major)

    async def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        return bool(await self._connection.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name))

    async def others(self, name: str) -> list[str]:
        """Who is connected to a database, a sentence each; empty if nobody."""
        rows = await self._connection.fetch(OTHERS, name)
        return [f"{row['who']} ({row['connections']} connections)" for row in rows]

    async def create(self, name: str, locale: Locale) -> None:
        """Makes an empty database that orders text so, with the grants and settings of the live one, if that is there."""
        words = ["TEMPLATE template0", f"ENCODING {_text(locale.encoding)}"]
        words += [f"LC_COLLATE {_text(locale.collate)}", f"LC_CTYPE {_text(locale.ctype)}"]
        if (provider := {"b": "builtin", "i": "icu"}.get(locale.provider)) is not None:
            words += [f"LOCALE_PROVIDER {provider}", f"{provider.upper()}_LOCALE {_text(locale.locale or '')}"]
        try:
            await self._connection.execute(f"CREATE DATABASE {_name(name)} {' '.join(words)}")
        except asyncpg.InsufficientPrivilegeError as error:
            raise BackupFailed(
                "a restore makes a new database beside the one that serves, and the owner's role may not create any."
                " Allow it for the time of the restore, as a superuser: ALTER ROLE … CREATEDB"
            ) from error
        for row in await self._connection.fetch(PRIVILEGES, self.live, name):
            await self._connection.execute(row["statement"])
        for row in await self._connection.fetch(CHOSEN, self.live):
            whom = f"DATABASE {_name(name)}"
            whom = f"ROLE {_name(row['role'])} IN {whom}" if row["role"] else whom
            value = row["value"] if row["name"] in AS_IT_STANDS else _text(row["value"])
            await self._connection.execute(f"ALTER {whom} SET {row['name']} = {value}")

    async def say(self, name: str, comment: str | None) -> None:
        """Notes a sentence about a database as a whole; None takes it away."""
        told = "NULL" if comment is None else _text(comment)
        await self._connection.execute(f"COMMENT ON DATABASE {_name(name)} IS {told}")

    async def said(self, name: str) -> str | None:
        """The sentence that is noted about a database."""
        found: str | None = await self._connection.fetchval(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1", name
        )
        return found

    async def drop(self, name: str) -> None:
        """Drops a database that a restore has made, whoever looks at it."""
        await self._connection.execute(f"DROP DATABASE IF EXISTS {_name(name)} WITH (FORCE)")

    async def exchange(self, now: datetime) -> str | None:
        """Lets the restored database have the live name, in one transaction; the name that the former has now, if there
        was one. **Raises** asyncpg's ObjectInUseError while anybody is connected to either."""
        before = f"{self.live}_before_{now:%Y%m%d%H%M%S}" if await self.exists(self.live) else None
        async with self._connection.transaction():
            if before:
                await self._connection.execute(f"ALTER DATABASE {_name(self.live)} RENAME TO {_name(before)}")
            await self._connection.execute(f"ALTER DATABASE {_name(self.restoring)} RENAME TO {_name(self.live)}")
        return before


async def is_empty(settings: ServiceSettings) -> bool:
    """Whether the database that the address leads to holds no table."""
    connection = await asyncpg.connect(settings.as_owner().driver_dsn, timeout=15)
    try:
        return not await connection.fetch(TABLES, LEFT_OUT)
    finally:
        await connection.close()


def within(settings: Settings, database: str) -> Settings:
    """The same settings for another database of the same server."""
    addresses = {"database_url": settings.database_url, "owner_database_url": settings.owner_database_url}
    moved = {
        name: settings.model_copy(update={"database_url": url, "owner_database_url": None})
        for name, url in addresses.items()
        if url is not None
    }
    for each in moved.values():
        each.__dict__.pop("database", None)  # what was made of another address
    told = {
        name: each.database.set(database=database, drivername="postgresql").render_as_string(hide_password=False)
        for name, each in moved.items()
    }
    other = settings.model_copy(update=told)
    other.__dict__.pop("database", None)
    return other


async def _connected(settings: ServiceSettings, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(
        settings.as_owner().driver_dsn, database=database, timeout=15,
        server_settings={"application_name": f"wahana-{settings.service}-restore"},
    )  # fmt: skip


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(literal: str) -> str:
    return "'" + literal.replace("'", "''") + "'"
