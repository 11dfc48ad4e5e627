"""From two integers to an answer: value, status, reason, flags. Pure; the only place where a ratio is formed.

Values, profiles and explanations all ask `told`, so that they cannot say different things of one number.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Companion, Definition, Taken
from services.reporting.indicators.queries import Numbers
from services.reporting.measures import ALL
from services.reporting.periods import Period
from services.reporting.places import Tree
from services.reporting.regions import Place
from shared import clock
from shared.codes import RegionLevel


class Status(StrEnum):
    """How settled a value is."""

    RUNNING = "running"
    """The period is not over: as at its last day, as known now."""
    PROVISIONAL = "provisional"
    """The period is over; late records may still change it."""


class Reason(StrEnum):
    """Why a value is null."""

    NO_DENOMINATOR = "no_denominator"
    NOT_REPORTED = "not_reported"
    REFERENCE_MISSING = "reference_missing"
    SERIES_BREAK = "series_break"


class Flag(StrEnum):
    """What a reader should know about a value."""

    OVER_100 = "over_100"


@dataclass(frozen=True, slots=True)
class Share:
    """A companion with its integers; null as the value's own are."""

    name: str
    numerator: int | None
    denominator: int | None
    value: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """A value with its integers. Null integers: they cannot be told, not even as zero."""

    numerator: int | None
    denominator: int | None
    value: float | None
    reason: Reason | None
    flags: tuple[Flag, ...]
    companions: tuple[Share, ...] = ()


BROKEN = Result(None, None, None, Reason.SERIES_BREAK, ())
"""A village that was made from others, or split, has no numbers of its own before (`semantics.md` §6.1)."""


def told(
    definition: Definition, place: Place, numbers: Numbers, period: int, now: datetime, dimension: int = ALL
) -> tuple[Result, Status]:
    """What is said of a number: of the place, in the `period`-th of the periods asked, whole or of one dimension number."""
    asked = numbers.asked.periods[period]
    settled = status(asked, clock.local_date(now, place.time_zone))
    if broken(definition, place, asked, numbers.asked.tree):
        shares = tuple(Share(each.name, None, None, None) for each in companions(definition))
        return replace(BROKEN, companions=shares), settled
    numerator = numbers.of(definition.numerator, place.key, period, dimension)
    denominator = numbers.divisor(definition, place.key, period, dimension)
    found = result(definition, numerator, denominator, heard=numbers.heard(place.key, period))
    shares = tuple(_share(each, place, numbers, period, dimension) for each in companions(definition))
    return replace(found, companions=shares), settled


def companions(definition: Definition) -> tuple[Companion, ...]:
    """What stands beside its values: its own companions, and the share of villages that reported."""
    return (*definition.companions, terms.COVERAGE)


def _share(companion: Companion, place: Place, numbers: Numbers, period: int, dimension: int) -> Share:
    numerator = numbers.of(companion.numerator, place.key, period, dimension)
    denominator = numbers.of(companion.denominator, place.key, period, dimension)
    value = hundredths(companion.multiplier * numerator, denominator) / 100 if denominator else None
    return Share(companion.name, numerator, denominator, value)


def broken(definition: Definition, place: Place, period: Period, tree: Tree) -> bool:
    """Whether the period lies before the village was what it is, in the tree of today's units: made by a split, or split.

    A flow needs the whole period; a stock only its sample, the last day. Regions above are no units of their own: what
    lay in them before they were made is grouped under them.
    """
    comparable_from = place.comparable_from
    if tree is not Tree.CURRENT or comparable_from is None or place.level != RegionLevel.VILLAGE:
        return False
    whole = any(term.taken is Taken.SUM for term in definition.terms)
    return (period.begins if whole else period.ends) < comparable_from


def result(definition: Definition, numerator: int, denominator: int | None, *, heard: bool) -> Result:
    """The value of `multiplier × numerator ÷ denominator`; a denominator of None is one that nobody has told.

    A region without active institutions, without reports and without anything of this indicator has not reported
    (`semantics.md` §5); `heard`: it has one of the first two.
    """
    silent = not heard and numerator == 0 and (not denominator or definition.always_divided)
    if silent or not denominator:
        missing = Reason.REFERENCE_MISSING if denominator is None else Reason.NO_DENOMINATOR
        return Result(numerator, denominator, None, Reason.NOT_REPORTED if silent else missing, ())
    over = definition.may_exceed and numerator > denominator
    value = hundredths(definition.multiplier * numerator, denominator) / 100
    return Result(numerator, denominator, value, None, (Flag.OVER_100,) if over else ())


def hundredths(numerator: int, denominator: int) -> int:
    """`numerator ÷ denominator` in hundredths, rounded half up: exact in integers, where decimals would round twice."""
    return (200 * numerator + denominator) // (2 * denominator)


def status(period: Period, today: date) -> Status:
    """The status of a period on a local date of the place."""
    return Status.RUNNING if today <= period.ends else Status.PROVISIONAL
