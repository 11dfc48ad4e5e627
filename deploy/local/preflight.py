"""What must be true before anything starts. Each thing that is not is said by name, with what to do about it."""

import fcntl
import json
import os
import pwd
import shutil
import signal
import sys
from pathlib import Path
from typing import IO

from deploy.local import children, person_keys, ports
from deploy.local.rootless import home_of
from deploy.local.settings import Settings, Wrong

NEEDED = 2 * 1024**3


class NotReady(Exception):
    """The start cannot begin; the message says why and what to do."""


def python() -> None:
    """**Raises** NotReady when this Python is too old."""
    if sys.version_info < (3, 11):  # noqa: UP036 - someone may start us by hand
        raise NotReady(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable}).")


def lock(folder: Path) -> IO[str]:
    """The lock of a running platform, held as long as the file is open; it vanishes with the process, however it ends."""
    _own(folder)
    held = (folder / "run.lock").open("a+")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.seek(0)
        pid = held.read().strip() or "?"
        held.close()
        raise NotReady(f"`make run` already runs here (pid {pid}). Stop it with Ctrl-C there, or: kill {pid}") from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


def _own(folder: Path) -> None:
    """`.wahana/` is ours to write. **Raises** NotReady naming its owner."""
    if folder.exists() and not folder.is_dir():
        raise NotReady(f"{folder} is not a folder. Move it away.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for place in (folder, folder / "data"):
            place.mkdir(exist_ok=True)
            probe = place / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
    except PermissionError as error:
        uid = folder.stat().st_uid if folder.exists() else folder.parent.stat().st_uid
        try:
            owner = pwd.getpwuid(uid).pw_name
        except KeyError:
            owner = str(uid)
        raise NotReady(f"{error.filename} cannot be written: {folder} belongs to {owner}. Run as {owner}.") from None


def leftovers(folder: Path) -> list[str]:
    """Stop what a killed run left behind, by its pid and its command line; returns the names of what was stopped."""
    record = folder / "run.json"
    try:
        noted = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return []
    stopped = [
        entry["name"]
        for entry in reversed(noted)
        if children.stop_leftover(entry["pid"], entry["mark"], signal.Signals(entry["signal"]))
    ]
    record.unlink()
    return stopped


def free_ports(settings: Settings) -> None:
    """**Raises** NotReady naming every taken port, who holds it, and the setting that moves it."""
    try:
        wanted = settings.listening()
    except Wrong as error:
        raise NotReady(f"{error} (in .env or the environment).") from error
    taken = [(name, port) for name, port in wanted.items() if not ports.is_free(port)]
    if taken:
        lines = [
            f"Port {port} is taken by {ports.holder(port) or 'another process'}. Stop it, or set {name} in .env."
            for name, port in taken
        ]
        raise NotReady("\n".join(lines))


def free_disk(*folders: Path) -> None:
    """**Raises** NotReady naming a place that is nearly full."""
    for folder in folders:
        place = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(place).free
        if free < NEEDED:
            raise NotReady(
                f"{place} has {free / 1024**3:.1f} GiB free; the platform needs {NEEDED / 1024**3:.0f} GiB. "
                "Make room, then start again."
            )


def whole_data(settings: Settings) -> list[str]:
    """Look at what earlier runs left in `.wahana/`. Repairs what can be, **raises** NotReady or Wrong for what cannot.

    Returns one sentence for each repair.
    """
    repairs = []
    key = settings.key_file
    try:
        if key.exists():
            json.loads(key.read_text())
    except ValueError:
        key.rename(key.with_suffix(".damaged"))
        repairs.append(f"{key.name} was damaged: a new key is made, earlier tokens are void")
    person_keys.ensured(settings)
    if settings.needs_postgres:
        _whole_cluster(home_of(settings.folder / "data" / "postgres"))
    kafka = settings.folder / "data" / "kafka" / "log"
    if not settings.kafka and kafka.exists() and not (kafka / "meta.properties").exists():
        raise NotReady(f"{kafka} is half-written: meta.properties is missing. `make reset` deletes the local data.")
    return repairs


def _whole_cluster(home: Path) -> None:
    if not home.exists():
        return
    needed = [home / "password", home / "cluster"]
    try:
        missing = [path for path in needed if not path.exists()]
        version_file = home / "cluster" / "PG_VERSION"
        version = version_file.read_text().strip() if not missing and version_file.exists() else None
    except PermissionError as error:
        raise NotReady(
            f"{error.filename} belongs to another user (a run as root?). Run as that user, or delete {home}."
        ) from None
    if missing or version is None:
        lost = missing[0] if missing else version_file
        raise NotReady(f"{home} is half-written: {lost.name} is missing. `make reset` deletes the local data.")
    if version != "18":
        raise NotReady(f"{home} is of PostgreSQL {version}, not 18. `make reset` deletes the local data.")
