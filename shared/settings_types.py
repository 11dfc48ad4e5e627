"""What the values of settings look like, and what is said about a setting beside its type. Faults never show the value."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, WithJsonSchema
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


def _rate(text: str) -> str:
    if text != "none":
        try:
            parse_many(text)
        except ValueError:
            raise ValueError("is not a rate like 60/minute, nor none") from None
    return text


def _origins(text: str) -> str:
    for origin in filter(None, (part.strip() for part in text.split(","))):
        parts = urlsplit(_http(origin))
        if parts.path or parts.query or parts.fragment or parts.username:
            raise ValueError(f"{origin} is more than an origin: https://host, nothing behind it")
    return text


def _form(told: str) -> WithJsonSchema:
    """How a value is written, for the table of settings."""
    return WithJsonSchema({"type": "string", "format": told})


Brokers = Annotated[str, AfterValidator(_brokers), _form("`host:port`, comma separated")]
PostgresAddress = Annotated[
    str, AfterValidator(_postgres), _form("`postgresql://user:password@host:port/database`"), Secret()
]
HttpAddress = Annotated[str, AfterValidator(_http), _form("`https://…`; `http://…` within a network of one's own")]
Rate = Annotated[
    str,
    AfterValidator(_rate),
    _form("`60/minute`, or several with `;` between: `60/minute;5000/day`; `none`: no limit"),
]
"""Requests in a time, as `limits` writes them."""
Origins = Annotated[str, AfterValidator(_origins), _form("`https://host`, comma separated; empty: none")]
KeyText = WithJsonSchema({"type": "string", "format": "`id:base64` of 32 bytes, comma separated"})
"""How a list of keys is written, for the table of settings."""
