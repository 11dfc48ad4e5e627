"""What an indicator is: a versioned formula over measures, with the metadata its public definition consists of.

The fields follow Standar Data of Satu Data Indonesia (Perpres 39/2019: konsep, definisi, klasifikasi, ukuran, satuan).
The formula is data: two terms, how each is taken from the cells, and a multiplier.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement

from services.reporting.measures import AGES, KINDS, PPKS, SEXES, SOURCES, TYPES, VERSION, Group
from services.reporting.periods import PeriodKind
from shared.auth import Right
from shared.codes import BeneficiaryUnit
from shared.language import Text


class Taken(StrEnum):
    """How a term's cells become one number for a period."""

    SUM = "sum"
    """A flow: the sum of the period's months."""
    AT_END = "at_end"
    """A stock: as at the last day of the period's last month."""


class Dimension(StrEnum):
    """What an indicator can be broken down by."""

    KIND = "kind"
    """Kind of activity."""
    TYPE = "type"
    """Type of institution."""
    SOURCE = "source"
    """Source of what was contributed."""
    SEX = "sex"
    AGE = "age"
    """Band of age in the year of what somebody did."""
    PPKS = "ppks"
    """Kind of PPKS that somebody was of."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of this dimension; a cell's dimension number is the place in here, unless cells are kept by two."""
        return _CODES[self]

    def numbers(self, place: int) -> frozenset[int]:
        """The dimension numbers of the cells of a code, which is given by its place."""
        match self:
            case Dimension.SEX:
                return frozenset(range(place * len(AGES), (place + 1) * len(AGES)))
            case Dimension.AGE:
                return frozenset(range(place, len(SEXES) * len(AGES), len(AGES)))
            case _:
                return frozenset({place})

    def place(self, number: ColumnElement[int]) -> ColumnElement[int]:
        """The place of the code of cells with a dimension number."""
        match self:
            case Dimension.SEX:
                return number.op("/")(len(AGES))
            case Dimension.AGE:
                return number % len(AGES)
            case _:
                return number


_CODES: dict[Dimension, tuple[str, ...]] = {
    Dimension.KIND: KINDS, Dimension.TYPE: TYPES, Dimension.SOURCE: SOURCES, Dimension.SEX: SEXES, Dimension.AGE: AGES,
    Dimension.PPKS: PPKS,
}  # fmt: skip
Only = tuple[tuple[Dimension, int], ...]
"""Filters: of each dimension, the place of the one code that is wanted."""


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    CONTEXT = "context"
    """More is not better by itself; not for ranking."""


@dataclass(frozen=True, slots=True)
class Term:
    """One side of the formula: a measure, how it is taken, and the dimension numbers it is limited to (None: all)."""

    group: Group
    measure: str
    taken: Taken
    only: frozenset[int] | None = None
    dimension: Dimension | None = None
    """What the group's cells are kept by."""
    weight: int = 1
    """How much each one counts for."""
    also: Dimension | None = None
    """What they are kept by too."""

    def kept_by(self, dimension: Dimension | None) -> bool:
        """Whether its cells can be filtered and broken down by a dimension."""
        return dimension is not None and dimension in (self.dimension, self.also)

    def column(self, kind: PeriodKind) -> str:
        """The measure's column for periods of a kind: sets have one for each (`semantics.md` §4)."""
        return self.measure.format(period=kind.value)

    @property
    def name(self) -> str:
        """The measure's public name and version."""
        factor = f"{self.weight} × " if self.weight != 1 else ""
        return f"{factor}{self.group.table.name.removeprefix('cell_')}.{self.measure}@{VERSION}"


class ReferenceData(StrEnum):
    """What somebody publishes, that no event tells (`services.reporting.reference`)."""

    POPULATION = "population"
    PPKS_BASELINE = "ppks_baseline"


@dataclass(frozen=True, slots=True)
class Referred:
    """A denominator that is looked up; where it is missing, the numerator is told without a value.

    Of a PPKS baseline, `dimension` is the one whose codes are kinds of PPKS: a filter or breakdown by it asks for the
    baseline of that kind.
    """

    data: ReferenceData
    unit: BeneficiaryUnit = BeneficiaryUnit.PERORANGAN
    dimension: Dimension | None = None

    @property
    def name(self) -> str:
        """Its public name."""
        unit = f" ({self.unit})" if self.data is ReferenceData.PPKS_BASELINE else ""
        return f"reference.{self.data}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A share in per cent that is told beside a value, so that nobody reads the value without it."""

    name: str
    text: Text
    numerator: Term
    denominator: Term
    multiplier: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of an indicator. `multiplier` × numerator ÷ denominator, rounded half up to two places on output."""

    code: str
    version: int
    name: Text
    concept: Text
    definition: Text
    numerator_text: Text
    denominator_text: Text
    population: Text
    classification: Text
    measure: Text
    unit: Text
    period: Text
    region: Text
    missing: Text
    source: Text
    is_not: Text
    notes: tuple[Text, ...]
    direction: Direction
    numerator: Term
    denominator: Term | Referred
    multiplier: int
    dimension: Dimension | None
    also: Dimension | None = None
    """Another dimension that it can be broken down by."""
    units: Mapping[BeneficiaryUnit, tuple[Term, Referred]] | None = None
    """Numerator and denominator of each unit that is counted by itself, never added to another; the first one's are
    `numerator` and `denominator`."""
    rights: frozenset[Right] = frozenset()
    """What its explanation needs beside the right to read indicators."""
    counts_places: bool = False
    """The denominator is villages: it is there whether or not anything was reported. So is one that is looked up."""
    may_exceed: bool = False
    """The value may exceed 100; then it is flagged, not capped."""
    companions: tuple[Companion, ...] = ()

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What it can be filtered and broken down by."""
        return tuple(each for each in (self.dimension, self.also) if each is not None)

    def counting(self, unit: BeneficiaryUnit | None) -> "Definition":
        """The definition that counts a unit, of those it has."""
        if unit is None or self.units is None:
            return self
        numerator, denominator = self.units[unit]
        return replace(self, numerator=numerator, denominator=denominator)

    @property
    def counted(self) -> BeneficiaryUnit | None:
        """The unit it counts, if units are counted apart."""
        return self.denominator.unit if self.units and isinstance(self.denominator, Referred) else None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Numerator and denominator, as far as they are sums of cells."""
        denominator = () if isinstance(self.denominator, Referred) else (self.denominator,)
        return (self.numerator, *denominator)

    @property
    def read(self) -> tuple[Term, ...]:
        """All terms that its answer is made of, its own companions' too."""
        return (*self.terms, *(term for each in self.companions for term in (each.numerator, each.denominator)))

    @property
    def always_divided(self) -> bool:
        """Whether there is a denominator although nobody reported anything."""
        return self.counts_places or isinstance(self.denominator, Referred)
