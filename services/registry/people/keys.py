"""The keys over what identifies people: sealed fields, and blind indexes that find a number without opening any.

A sealed value is `key:base64(nonce, ciphertext, tag)`, AES-256-GCM with a random nonce; it is bound to its record and
field, so that it cannot be copied to another. An index is `key:hex(HMAC-SHA256)` under keys of its own: who holds a
stolen database and the numbers of all people cannot tell whose stands where. Both carry the id of their key, so that
keys can be changed while people work.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.language import Text
from shared.problems import Problem

KEY_BYTES = 32
_NONCE_BYTES = 12
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


class Unopened(Problem):
    """A sealed value cannot be opened. The message names its key or what is wrong, never the value."""

    slug = "sealed-value-unreadable"
    title = Text("Data tersegel tidak dapat dibuka", "A sealed value cannot be opened")


class NoKeys(RuntimeError):
    """People are asked for in a process that was not given the keys."""


def parsed(text: str) -> dict[str, bytes]:
    """Keys by id from `id:base64,id:base64`, the one in use first. Raises ValueError that names no key material."""
    keys: dict[str, bytes] = {}
    for place, part in enumerate(text.split(","), start=1):
        id, _, material = part.strip().partition(":")
        if not _ID.fullmatch(id):
            raise ValueError(f"key {place}: write id:base64; an id is 1 to 20 of a-z, 0-9 and -")
        if id in keys:
            raise ValueError(f"two keys are called {id}")
        try:
            key = base64.b64decode(material, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(f"key {id} is not base64") from None
        if len(key) != KEY_BYTES:
            raise ValueError(f"key {id} has {len(key)} bytes; {KEY_BYTES} are needed (openssl rand -base64 32)")
        keys[id] = key
    return keys


def made(id: str) -> str:
    """A new random key as it stands in a setting. Raises ValueError for an id that cannot be one."""
    text = f"{id}:{base64.b64encode(os.urandom(KEY_BYTES)).decode()}"
    parsed(text)
    return text


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """Keys by id, the one in use first: `sealing` for fields, `lookup` for blind indexes."""

    sealing: Mapping[str, bytes]
    lookup: Mapping[str, bytes]

    def seal(self, owner: UUID, field: str, text: str) -> str:
        """A text that belongs to this field of this record, sealed with the key in use."""
        id, key = next(iter(self.sealing.items()))
        nonce = os.urandom(_NONCE_BYTES)
        return (
            f"{id}:{base64.b64encode(nonce + AESGCM(key).encrypt(nonce, text.encode(), _bound(owner, field))).decode()}"
        )

    def open(self, owner: UUID, field: str, sealed: str) -> str:
        """The text of a sealed value. Raises Unopened for a key that is not here, or a value that is not its own."""
        id, _, content = sealed.partition(":")
        key = self.sealing.get(id)
        if key is None:
            raise _unopened(
                field, owner, Text(f"kunci {id} tidak dipasang", f"is sealed with the key {id}, which is not set")
            )
        try:
            raw = base64.b64decode(content)
            return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(owner, field)).decode()
        except (InvalidTag, ValueError):
            why = Text(f"isinya diubah, atau kunci {id} berbeda", f"was altered, or the key {id} is another one")
            raise _unopened(field, owner, why) from None

    def index(self, field: str, number: str) -> str:
        """The blind index of a number under the key in use."""
        return self.indexes(field, number)[0]

    def indexes(self, field: str, number: str) -> list[str]:
        """All indexes under which a number may stand while keys are changed; the one of the key in use first."""
        message = f"{field}/{number}".encode()
        return [f"{id}:{hmac.new(key, message, hashlib.sha256).hexdigest()}" for id, key in self.lookup.items()]

    @property
    def sealing_id(self) -> str:
        """Id of the key in use for fields."""
        return next(iter(self.sealing))

    @property
    def lookup_id(self) -> str:
        """Id of the key in use for indexes."""
        return next(iter(self.lookup))


def _bound(owner: UUID, field: str) -> bytes:
    return f"{owner}/{field}".encode()


def _unopened(field: str, owner: UUID, why: Text) -> Unopened:
    return Unopened(Text(f"{field} dari {owner}: {why.id}.", f"{field} of {owner} {why.en}."))
