"""From two integers to an answer: value, status, reason, flags. Pure; the only place where a ratio is formed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.reporting.indicators.definitions import Definition
from services.reporting.periods import Period


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
    SERIES_BREAK = "series_break"


class Flag(StrEnum):
    """What a reader should know about a value."""

    OVER_100 = "over_100"


@dataclass(frozen=True, slots=True)
class Result:
    """A value with its integers. Null integers: they cannot be told, not even as zero."""

    numerator: int | None
    denominator: int | None
    value: float | None
    reason: Reason | None
    flags: tuple[Flag, ...]


BROKEN = Result(None, None, None, Reason.SERIES_BREAK, ())
"""A unit that was made from others has no numbers of its own before (`semantics.md` §6.1)."""


def result(definition: Definition, numerator: int, denominator: int, active: int) -> Result:
    """The value of `multiplier × numerator ÷ denominator`; `active` are the region's active institutions of any type.

    A region without active institutions and without anything of this indicator has not reported (`semantics.md` §5).
    """
    silent = active == 0 and numerator == 0 and (denominator == 0 or definition.counts_places)
    if silent or denominator == 0:
        reason = Reason.NOT_REPORTED if silent else Reason.NO_DENOMINATOR
        return Result(numerator, denominator, None, reason, ())
    over = definition.may_exceed and numerator > denominator
    value = hundredths(definition.multiplier * numerator, denominator) / 100
    return Result(numerator, denominator, value, None, (Flag.OVER_100,) if over else ())


def hundredths(numerator: int, denominator: int) -> int:
    """`numerator ÷ denominator` in hundredths, rounded half up: exact in integers, where decimals would round twice."""
    return (200 * numerator + denominator) // (2 * denominator)


def status(period: Period, today: date) -> Status:
    """The status of a period on a local date of the place."""
    return Status.RUNNING if today <= period.ends else Status.PROVISIONAL
