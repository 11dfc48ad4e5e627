"""The code lists, as their files in `data/` say: one file for each edition of a list, read once.

A number means nothing without its list's version: 3 was `Anak nakal` in the list of 2007 and is a child in contact with
the law since 2012. Official names are verbatim; each list and entry says where it is from.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.fields import folded

DATA = Path(__file__).parent / "data"


class UnknownList(LookupError):
    """No list of that name, or no edition of that version or day."""


class Labels(BaseModel):
    """A name in both languages; the Indonesian one is official where its source is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(examples=["Anak yang berhadapan dengan hukum"])]
    en: Annotated[str, Field(examples=["Child in contact with the law"])]


class CodeSource(BaseModel):
    """Who says so: `read` in a source, from `memory` and to be verified, or `ours` without any authority behind it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mark: Annotated[Literal["read", "memory", "ours"], Field(examples=["read"])]
    text: Annotated[str, Field(examples=["dinsos.jabarprov.go.id/ppks-psks"])]


class Edition(BaseModel):
    """A list's edition."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(examples=["pmks-2007"])]
    version: Annotated[str, Field(examples=["2007"])]


class CodeEntry(BaseModel):
    """One code and what it stands for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(description="As it crosses the wire.", examples=["ABH"])]
    number: Annotated[
        int | None, Field(description="Its number in this edition, where the source numbers.", examples=[3])
    ] = None
    labels: Labels
    aliases: Annotated[
        list[str],
        Field(description="Other spellings met in the field.", examples=[["Anak berhadapan dengan hukum"]]),
    ] = []
    units: Annotated[
        list[Literal["person", "family", "group", "community", "body"]],
        Field(description="What is counted; several where both occur.", examples=[["person"]]),
    ] = []
    sensitivity: Annotated[
        list[Literal["child", "health", "criminal", "financial", "high_stigma"]],
        Field(description="Why knowing it of somebody is sensitive (UU 27/2022).", examples=[["child", "criminal"]]),
    ] = []
    successor: Annotated[
        str | None,
        Field(description="Its code in the edition that supersedes this one; null if it has none.", examples=[None]),
    ] = None
    valid_from: Annotated[date | None, Field(description="First day it may be used; null: as its list.")] = None
    valid_until: Annotated[date | None, Field(description="Last day it may be used; null: as its list.")] = None
    source: CodeSource

    def valid_on(self, day: date) -> bool:
        """Whether the entry itself has begun and not ended on a day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


class CodeList(BaseModel):
    """One edition of a code list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(examples=["ppks"])]
    version: Annotated[str, Field(examples=["2012"])]
    title: Labels
    aliases: Annotated[list[str], Field(description="Other names of the list.", examples=[["PMKS"]])] = []
    legal_base: Annotated[str | None, Field(examples=["Peraturan Menteri Sosial Nomor 08 Tahun 2012"])] = None
    source: CodeSource
    supersedes: Edition | None = None
    superseded_by: Edition | None = None
    valid_from: Annotated[date | None, Field(description="First day in force; null: not known, or always.")] = None
    valid_until: Annotated[date | None, Field(description="Last day in force; null: no end is set.")] = None
    entries: list[CodeEntry]

    def valid_on(self, day: date) -> bool:
        """Whether the edition is in force on a day."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@cache
def editions() -> Mapping[str, list[CodeList]]:
    """Every edition by the name of its list, oldest first; names in order."""
    read = [_read(file) for file in sorted(DATA.glob("*.json"))]
    later = {(old["name"], old["version"]): content for content in read if (old := content["supersedes"])}
    found: dict[str, list[CodeList]] = {}
    for content in read:
        newer = later.get((content["name"], content["version"]))
        by = newer and {"name": newer["name"], "version": newer["version"]}
        edition = CodeList.model_validate({**content, "superseded_by": by})
        found.setdefault(edition.name, []).append(edition)
    for several in found.values():
        several.sort(key=lambda edition: edition.valid_from or date.min)
    return found


def edition(name: str, version: str | None = None, day: date | None = None) -> CodeList:
    """The edition of a version; without one the edition in force on the day, or else the newest.

    Raises UnknownList.
    """
    several = editions().get(name, [])
    for found in reversed(several):
        if version in (None, found.version) and (version is not None or day is None or found.valid_on(day)):
            return found
    raise UnknownList(f"{name}@{version or day or 'newest'}")


def resolve(name: str, version: str | None, said: str | int) -> CodeEntry | None:
    """The entry that a code, a number of that version, an official name or another spelling means; None if none does.

    Case, accents and punctuation do not matter. Without a version the newest edition is asked, and a number means
    nothing. Raises UnknownList.
    """
    found = edition(name, version)
    text = str(said).strip()
    if text.isdecimal():
        return _numbers(found.name, found.version).get(int(text)) if version is not None else None
    return _spellings(found.name, found.version).get(folded(text))


@cache
def _numbers(name: str, version: str) -> Mapping[int, CodeEntry]:
    return {entry.number: entry for entry in edition(name, version).entries if entry.number is not None}


@cache
def _spellings(name: str, version: str) -> Mapping[str, CodeEntry]:
    return {
        folded(spelling): entry
        for entry in edition(name, version).entries
        for spelling in (entry.code, entry.labels.id, *entry.aliases)
    }


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = orjson.loads(file.read_bytes())
    entries = [{"source": content["source"], **entry} for entry in content["entries"]]
    return {**content, "entries": entries}
