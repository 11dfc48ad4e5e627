"""Periods of a ledger: a month `2026-03`, quarter `2026-Q1`, semester `2026-S1` or year `2026`, as days `[since, until)`."""

import re
from datetime import date

from shared.language import Text
from shared.problems import BadRequest, Fault

_PERIOD = re.compile(r"([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|S([12])))?")


class NotAPeriod(BadRequest):
    slug = "not-a-period"
    title = Text("Ini bukan periode", "This is no period")


def days_of(text: str, parameter: str = "period") -> tuple[date, date]:
    """The first day of a period, and the first day after it. Raises NotAPeriod naming the parameter."""
    found = _PERIOD.fullmatch(text)
    year = int(found[1]) if found else 0
    if found is None or not 1000 <= year <= 2100:
        raise NotAPeriod(
            errors=[
                Fault(
                    "not-a-period",
                    Text("Bukan periode.", "Not a period."),
                    Text(
                        "Tulis bulan 2026-03, triwulan 2026-Q1, semester 2026-S1, atau tahun 2026.",
                        "Write a month 2026-03, a quarter 2026-Q1, a semester 2026-S1, or a year 2026.",
                    ),
                    parameter=parameter,
                )
            ]
        )
    month, quarter, semester = found[2], found[3], found[4]
    if month:
        return _months(year, int(month), 1)
    if quarter:
        return _months(year, 3 * int(quarter) - 2, 3)
    if semester:
        return _months(year, 6 * int(semester) - 5, 6)
    return _months(year, 1, 12)


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    after = first + count
    return date(year, first, 1), date(year + (after > 12), (after - 1) % 12 + 1, 1)
