"""The programs of Wahana as the local platform runs them: the same commands the images run, on ports of 127.0.0.1."""

import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import person_keys
from deploy.local.settings import ROOT, SERVICES, Settings

BIN = Path(sys.executable).parent
PREPARE: tuple[str | Path, ...] = (sys.executable, "-m", "deploy.local.prepare")
REGIONS: tuple[str | Path, ...] = (BIN / "wahana", "regions", "load")
POPULATION: tuple[str | Path, ...] = (BIN / "wahana", "reference", "load", "--wait", "60")


OWNER = "_OWNER_DATABASE_URL"
"""End of the settings that only the migrations are given."""
NOT_FOR_ALL = (OWNER, "_WORKER_DATABASE_URL")


@dataclass(frozen=True)
class Databases:
    """The services' databases, each by the role of its API, by that of its worker and the commands, and by its owner
    if that is another."""

    api: dict[str, str] = field(default_factory=dict)
    worker: dict[str, str] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A command, the port it listens on, and what its environment has beside the common part."""

    name: str
    command: tuple[str | Path, ...]
    port: int
    ready: str
    """The path that answers 200 once the program can work."""
    mark: str
    """Part of its command line, by which a leftover of a killed run is known."""
    environment: dict[str, str] = field(default_factory=dict)


def environment(settings: Settings, databases: Databases, bootstrap: str) -> dict[str, str]:
    """What every program gets: ours, what was set in `.env` or outside, and the addresses of this run, as a worker or a
    command uses them."""
    return {
        **{
            n: value
            for n, value in settings.environment.items()
            if not n.endswith(NOT_FOR_ALL) and n not in person_keys.NAMES
        },
        **{f"{service.upper()}_DATABASE_URL": url for service, url in databases.worker.items()},
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "AUTH_ISSUER": settings.address,
        "AUTH_AUDIENCE": settings.audience,
        "AUTH_JWKS_URL": f"{settings.address}/.well-known/jwks.json",
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }


def as_owner(environment: dict[str, str], databases: Databases) -> dict[str, str]:
    """The same for the migrations, which run as the databases' owners."""
    return {**environment, **_addresses(databases.owner)}


def _addresses(owners: dict[str, str]) -> dict[str, str]:
    return {f"{service.upper()}{OWNER}": url for service, url in owners.items()}


def write_environment(settings: Settings, environment: dict[str, str], databases: Databases) -> Path:
    """The addresses of this run, and the keys over people, in a file only its owner reads, so that `wahana …` can be
    given them in a shell; beside it those of the databases' owners, for the few commands that need more rights."""
    names = [name for name in environment if name.endswith("_DATABASE_URL") or name.startswith(("KAFKA_", "AUTH_"))]
    values = {name: environment[name] for name in names} | person_keys.ensured(settings)
    _write_private(settings.folder / "owner-environment", _addresses(databases.owner))
    return _write_private(settings.folder / "environment", values)


def _write_private(file: Path, values: dict[str, str]) -> Path:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text("".join(f"{name}={shlex.quote(values[name])}\n" for name in sorted(values)))
    return file


def _uvicorn(app: str, port: int, *more: str) -> tuple[str | Path, ...]:
    fixed = ("--factory", "--host", "127.0.0.1", "--no-access-log", "--timeout-graceful-shutdown", "5",
             "--http", "shared.connection:Connection")  # fmt: skip
    return (sys.executable, "-m", "uvicorn", app, *fixed, "--port", str(port), *more)


def gateway(settings: Settings) -> Program:
    """The one address; needed before the services, which read the keys there."""
    port = settings.number("PORT")
    app = "deploy.local.gateway:create_app"
    # The services' own dates are passed on; what a caller says about other proxies is not believed.
    passing_on = ("--no-date-header", "--no-server-header", "--no-proxy-headers")
    return Program("gateway", _uvicorn(app, port, *passing_on), port, "/.well-known/jwks.json", app)


def services(settings: Settings, databases: Databases) -> Iterator[Program]:
    """The three APIs, then the three workers."""
    for service in SERVICES:
        port = settings.port(service)
        app = f"services.{service}.app:create_app"
        command = _uvicorn(app, port, "--root-path", f"/{service}", "--no-server-header")
        # Nobody else is given the keys over people, not even registry's worker.
        own = person_keys.ensured(settings) if service == "registry" else {}
        own |= {f"{service.upper()}_DATABASE_URL": databases.api[service]}
        yield Program(service, command, port, "/readyz", app, own)
    for service in SERVICES:
        port = settings.worker_port(service)
        module = f"services.{service}.worker"
        command = (sys.executable, "-m", module)
        yield Program(f"{service}-worker", command, port, "/livez", module, {"WORKER_PORT": str(port)})
