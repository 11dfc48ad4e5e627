"""Settings of registry, from the environment."""

import hmac
from functools import cached_property
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from services.registry.people import keys
from shared.settings import DatabaseAddress, OwnerAddress, ServiceSettings
from shared.settings_types import KeyText, ReadBy, Secret


def _readable(value: SecretStr) -> SecretStr:
    keys.parsed(value.get_secret_value())
    return value


KeyList = Annotated[SecretStr, AfterValidator(_readable), KeyText, Secret()]
"""Keys as `id:base64` of 32 bytes, comma separated, the one in use first."""
PERSON_KEYS = Field(
    validation_alias="REGISTRY_PERSON_KEYS",
    description="Keys that NIK and telephone numbers are sealed with, the one in use first: `id:base64` of 32 bytes, comma"
    " separated; `wahana people make-key 2026-03` prints one. WHO LOSES THEM LOSES EVERY NIK: keep a copy apart from the"
    " backups of the database.",
    examples=["2026-03:<base64>,2025-03:<base64>"],
)
LOOKUP_KEYS = Field(
    validation_alias="REGISTRY_LOOKUP_KEYS",
    description="Keys that NIK and telephone numbers are found by, written in the same way; none may be among those that"
    " seal.",
    examples=["2026-03:<base64>"],
)
FOR_PEOPLE = ReadBy(("API", "commands"))


class Settings(ServiceSettings):
    """Settings of registry; `database_url` is read from `REGISTRY_DATABASE_URL`.

    Without keys a process can do all that concerns no people: publish, migrate, load regions.
    """

    service = "registry"
    database_url: Annotated[DatabaseAddress, Field(validation_alias="REGISTRY_DATABASE_URL")]
    owner_database_url: Annotated[OwnerAddress, Field(validation_alias="REGISTRY_OWNER_DATABASE_URL")] = None
    person_keys: Annotated[KeyList | None, PERSON_KEYS, FOR_PEOPLE] = None
    lookup_keys: Annotated[KeyList | None, LOOKUP_KEYS, FOR_PEOPLE] = None

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
            raise keys.NoKeys(
                "REGISTRY_PERSON_KEYS and REGISTRY_LOOKUP_KEYS are not set; docs/configuration.md explains them"
            )
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

    person_keys: Annotated[KeyList, PERSON_KEYS, FOR_PEOPLE]
    lookup_keys: Annotated[KeyList, LOOKUP_KEYS, FOR_PEOPLE]
