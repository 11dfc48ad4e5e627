"""Who counts once, and where: people by what they did in the months of a year. Pure.

An owner is a person with all records that are about them, a family, or a community. What it gives to a period and a region
is 0 or 1, whatever it did there; its facts are only ever looked at together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from uuid import UUID

from services.reporting.measures import AGES, SEXES, AgeBand
from services.reporting.places import Path, Tree
from shared.codes import Sex

UNKNOWN_SEX = SEXES.index(Sex.TIDAK_DIKETAHUI)
_BANDS = ((5, AgeBand.AGE_0_5), (17, AgeBand.AGE_6_17), (59, AgeBand.AGE_18_59))


class Unit(IntEnum):
    """What kind of owner."""

    PERSON = 0
    FAMILY = 1
    COMMUNITY = 2


class Giver(IntEnum):
    """Who gave a benefit."""

    INSTITUTION = 0
    NETWORK = 1
    PARTNER = 2


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attendance sheet that counts."""

    id: UUID
    activity_id: UUID
    held_on: date
    village_id: UUID
    organiser_ids: Iterable[UUID]


@dataclass(frozen=True, slots=True)
class Days:
    """Days `[since, until)`; an open end is None."""

    since: date | None
    until: date | None

    def hold(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's spells in an institution, or an institution's in a network."""

    of: UUID
    spells: tuple[Days, ...]

    def on(self, day: date) -> bool:
        """Whether it was so on a day."""
        return any(spell.hold(day) for spell in self.spells)


@dataclass(frozen=True, slots=True)
class Benefit:
    """Help that counts; `kinds` are kinds of PPKS as bits."""

    id: UUID
    giver: Giver
    giver_id: UUID
    given_on: date
    village_id: UUID
    kinds: int


class Where:
    """The regions in which a fact counts, in both trees: the same object while they agree. Compared by identity."""

    __slots__ = ("as_was", "current")

    def __init__(self, paths: Iterable[Path]) -> None:
        by_tree = {path.tree: path.keys for path in paths}
        both = by_tree.get(Tree.BOTH, ())
        self.as_was = both or by_tree.get(Tree.AS_WAS, ())
        self.current = both or by_tree.get(Tree.CURRENT, ())


Bits = dict[int, int]
"""Region key → months or marks."""
Regions = tuple[Bits, Bits]
"""In the tree of each fact's own date, and in today's; the same object while they agree."""


def regions(facts: Mapping[Where, int]) -> Regions:
    """The months or marks of each region that any of these facts counts in."""
    as_was: Bits = {}
    moved = False
    for where, bits in facts.items():
        moved = moved or where.as_was is not where.current
        for key in where.as_was:
            as_was[key] = as_was.get(key, 0) | bits
    if not moved:
        return as_was, as_was
    current: Bits = {}
    for where, bits in facts.items():
        for key in where.current:
            current[key] = current.get(key, 0) | bits
    return as_was, current


def age_band(birth_year: int | None, year: int) -> AgeBand:
    """By the years between: nothing finer than the year of birth is known (`domain.md` §5.1)."""
    if birth_year is None or birth_year > year:
        return AgeBand.UNKNOWN
    return next((band for most, band in _BANDS if year - birth_year <= most), AgeBand.AGE_60_UP)


@cache
def dimension(sex: int | None, birth_year: int | None, year: int) -> int:
    """The number of a sex and an age band in the dimension of participants."""
    return (UNKNOWN_SEX if sex is None else sex) * len(AGES) + AGES.index(age_band(birth_year, year))
