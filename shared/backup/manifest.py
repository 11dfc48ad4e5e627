"""What stands beside a backup: of which service, when, how far its log had come, how many rows, and the file's digest.

A backup is finished when its manifest is there: it is written last. Nothing in it is secret.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

import asyncpg
import orjson
from pydantic import BaseModel, ValidationError

from shared.backup.tools import BackupFailed

ENDING = ".json"
"""What a manifest's name has behind its backup's."""
LEFT_OUT = ("rebuild", "retired", "restore")
"""Schemas of rebuilds and restores that are under way or over: no backup holds them."""
CHUNK = 4 * 1024 * 1024

TABLES = """
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname <> ALL ($1::text[])
      AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1, 2
"""
LOCALE = """
    SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider::text AS provider, datcollate AS collate,
        datctype AS ctype, datlocale AS locale
    FROM pg_database WHERE datname = current_database()
"""


# Row security holds for the owner too, who passes it by name: one that was forgotten would be left out in silence.
HIDDEN = """
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND row_security_active(c.oid) AND NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
            AND pg_get_expr(p.polqual, p.polrelid) = 'true'
            AND p.polroles && ARRAY[0::oid, (SELECT oid FROM pg_roles WHERE rolname = current_user)]
    )
"""


class Locale(BaseModel):
    """How a database orders and folds text; a restored one is made alike."""

    encoding: str
    provider: str
    collate: str
    ctype: str
    locale: str | None


class Log(BaseModel):
    """How far the log of a service that publishes had come."""

    outbox_id: int
    feed_position: int
    pending: int
    subjects: int
    audit_entry: int
    seal_day: str | None
    seal_hash: str | None


class Manifest(BaseModel):
    """A backup in words and figures, all of one snapshot. `taken_at` is the snapshot's instant, aware UTC."""

    form: Literal["wahana-backup-1"] = "wahana-backup-1"
    service: str
    taken_at: datetime
    revision: str
    postgresql: int
    locale: Locale
    rows: dict[str, int]
    log: Log | None
    bytes: int = 0
    sha256: str = ""


async def described(connection: asyncpg.Connection, service: str, counted: Callable[[int, int], None]) -> Manifest:
    """The manifest of the database as the connection's transaction sees it. `counted`: tables done, and of how many."""
    if not await connection.fetchval("SELECT to_regclass('public.alembic_version') IS NOT NULL"):
        raise BackupFailed(f"this database holds nothing of {service}: no migration has run in it")
    if hidden := [row[0] for row in await connection.fetch(HIDDEN)]:
        raise BackupFailed(
            f"row security hides rows of {', '.join(hidden)} from this role: run it as the database's owner"
        )
    tables = await connection.fetch(TABLES, LEFT_OUT)
    rows = {}
    for place, table in enumerate(tables, start=1):
        name = f"{table['schema']}.{table['name']}"
        rows[name] = await connection.fetchval(f'SELECT count(*) FROM "{table["schema"]}"."{table["name"]}"')  # noqa: S608  # names from the catalogue
        counted(place, len(tables))
    return Manifest(
        service=service,
        taken_at=await connection.fetchval("SELECT now()"),
        revision=await connection.fetchval("SELECT version_num FROM public.alembic_version"),
        postgresql=int(connection.get_server_version().major),
        locale=Locale.model_validate(dict((await connection.fetch(LOCALE))[0])),
        rows=rows,
        log=await _log(connection) if "public.outbox" in rows else None,
    )


async def _log(connection: asyncpg.Connection) -> Log:
    (outbox,) = await connection.fetch(
        "SELECT coalesce(max(id), 0) AS outbox_id, coalesce(max(feed_position), 0) AS feed_position,"
        " count(*) FILTER (WHERE pending) AS pending, count(DISTINCT subject_id) AS subjects FROM outbox"
    )
    seal = await connection.fetchrow("SELECT day, hash FROM audit_seal ORDER BY number DESC LIMIT 1")
    return Log(
        **dict(outbox),
        audit_entry=await connection.fetchval("SELECT coalesce(max(id), 0) FROM audit_entry"),
        seal_day=str(seal["day"]) if seal else None,
        seal_hash=seal["hash"].hex() if seal else None,
    )


def beside(file: Path) -> Path:
    """Where a backup's manifest lies."""
    return file.with_name(file.name + ENDING)


def read(file: Path) -> Manifest:
    """The manifest of a backup. **Raises** BackupFailed for what is no finished backup of ours."""
    if not file.is_file():
        raise BackupFailed(f"{file} is not there")
    try:
        return Manifest.model_validate_json(beside(file).read_bytes())
    except FileNotFoundError:
        raise BackupFailed(
            f"{beside(file).name} is not beside {file.name}: the backup was not finished, or only half of it was copied"
        ) from None
    except ValidationError as error:
        raise BackupFailed(f"{beside(file)} is no manifest of a backup: {error.errors()[0]['msg']}") from None


def digest(file: Path, advanced: Callable[[int], None]) -> str:
    """SHA-256 of a file in hex; `advanced` is told each number of bytes read. Blocks."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            found.update(chunk)
            advanced(len(chunk))
    return found.hexdigest()


def keep(part: Path, file: Path, manifest: Manifest) -> None:
    """Lets a written backup be there: flushed to the disk, under its name, and its manifest after it. Blocks."""
    _flush(part)
    written = beside(file).with_name(beside(file).name + ".part")
    written.touch(mode=0o600)
    written.write_bytes(orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_INDENT_2))
    _flush(written)
    part.rename(file)
    _flush(file.parent)
    written.rename(beside(file))
    _flush(file.parent)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
