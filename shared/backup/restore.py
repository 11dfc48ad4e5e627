"""Loading a backup into a database of its own, beside the one that serves: checked before, counted afterwards.

Killed at any moment it leaves the former database as it was, and perhaps one named `…_restoring` that no address leads
to; the next restore throws that away.
"""

import asyncio
import tempfile
from pathlib import Path

import asyncpg
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from shared import audit, migrations
from shared.backup import databases as whole
from shared.backup import manifest as manifests
from shared.backup import tools
from shared.backup.databases import Databases, within
from shared.backup.dump import Progress
from shared.backup.manifest import Manifest
from shared.backup.tools import BackupFailed
from shared.settings import ServiceSettings

ITEM = "processing data for table"
WALLS = (" ROW SECURITY ", " POLICY ")
"""Items that come last: an owner who is no superuser cannot check foreign keys behind them."""


def checked(settings: ServiceSettings, file: Path, progress: Progress) -> Manifest:
    """The manifest of a backup that this code can restore. **Raises** BackupFailed. Blocks."""
    manifest = manifests.read(file)
    if manifest.service != settings.service:
        raise BackupFailed(f"{file.name} is a backup of {manifest.service}, not of {settings.service}")
    script = ScriptDirectory.from_config(migrations.config(settings))
    try:
        script.get_revision(manifest.revision)
    except CommandError:
        head = script.get_current_head()
        raise BackupFailed(
            f"{file.name} was taken after migration {manifest.revision}, which this version of Wahana does not know"
            f" (its last is {head}): restore it with the version that took it, or a newer one"
        ) from None
    size, done = file.stat().st_size, 0

    def advanced(count: int) -> None:
        nonlocal done
        done += count
        progress("digest", done, size)

    if size != manifest.bytes or manifests.digest(file, advanced) != manifest.sha256:
        raise BackupFailed(f"{file.name} is damaged: it is not the file that its manifest tells of. Take another copy")
    return manifest


async def refuse_in_use(databases: Databases, settings: ServiceSettings, *, replace: bool) -> None:
    """Raises BackupFailed while anybody uses the database, or when it holds something and shall not be replaced."""
    if not await databases.exists(databases.live):
        return
    if others := await databases.others(databases.live):
        raise BackupFailed(
            f"{databases.live} is in use; stop {settings.service}'s API, its workers and whatever else first"
            " (make run: Ctrl-C; docker compose: stop "
            f"{settings.service}-api {settings.service}-worker):\n  " + "\n  ".join(others)
        )
    if not replace and not await whole.is_empty(settings):
        raise BackupFailed(
            f"{databases.live} is not empty. With --replace the backup takes its place; what is there now is kept under"
            " another name"
        )


async def load(
    databases: Databases, settings: ServiceSettings, file: Path, manifest: Manifest, jobs: int, progress: Progress
) -> None:
    """Fills a database named `…_restoring` with a backup, counts it, and migrates it to what this code has.

    **Raises** BackupFailed; what was filled is dropped then.
    """
    program = tools.found("pg_restore", settings, databases.server)
    await databases.drop(databases.restoring)
    await databases.create(databases.restoring, manifest.locale)
    there = within(settings, databases.restoring)
    try:
        await _fill(program, there, file, manifest, jobs, progress)
        await _counted(there, manifest, progress)
        # It opens an event loop of its own; what it grants, the service's role had before.
        await asyncio.to_thread(migrations.upgrade, there)
        await _noted(there, manifest)
    except BaseException:
        await databases.drop(databases.restoring)
        raise


async def _fill(
    program: Path, there: ServiceSettings, file: Path, manifest: Manifest, jobs: int, progress: Progress
) -> None:
    tables = 0

    def heard(line: str) -> None:
        nonlocal tables
        if ITEM in line:
            tables += 1
            progress("load", tables, len(manifest.rows))

    owner = there.as_owner().database
    items = await tools.listed(program, file)
    walls = [item for item in items if any(kind in item for kind in WALLS)]
    with tempfile.TemporaryDirectory() as folder:
        for number, part in enumerate(([item for item in items if item not in walls], walls)):
            wanted = _written(Path(folder, f"part{number}"), part)
            await tools.run(
                program,
                [
                    "--no-owner", "--no-password", "--exit-on-error", "--verbose", f"--jobs={jobs}",
                    f"--use-list={wanted}", f"--dbname={owner.database}", str(file),
                ],
                tools.address(owner),
                heard,
            )  # fmt: skip


def _written(file: Path, lines: list[str]) -> Path:
    file.write_text("\n".join([*lines, ""]))
    return file


async def _counted(there: ServiceSettings, manifest: Manifest, progress: Progress) -> None:
    """Counts what was loaded as it was counted when it was taken."""
    connection = await asyncpg.connect(there.as_owner().driver_dsn, timeout=15)
    try:
        found = await manifests.described(connection, manifest.service, lambda n, of: progress("count", n, of))
        # Without figures of its own about values the server plans badly for the first hours.
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    differing = sorted(
        f"{name}: {found.rows.get(name, 0)} of {count} rows"
        for name, count in manifest.rows.items()
        if found.rows.get(name, 0) != count
    )
    if differing:
        raise BackupFailed("what was loaded is not what was dumped:\n  " + "\n  ".join(differing))


async def _noted(there: ServiceSettings, manifest: Manifest) -> None:
    """Marks it as restored and not finished, where there is something to finish: a service that publishes."""
    if manifest.log is None:
        return
    connection = await asyncpg.connect(there.as_owner().driver_dsn, timeout=15)
    try:
        await connection.execute(
            "INSERT INTO restoration (backup, restored_at, restored_by) VALUES ($1, now(), $2)",
            manifest.model_dump_json(),
            audit.OPERATOR.get() or audit.operator(),
        )
    finally:
        await connection.close()
