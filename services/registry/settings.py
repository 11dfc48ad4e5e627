"""Settings of registry, from the environment."""

from typing import Annotated, Literal

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of registry; `database_url` is read from `REGISTRY_DATABASE_URL`."""

    service: Literal["registry"] = "registry"
    database_url: Annotated[str, Field(validation_alias="REGISTRY_DATABASE_URL")]
