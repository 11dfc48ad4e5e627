"""One installation of `docker-compose.yml` on an engine: started until everything is healthy, looked at, taken down."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.containers import secrets
from deploy.containers.engine import ROOT, Engine, Failed, run

WITHIN = 600.0
"""Seconds in which everything must be healthy; a bound against hanging."""
TRIAL = {"AUTH_JWKS_URL": "http://issuer:8000/.well-known/jwks.json", "COMPOSE_PROFILES": "trial"}


@dataclass(frozen=True)
class Container:
    """What the engine says of one container."""

    id: str
    name: str
    service: str
    state: str
    """`running`, `exited` …"""
    health: str
    """`healthy`, `starting`, `unhealthy`; empty for one without a check."""
    exit_code: int
    pid: int

    @property
    def is_well(self) -> bool:
        """Whether it runs and is healthy, or has done its work and ended."""
        return (self.state, self.health) == ("running", "healthy") or (self.state, self.exit_code) == ("exited", 0)


@dataclass(frozen=True)
class Stack:
    """An installation: its project's name, its address, its secrets, and settings over those of the environment."""

    engine: Engine
    project: str = "wahana"
    address: str = field(default_factory=lambda: os.environ.get("WAHANA_ADDRESS") or "127.0.0.1:8080")
    secrets: Path = field(
        default_factory=lambda: Path(os.environ.get("WAHANA_SECRETS") or ROOT / ".wahana" / "secrets")
    )
    is_trial: bool = field(default_factory=lambda: not (os.environ.get("AUTH_ISSUER") or _in_env_file("AUTH_ISSUER")))
    """Whether tokens come from the issuer that gives anybody any role: nobody named another."""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The one address."""
        return f"http://{self.address}"

    def compose(self, *arguments: str, show: bool = False) -> str:
        """Runs compose for this installation. **Raises** Failed."""
        environment = {
            "WAHANA_ADDRESS": self.address,
            "WAHANA_SECRETS": str(self.secrets.resolve()),
            **({"AUTH_ISSUER": self.url, **TRIAL} if self.is_trial else {}),
            **self.settings,
        }
        return run(*self.engine.compose, "-p", self.project, *arguments, show=show, environment=environment)

    def up(self, *more: str, within: float = WITHIN, tell: Callable[[str], None] = lambda what: None) -> None:
        """Makes the secrets that are missing, starts everything and waits until it is well. **Raises** Failed."""
        secrets.make(self.secrets)
        try:
            self.compose("up", "-d", "--no-build", "--remove-orphans", *more)
        except Failed as failure:  # compose names containers by their ids and shows nothing of what they said
            ill = [one for one in self.containers() if one.exit_code or one.health == "unhealthy"]
            raise Failed("\n".join([str(failure), *(f"{one.name}:\n{self.logs(one)}" for one in ill)])) from None
        self.wait_well(within, tell)

    def scale(self, service: str, replicas: int, within: float = WITHIN) -> None:
        """Runs that many of a service, and touches nothing else. **Raises** Failed."""
        self.compose(
            "up", "-d", "--no-build", "--no-deps", "--no-recreate", "--scale", f"{service}={replicas}", service
        )
        self.wait_well(within)

    def down(self, *more: str) -> None:
        """Stops and removes the containers; with `--volumes` the data too."""
        self.compose("down", "--remove-orphans", *more)

    def wait_well(self, within: float = WITHIN, tell: Callable[[str], None] = lambda what: None) -> None:
        """Until every container is well. **Raises** Failed with those that are not, and the end of their logs."""
        deadline = time.monotonic() + within
        while ill := [container for container in self.containers() if not container.is_well]:
            tell(", ".join(f"{c.service} {c.health or c.state}" for c in ill))
            if time.monotonic() > deadline:
                raise Failed("\n".join(f"{c.name} is {c.state} {c.health}\n{self.logs(c)}" for c in ill))
            time.sleep(0.5)

    def containers(self, service: str | None = None) -> list[Container]:
        """All its containers, ordered by name; only those of one service, if it is named."""
        label = f"label=com.docker.compose.project={self.project}"
        ids = self.engine.docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label).split()
        found = [_container(one) for one in self.inspect(*ids)]
        return sorted((c for c in found if service in (None, c.service)), key=lambda container: container.name)

    def inspect(self, *ids: str) -> list[dict[str, Any]]:
        """All that the engine knows of these containers."""
        found: list[dict[str, Any]] = json.loads(self.engine.docker("inspect", *ids)) if ids else []
        return found

    def logs(self, container: Container, lines: int = 30) -> str:
        """The end of a container's output."""
        return run("sh", "-c", f"docker logs --tail {lines} {container.id} 2>&1")


def _container(inspected: dict[str, Any]) -> Container:
    state, labels = inspected["State"], inspected["Config"]["Labels"]
    return Container(
        id=inspected["Id"],
        name=inspected["Name"].lstrip("/"),
        service=labels["com.docker.compose.service"],
        state=state["Status"],
        health=state.get("Health", {}).get("Status", ""),
        exit_code=state["ExitCode"],
        pid=state["Pid"],
    )


def _in_env_file(name: str) -> bool:
    """Whether `.env`, which compose reads by itself, sets a name."""
    file = ROOT / ".env"
    lines = file.read_text().splitlines() if file.exists() else []
    return any(line.startswith(f"{name}=") and line.partition("=")[2].strip() for line in lines)
