"""Months of village reports: written `2026-03`, their days, and until when a report of one is in time. Pure."""

import calendar
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from shared.language import Text
from shared.validation import Invalid

_FIRST, _LAST = 1945, 2100


def _of_a_year_that_can_be(month: str) -> str:
    if _FIRST <= int(month[:4]) <= _LAST:
        return month
    raise Invalid(
        "not-a-month",
        Text("Bukan bulan laporan.", "Not a month of reports."),
        Text(f"Tulis tahun {_FIRST} sampai {_LAST}.", f"Give a year from {_FIRST} to {_LAST}."),
    )


Month = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="The month, as `2026-02`.", examples=["2026-02"]),
    AfterValidator(_of_a_year_that_can_be),
]
"""A calendar month of the place."""


def month_of(day: date) -> str:
    """The month that a day lies in."""
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    """The last day of a month."""
    first = first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def after(month: str) -> date:
    """The first day of the month that follows."""
    first = first_day(month)
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def due_on(month: str, day: int) -> date:
    """The last day on which a report of a month is in time: this day of the month that follows."""
    return after(month).replace(day=day)
