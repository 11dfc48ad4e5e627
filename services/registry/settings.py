"""Settings of registry, from the environment."""

import hmac
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.registry.people import keys
from shared.settings import ServiceSettings


def _readable(value: SecretStr) -> SecretStr:
    keys.parsed(value.get_secret_value())
    return value


KeyList = Annotated[
    SecretStr,
    AfterValidator(_readable),
    Field(description="Keys as `id:base64` of 32 bytes, comma separated, the one in use first."),
]


class Settings(ServiceSettings):
    """Settings of registry; `database_url` is read from `REGISTRY_DATABASE_URL`.

    Without keys a process can do all that concerns no people: publish, migrate, load regions.
    """

    model_config = SettingsConfigDict(hide_input_in_errors=True)

    service: Literal["registry"] = "registry"
    database_url: Annotated[str, Field(validation_alias="REGISTRY_DATABASE_URL")]
    owner_database_url: Annotated[str | None, Field(validation_alias="REGISTRY_OWNER_DATABASE_URL")] = None
    person_keys: Annotated[KeyList | None, Field(validation_alias="REGISTRY_PERSON_KEYS")] = None
    lookup_keys: Annotated[KeyList | None, Field(validation_alias="REGISTRY_LOOKUP_KEYS")] = None

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.person_keys and self.lookup_keys:
            ring = self.keyring
            if set(ring.sealing.values()) & set(ring.lookup.values()):
                raise ValueError("REGISTRY_PERSON_KEYS and REGISTRY_LOOKUP_KEYS share a key; give each its own")
        return self

    @cached_property
    def keyring(self) -> keys.Keyring:
        """The keys over what identifies people. Raises NoKeys when they were not set."""
        if self.person_keys is None or self.lookup_keys is None:
            raise keys.NoKeys("REGISTRY_PERSON_KEYS and REGISTRY_LOOKUP_KEYS are not set; .env.example explains them")
        return keys.Keyring(
            keys.parsed(self.person_keys.get_secret_value()), keys.parsed(self.lookup_keys.get_secret_value())
        )

    @property
    def digest_key(self) -> bytes:
        """Made of the oldest lookup key: it stays the same from before a change of keys until after it."""
        if self.lookup_keys is None:
            return b""
        return hmac.digest(list(self.keyring.lookup.values())[-1], b"idempotency", "sha256")


class KeyedSettings(Settings):
    """Settings of the processes that read and write people: they do not start without the keys."""

    person_keys: Annotated[KeyList, Field(validation_alias="REGISTRY_PERSON_KEYS")]
    lookup_keys: Annotated[KeyList, Field(validation_alias="REGISTRY_LOOKUP_KEYS")]
