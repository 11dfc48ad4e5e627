"""Settings of a service, read from the environment (`.env.example` lists them). A wrong one stops the start by name.

Each NAME may be given as NAME_FILE instead, the path of a file that holds the value: see `shared.settings_sources`.
"""

import sys
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import URL, make_url

from shared.settings_sources import FromFiles, told
from shared.settings_sources import WrongSettings as WrongSettings
from shared.settings_types import Brokers, HttpAddress, Origins, PostgresAddress, Rate, ReadBy, Secret

ServiceName = Literal["registry", "activities", "reporting"]


HELP = "Set them in the environment, in files (NAME_FILE) or in .env; docs/configuration.md explains each."
DatabaseAddress = Annotated[
    PostgresAddress,
    Field(
        repr=False,
        description="The service's own database, by the role that the process runs as.",
        examples=["postgresql://user:password@host:5432/database"],
    ),
]
OwnerAddress = Annotated[
    PostgresAddress | None,
    Field(
        repr=False,
        description="The same database by the role that owns it; unset: by no other role.",
        examples=["postgresql://owner:password@host:5432/database"],
    ),
    ReadBy(("migrations", "commands")),
    Secret(),
]
API_ONLY = ReadBy(("API",))


class SharedSettings(BaseSettings):
    """What every process of every service needs."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    def __init__(self, **values: Any) -> None:
        """Reads what is not among `values` from files, the environment and `.env`. **Raises** WrongSettings."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise WrongSettings(told(error)) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the library hands it over by name
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Files stand before the variables, so that a setting given in both ways is seen and refused."""
        files = FromFiles(settings_cls, env_settings, dotenv_settings)
        return init_settings, files, env_settings, dotenv_settings

    @classmethod
    def of_process(cls) -> Self:
        """The settings of a process that begins. Wrong ones are told on stderr, by name, and it ends with 2."""
        try:
            return cls()
        except WrongSettings as error:
            print(f"Not started: settings are missing or wrong.\n{error}\n{HELP}", file=sys.stderr)  # noqa: T201
            raise SystemExit(2) from None

    kafka_bootstrap_servers: Annotated[
        Brokers,
        Field(description="Kafka brokers, `host:port`, comma separated.", examples=["kafka-1:9092,kafka-2:9092"]),
    ]
    kafka_topic_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60, description="First part of every topic's name.")
    ] = "wahana"
    auth_issuer: Annotated[
        str,
        Field(
            pattern=r"^\S+$",
            description="`iss` of the access tokens that are accepted, letter by letter.",
            examples=["https://login.example.go.id/realms/wahana"],
        ),
    ]
    auth_audience: Annotated[
        str, Field(pattern=r"^\S+$", description="`aud` of the access tokens that are accepted.")
    ] = "wahana"
    auth_jwks_url: Annotated[
        HttpAddress,
        Field(
            description="Where the issuer's public keys are read (JWKS); keys are never read from a token.",
            examples=["https://login.example.go.id/realms/wahana/protocol/openid-connect/certs"],
        ),
    ]
    worker_port: Annotated[
        int | None,
        Field(ge=1, le=65535, description="Port of a worker's /livez and /metrics; none if unset.", examples=["8011"]),
        ReadBy(("worker",)),
    ] = None
    worker_host: Annotated[
        str,
        Field(pattern=r"^\S+$", description="Interface of a worker's /livez and /metrics; in a container 0.0.0.0."),
        ReadBy(("worker",)),
    ] = "127.0.0.1"
    database_pool_size: Annotated[
        int, Field(ge=1, le=64, description="Connections that each process keeps to its database at most.")
    ] = 8


class ServiceSettings(SharedSettings):
    """Settings of one service: what is shared, its name and its database."""

    service: ClassVar[ServiceName]
    database_url: DatabaseAddress
    owner_database_url: OwnerAddress = None
    postgres_binaries: Annotated[
        Path | None,
        Field(
            description="Folder of pg_dump and pg_restore for `wahana backup` and `restore`; unset: those on PATH.",
            examples=["/usr/lib/postgresql/18/bin"],
        ),
        ReadBy(("commands",)),
    ] = None
    rate_reads: Annotated[
        Rate,
        Field(description="What one caller may read from one API process: `60/minute`, `60/minute;5000/day`, `none`."),
        API_ONLY,
    ] = "6000/minute"
    rate_writes: Annotated[
        Rate,
        Field(description="What one caller may write to one API process; a batch counts each of its operations."),
        API_ONLY,
    ] = "6000/minute"
    rate_lookups: Annotated[
        Rate,
        Field(description="How often one caller may look people up, or see what identifies them, by one API process."),
        API_ONLY,
    ] = "120/minute;5000/day"
    rate_open: Annotated[
        Rate,
        Field(description="What one address may ask one API process without a token; whole offices share one."),
        API_ONLY,
    ] = "3000/minute"
    rate_refused_tokens: Annotated[
        Rate,
        Field(
            description="Refused tokens from one address, after which one API process checks no unknown one from there."
        ),
        API_ONLY,
    ] = "600/minute"
    request_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=3600,
            description="Seconds after which an API ends a request that has no answer yet, and stores nothing.",
        ),
        API_ONLY,
    ] = 60.0
    requests_at_once: Annotated[
        int,
        Field(
            ge=2,
            le=10_000,
            description="Requests under way in one API process; more get 503. One caller has half of them.",
        ),
        API_ONLY,
    ] = 200
    cors_origins: Annotated[
        Origins,
        Field(
            description="Web origins whose scripts may call the APIs, comma separated: `https://wahana.example.go.id`."
        ),
        API_ONLY,
    ] = ""
    hsts_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=63_072_000,
            description="`max-age` of Strict-Transport-Security; 0: none, as where the proxy sets it.",
        ),
        API_ONLY,
    ] = 0
    docs_pages: Annotated[bool, Field(description="Whether APIs serve /docs, /redoc and /openapi.json."), API_ONLY] = (
        True
    )

    def as_owner(self) -> Self:
        """These settings with the database's owner for its user: for migrations."""
        owner = self.model_copy(update={"database_url": self.owner_database_url or self.database_url})
        owner.__dict__.pop("database", None)  # what was made of the other address
        return owner

    @cached_property
    def database(self) -> URL:
        """The database's address with the async driver in it."""
        return make_url(self.database_url).set(drivername="postgresql+asyncpg")

    @property
    def digest_key(self) -> bytes:
        """Key of the digests by which request bodies are known again; none where bodies hold nothing personal."""
        return b""

    @property
    def driver_dsn(self) -> str:
        """The same address as the bare driver (asyncpg) reads it."""
        return self.database.set(drivername="postgresql").render_as_string(hide_password=False)
