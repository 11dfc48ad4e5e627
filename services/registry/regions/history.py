"""What the shipped lineage says of each region: its codes, names and parents of before, and what is in doubt.

Made by `deploy.regions.lineage`; see `LINEAGE-NOTICE.txt`. The provinces' laws and their codes' decrees have different
days: a province was founded by the law (`FOUNDED`), its code is valid since the decree.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from shared.codes import Confidence, SuccessionKind

LINEAGE: Final = Path(__file__).with_name("lineage.csv.gz")
BPS: Final = Path(__file__).with_name("bps.csv.gz")
NOTICE: Final = Path(__file__).with_name("LINEAGE-NOTICE.txt")
COLUMNS: Final = ("old_code", "old_name", "code", "kind", "confidence", "until")

# Source: `domain.md` §3.3 and `region-data.md` §5 of the handbook, after cahyadsn/wilayah README and issue 27.
PAPUA: Final = date(2022, 11, 9)
LATEST: Final = date(2025, 4, 25)
DECREES: Final = {PAPUA: "Kepmendagri 100.1.1-6117/2022", LATEST: "Kepmendagri 300.2.2-2138/2025"}
"""The decree that is in force since a day: the one which gave the codes that follow."""
FOUNDED: Final = {
    "93": date(2022, 7, 25),  # UU 14/2022
    "94": date(2022, 7, 25),  # UU 15/2022
    "95": date(2022, 7, 25),  # UU 16/2022
    "96": date(2022, 12, 8),  # UU 29/2022
}
"""First day of the provinces that were founded since 2020."""


class Link(NamedTuple):
    """An old code and a region of today that it became, or may have become; `code` is empty if none is known.

    `until`: first day on which the old code or name is known to be out of force.
    """

    old_code: str
    old_name: str
    code: str
    kind: SuccessionKind
    confidence: Confidence
    until: date


class Before(NamedTuple):
    """A value that was in force before today's, until the first day on which it no longer was."""

    value: str
    until: date


@dataclass(slots=True)
class Past:
    """What is known of a region of today before today's values; `parent` holds the code that its old parent has today.

    `code_since`: since when it has today's code, if that is known: null where it had no other and nobody else had it.
    """

    code: Before | None = None
    name: Before | None = None
    parent: Before | None = None
    code_since: date | None = None


@dataclass(frozen=True, slots=True)
class History:
    """The shipped lineage: the past of regions by today's code, and the links that are no region's own past."""

    past: Mapping[str, Past] = field(default_factory=dict)
    successions: tuple[Link, ...] = ()
    """Splits, and ambiguous links: shown, never applied."""
    bps: Mapping[str, str] = field(default_factory=dict)
    """Today's Kemendagri code → BPS code, where one is known."""


NOTHING: Final = History()


def read() -> Iterator[Link]:
    """The links of the shipped file, by old code."""
    for old_code, old_name, code, kind, confidence, until in _rows(LINEAGE):
        yield Link(old_code, old_name, code, SuccessionKind(kind), Confidence(confidence), date.fromisoformat(until))


@cache
def shipped() -> History:
    """The shipped lineage and BPS codes; read once."""
    return of(list(read()), dict(_rows(BPS)))


def of(links: Iterable[Link], bps: Mapping[str, str]) -> History:
    """What links say. Only exact ones become the past of a region."""
    own: list[Link] = []
    others: list[Link] = []
    for link in links:
        exact = link.confidence is Confidence.EXACT and link.kind is not SuccessionKind.SPLIT
        (own if exact else others).append(link)
    became = {link.old_code: link.code for link in own}
    doubtful = {link.old_code for link in others if link.kind is not SuccessionKind.SPLIT}
    past = {link.code: _past(link, became, doubtful) for link in own}
    for link in (*own, *others):
        if link.kind is SuccessionKind.SPLIT:
            past.setdefault(link.code, Past()).code_since = link.until
        elif link.old_code != link.code and link.old_code in became:
            # Whoever has this code today, if anybody has, had it given only after this region lost it.
            holder = past.setdefault(link.old_code, Past())
            holder.code_since = max(filter(None, (holder.code_since, link.until)))
    return History(past, tuple(others), bps)


def _past(link: Link, became: Mapping[str, str], doubtful: set[str]) -> Past:
    moved = link.old_code != link.code
    above = link.old_code.rpartition(".")[0]
    parent = None if not moved or above in doubtful else became.get(above, above)
    return Past(
        code=Before(link.old_code, link.until) if moved else None,
        name=Before(link.old_name, link.until),
        parent=Before(parent, link.until) if parent and parent != link.code.rpartition(".")[0] else None,
        code_since=link.until if moved else None,
    )


def _rows(file: Path) -> Iterator[list[str]]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        yield from rows
