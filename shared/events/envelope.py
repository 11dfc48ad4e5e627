"""The CloudEvents 1.0 envelope, Kafka binding, binary content mode: attributes as `ce_*` headers, JSON as value.

A message can be read alone, twice and late: its data is the whole public state of its subject after a past-tense fact,
and `sequence` is that subject's version (1, 2, 3 …, also its ETag).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

SPEC_VERSION = "1.0"
CONTENT_TYPE = b"application/json"
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_NUL = rb"\u0000"
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""NUL as JSON writes it; an even number of backslashes before it would make it six ordinary letters."""
LARGEST = 256 * 1024
"""Bytes of data an event may have; what can grow beyond is a subject of its own (`semantics.md` §2.2)."""


OF_A_RESTORE = ("restored", "lost")
"""What any subject may be told of after its service was restored from a backup: that it is again as it was then, or that
it was registered later and is no more; the state of the latter is void."""


class Unreadable(ValueError):
    """The message can never be understood by this version: park it."""


class Part(BaseModel):
    """A piece of an event's data. Readers ignore fields they do not know; the published schema is closed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class State(Part):
    """The whole public state of one subject: the data of each of its events."""

    SERVICE: ClassVar[str]
    NOUN: ClassVar[str]
    VERSION: ClassVar[int] = 1
    FACTS: ClassVar[tuple[str, ...]]
    """Past-tense verbs that may have led to this state, beside those of a restore (`facts`)."""

    @classmethod
    def topic(cls) -> str:
        """The topic's name behind the installation's prefix: `registry.institution.v1`."""
        return f"{cls.SERVICE}.{cls.NOUN}.v{cls.VERSION}"

    @classmethod
    def schema_uri(cls) -> str:
        """The `dataschema` attribute: the name of the checked-in JSON Schema in `shared/events/schemas/`."""
        return f"urn:wahana:schema:{cls.topic()}"

    @classmethod
    def facts(cls) -> tuple[str, ...]:
        """All past-tense verbs of the contract."""
        return (*cls.FACTS, *OF_A_RESTORE)

    @classmethod
    def event_type(cls, fact: str) -> str:
        """`<service>.<noun>.<past verb>.v<major>`. Raises ValueError for a fact the contract does not name."""
        if fact not in cls.facts():
            raise ValueError(f"{cls.topic()} does not know the fact {fact!r}")
        return f"{cls.SERVICE}.{cls.NOUN}.{fact}.v{cls.VERSION}"


class Spell(Part):
    """A half-open run of local dates `[since, until)`; `until` is the first day on which it is no longer so."""

    since: Annotated[date, Field(description="First day of the spell.")]
    until: Annotated[date | None, Field(description="First day after the spell; null while it lasts.")] = None


@dataclass(frozen=True, slots=True)
class Event:
    """One fact about one subject, as it crosses between services. `data` is JSON text, `time` is UTC."""

    id: UUID
    type: str
    subject: UUID
    sequence: int
    time: datetime
    data: bytes
    schema: str
    traceparent: str | None = None

    @property
    def source(self) -> str:
        """The publishing service."""
        return self.type.partition(".")[0]


def headers(event: Event) -> list[tuple[str, bytes]]:
    """The Kafka headers of an event, CloudEvents' Kafka binding §3.2."""
    attributes = [
        ("ce_specversion", SPEC_VERSION),
        ("ce_id", str(event.id)),
        ("ce_source", event.source),
        ("ce_type", event.type),
        ("ce_subject", str(event.subject)),
        ("ce_time", event.time.isoformat().replace("+00:00", "Z")),
        ("ce_sequence", str(event.sequence)),
        ("ce_dataschema", event.schema),
    ]
    if event.traceparent:
        attributes.append(("traceparent", event.traceparent))
    return [*((name, value.encode()) for name, value in attributes), ("content-type", CONTENT_TYPE)]


def read(raw_headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> Event:
    """The event in a Kafka record. Raises Unreadable naming what is missing or malformed."""
    if value is None:
        raise Unreadable("the record has no value")
    if _NUL in value and _ESCAPED_NUL.search(value):
        raise Unreadable("the data holds NUL, which PostgreSQL has no place for")
    try:
        # Kafka allows a header without a value; that is a header that is missing.
        attributes = {name: content.decode() for name, content in raw_headers if content is not None}
        if attributes["ce_specversion"] != SPEC_VERSION:
            raise ValueError(f"CloudEvents {attributes['ce_specversion']!r} is not {SPEC_VERSION}")
        return Event(
            id=UUID(attributes["ce_id"]),
            type=attributes["ce_type"],
            subject=UUID(attributes["ce_subject"]),
            sequence=_sequence(attributes["ce_sequence"]),
            time=_instant(attributes["ce_time"]),
            data=value,
            schema=attributes["ce_dataschema"],
            traceparent=attributes.get("traceparent"),
        )
    except KeyError as missing:
        raise Unreadable(f"header {missing} is missing") from missing
    except (ValueError, OverflowError) as malformed:
        raise Unreadable(f"a header is malformed: {malformed}") from malformed


def _sequence(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"sequence {text!r} is not 1, 2, 3 …")
    return int(text)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"time {text!r} has no zone")
    return instant.astimezone(UTC)
