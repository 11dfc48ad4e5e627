"""What the values of settings look like, and what is said about a setting beside its type. Faults never show the value."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

Process = Literal["API", "worker", "migrations", "commands"]


@dataclass(frozen=True, slots=True)
class ReadBy:
    """The kinds of process that a setting matters to; a setting without it matters to all."""

    processes: tuple[Process, ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """Marks a setting whose value nobody may see: kept in a file (NAME_FILE), never logged."""


_BROKER = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(\d{1,5})")


def _brokers(text: str) -> str:
    for place, part in enumerate(text.split(","), start=1):
        found = _BROKER.fullmatch(part.strip())
        if found is None or not 0 < int(found[2]) < 65536:
            raise ValueError(f"broker {place} is not host:port")
    return text


def _postgres(text: str) -> str:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not an address like postgresql://user:password@host:port/database") from None
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError("does not begin with postgresql://")
    if not url.database:
        raise ValueError("names no database: postgresql://user:password@host:port/database")
    return text


def _http(text: str) -> str:
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        named = False
    if not named:
        raise ValueError("is not an address that begins with https:// (or http://)")
    return text


Brokers = Annotated[str, AfterValidator(_brokers)]
"""`host:port`, comma separated."""
PostgresAddress = Annotated[str, AfterValidator(_postgres), Secret()]
"""`postgresql://user:password@host:port/database`."""
HttpAddress = Annotated[str, AfterValidator(_http)]
"""`https://…`; `http://` on a network that is one's own."""
