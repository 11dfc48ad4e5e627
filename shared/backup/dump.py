"""A backup of one service's database: pg_dump's custom format, of one snapshot, with a manifest beside it.

What is half written never looks finished: the file is `….part` until all of it is on the disk, and its manifest comes
last. Writers and workers go on meanwhile. The file holds people's names and sealed numbers: only its owner may read it,
and the keys over people must not lie beside it.
"""

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import asyncpg

from shared.backup import manifest as manifests
from shared.backup import tools
from shared.backup.manifest import LEFT_OUT, Manifest
from shared.backup.tools import BackupFailed
from shared.settings import ServiceSettings

Progress = Callable[[str, int, int], None]
"""Told the step, what is done and what there is to do (0: not known)."""
DUMPING = "dumping contents of table"


async def take(settings: ServiceSettings, to: Path, progress: Progress) -> tuple[Path, Manifest]:
    """Writes a backup into a folder, or to a file that is not there yet; gives the file and its manifest.

    Reads as the database's owner. **Raises** BackupFailed, and the driver's error when the database is away.
    """
    owner = settings.as_owner()
    connection = await asyncpg.connect(
        owner.driver_dsn, timeout=15,
        server_settings={"application_name": f"wahana-{settings.service}-backup", "timezone": "UTC"},
    )  # fmt: skip
    try:
        program = tools.found("pg_dump", settings, connection.get_server_version().major)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
            manifest = await manifests.described(
                connection, settings.service, lambda done, of: progress("count", done, of)
            )
            file = _file(to, manifest)
            part = file.with_name(file.name + ".part")
            try:
                part.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                raise BackupFailed(
                    f"{part} is there: another backup writes it, or one was cut off; delete it"
                ) from None
            try:
                await _dump(program, snapshot, part, owner, manifest, progress)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    finally:
        await connection.close()
    done, size = 0, part.stat().st_size

    def advanced(count: int) -> None:
        nonlocal done
        done += count
        progress("digest", done, size)

    manifest.bytes, manifest.sha256 = size, manifests.digest(part, advanced)
    manifests.keep(part, file, manifest)
    return file, manifest


def _file(to: Path, manifest: Manifest) -> Path:
    if to.is_dir():
        to /= f"{manifest.service}-{manifest.taken_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.dump"
    if not to.parent.is_dir():
        raise BackupFailed(f"the folder {to.parent} is not there")
    for taken in (to, manifests.beside(to)):
        if taken.exists():
            raise BackupFailed(f"{taken} is there already; a backup overwrites nothing")
    return to


async def _dump(
    program: Path, snapshot: str, part: Path, owner: ServiceSettings, manifest: Manifest, progress: Progress
) -> None:
    tables = 0

    def heard(line: str) -> None:
        nonlocal tables
        if DUMPING in line:
            tables += 1
            progress("dump", tables, len(manifest.rows))

    await tools.run(
        program,
        [
            "--format=custom", "--no-owner", "--no-password", "--enable-row-security", "--verbose",
            f"--snapshot={snapshot}", *(f"--exclude-schema={schema}" for schema in LEFT_OUT), f"--file={part}",
        ],
        tools.address(owner.database),
        heard,
    )  # fmt: skip
