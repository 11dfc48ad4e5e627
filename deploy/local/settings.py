"""Settings of the local platform: `.env`, then the environment over it. `.env.example` lists and explains them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).parents[2]
SERVICES = ("registry", "activities", "reporting")
PORTS = {
    "PORT": 8000,
    "REGISTRY_PORT": 8001,
    "ACTIVITIES_PORT": 8002,
    "REPORTING_PORT": 8003,
    "REGISTRY_WORKER_PORT": 8011,
    "ACTIVITIES_WORKER_PORT": 8012,
    "REPORTING_WORKER_PORT": 8013,
    "POSTGRES_PORT": 15432,
    "KAFKA_PORT": 19092,
    "KAFKA_CONTROLLER_PORT": 19093,
}
"""Every port of 127.0.0.1 we listen on, by the setting that moves it."""


class Wrong(ValueError):
    """A setting cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """What was set, and what follows from it."""

    environment: Mapping[str, str]
    folder: Path = ROOT / ".wahana"

    @classmethod
    def read(cls, file: Path = ROOT / ".env") -> "Settings":
        """From `file`, then from the environment, which wins unless empty."""
        written = {name: value for name, value in dotenv_values(file).items() if value}
        return cls({**written, **{name: value for name, value in os.environ.items() if value or name not in written}})

    def number(self, name: str) -> int:
        """The port a setting of `PORTS` names. **Raises** Wrong."""
        value = self.environment.get(name) or str(PORTS[name])
        if not value.isdecimal() or not 0 < int(value) < 65536:
            raise Wrong(f"{name}={value} is not a port")
        return int(value)

    def port(self, service: str) -> int:
        """The port of a service's API."""
        return self.number(f"{service.upper()}_PORT")

    def worker_port(self, service: str) -> int:
        """The port of a worker's health and metrics."""
        return self.number(f"{service.upper()}_WORKER_PORT")

    @property
    def address(self) -> str:
        """The one address, and the issuer of the trial tokens."""
        return f"http://127.0.0.1:{self.number('PORT')}"

    @property
    def audience(self) -> str:
        """`aud` of the tokens the services accept."""
        return self.environment.get("AUTH_AUDIENCE") or "wahana"

    @property
    def key_file(self) -> Path:
        """The trial issuer's private key."""
        return self.folder / "issuer-key.json"

    @property
    def kafka(self) -> str | None:
        """Kafka that exists already; None if ours is to be started."""
        return self.environment.get("KAFKA_BOOTSTRAP_SERVERS") or None

    def database(self, service: str) -> str | None:
        """A service's database that exists already; None if ours is to be started."""
        return self.environment.get(f"{service.upper()}_DATABASE_URL") or None

    def worker_database(self, service: str) -> str | None:
        """The same by the role of its worker and of the commands; None if that is the API's."""
        return self.environment.get(f"{service.upper()}_WORKER_DATABASE_URL") or None

    def owner_database(self, service: str) -> str | None:
        """The same by the role that owns it, for the migrations; None if that is no other."""
        return self.environment.get(f"{service.upper()}_OWNER_DATABASE_URL") or None

    @property
    def needs_postgres(self) -> bool:
        """Whether any service uses the embedded PostgreSQL."""
        return any(self.database(service) is None for service in SERVICES)

    def listening(self) -> dict[str, int]:
        """The ports that will be taken, by setting. **Raises** Wrong when one is named twice."""
        ports = {name: self.number(name) for name in PORTS}
        if not self.needs_postgres:
            del ports["POSTGRES_PORT"]
        if self.kafka:
            del ports["KAFKA_PORT"], ports["KAFKA_CONTROLLER_PORT"]
        by_port: dict[int, str] = {}
        for name, port in ports.items():
            if port in by_port:
                raise Wrong(f"{name} and {by_port[port]} both name port {port}")
            by_port[port] = name
        return ports
