"""Settings of a service, read from the environment (`.env.example` lists them). A wrong one stops the start by name."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

ServiceName = Literal["registry", "activities", "reporting"]


class SharedSettings(BaseSettings):
    """What every process of every service needs."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    kafka_bootstrap_servers: Annotated[str, Field(description="Kafka brokers, `host:port`, comma separated.")]
    kafka_topic_prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")] = "wahana"
    auth_issuer: Annotated[str, Field(description="`iss` of the access tokens that are accepted.")]
    auth_audience: Annotated[str, Field(description="`aud` of the access tokens that are accepted.")] = "wahana"
    auth_jwks_url: Annotated[str, Field(description="Where the issuer's public keys are read (JWKS).")]
    worker_port: Annotated[int | None, Field(description="Port of a worker's /livez and /metrics; none if unset.")] = (
        None
    )
    worker_host: Annotated[str, Field(description="Interface of a worker's /livez and /metrics.")] = "127.0.0.1"
    database_pool_size: Annotated[int, Field(ge=1, le=64)] = 8


class ServiceSettings(SharedSettings):
    """Settings of one service: what is shared, its name and its database."""

    service: ServiceName
    database_url: Annotated[str, Field(description="`postgresql://user:password@host:port/database`.")]

    owner_database_url: Annotated[
        str | None, Field(description="The same database for migrations, by the role that owns it; unset: no other.")
    ] = None

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
