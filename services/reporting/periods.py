"""Months and the periods made of them: month `2026-03`, quarter `2026-Q1`, semester `2026-S1`, year `2026`.

A month is an integer, `year * 12 + month - 1`, so that windows and sums are arithmetic. All dates are local dates of
the place; a period's days are its first month's first to its last month's last.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Self


class PeriodKind(StrEnum):
    """Kinds of period, shortest first."""

    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    YEAR = "year"


LENGTH = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.SEMESTER: 6, PeriodKind.YEAR: 12}
"""Months in a period of each kind."""

_FORMS = {
    PeriodKind.MONTH: re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    PeriodKind.QUARTER: re.compile(r"(\d{4})-Q([1-4])"),
    PeriodKind.SEMESTER: re.compile(r"(\d{4})-S([12])"),
    PeriodKind.YEAR: re.compile(r"(\d{4})()"),
}


def month_of(day: date) -> int:
    """The month a day lies in."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The month's first day."""
    return date(month // 12, month % 12 + 1, 1)


@cache
def last_day(month: int) -> date:
    """The month's last day."""
    year, number = month // 12, month % 12 + 1
    return date(year, number, calendar.monthrange(year, number)[1])


def first_month_ending_in(day: date) -> int:
    """The first month whose last day is on or after `day`: where a stock that begins on that day is first seen."""
    return month_of(day)


def period_of(month: int, length: int) -> int:
    """First month of the calendar period of `length` months that `month` lies in."""
    return month - month % length


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar period: its first month and its kind."""

    first: int
    kind: PeriodKind

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period written as in the module's docstring. Raises ValueError for anything else, years before 1900 too."""
        for kind, form in _FORMS.items():
            found = form.fullmatch(text)
            if found and int(found[1]) >= 1900:
                return cls(int(found[1]) * 12 + (int(found[2] or 1) - 1) * LENGTH[kind], kind)
        raise ValueError(f"{text!r} is no period; write 2026-03, 2026-Q1, 2026-S1 or 2026")

    @classmethod
    def containing(cls, day: date, kind: PeriodKind) -> Self:
        """The period of a kind that a day lies in."""
        return cls(period_of(month_of(day), LENGTH[kind]), kind)

    @property
    def last(self) -> int:
        """The last month."""
        return self.first + LENGTH[self.kind] - 1

    @property
    def begins(self) -> date:
        """The first day."""
        return first_day(self.first)

    @property
    def ends(self) -> date:
        """The last day."""
        return last_day(self.last)

    def next(self) -> "Period":
        """The following period of the same kind."""
        return Period(self.last + 1, self.kind)

    def __str__(self) -> str:
        year, month = divmod(self.first, 12)
        match self.kind:
            case PeriodKind.MONTH:
                return f"{year:04}-{month + 1:02}"
            case PeriodKind.QUARTER:
                return f"{year:04}-Q{month // 3 + 1}"
            case PeriodKind.SEMESTER:
                return f"{year:04}-S{month // 6 + 1}"
            case PeriodKind.YEAR:
                return f"{year:04}"
