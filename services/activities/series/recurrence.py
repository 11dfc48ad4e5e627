"""The dates of a recurrence rule, and how a rule is understood that days of 29 to 31 leave open. Pure.

"Every month" from the 31st (`FREQ=MONTHLY`, no BYMONTHDAY) means the last day of each month to the people who say it; RFC 5545
would leave five months out. It is understood as they mean it, written out, and a warning says so; so are the 29th and the 30th,
and 29 February of every year. Who writes BYMONTHDAY=31 has chosen: RFC 5545 holds, and a warning names the months left out.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice, takewhile
from typing import TypeVar

from dateutil.rrule import DAILY, rrule, rrulestr

from services.activities.known.places import Warned
from services.activities.series.rule_text import POINTER, Freq, Rule, read, refused
from shared.language import Text

LAST = date(2100, 12, 31)
"""No date is later: that of `shared.fields.Day`."""
_LATER = 7600
"""Years by which rules are moved while dates are looked for. dateutil looks until the year 9999, for seconds if no day matches;
so near to it it soon gives up. The calendar is the same again after 400 years, weekdays included."""
MOST_DATES = 4000
"""As many dates a rule that ends may give: ten years of days, and some."""
D = TypeVar("D", date, datetime)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BULAN = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
          "Desember")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """A rule that gives dates, as it is kept, its first date, and what was understood otherwise than it was written."""

    rule: str
    first: date
    warned: list[Warned]


def understood(text: str, starts_on: date) -> Understood:
    """A rule as it is kept. Raises InvalidPayload for one that is malformed, below a day, gives nothing, or too many dates."""
    written = read(text)
    rule = _as_meant(written, starts_on)
    warned = [_last_days(rule, starts_on)] if rule != written else _left_out(rule, starts_on)
    first = next(dates(str(rule), starts_on), None)
    if first is None:
        raise refused(
            "rule-gives-nothing",
            Text(f"Tidak ada hari yang cocok sejak {starts_on}.", f"No day matches from {starts_on} on."),
            Text("Periksa UNTIL, BYMONTH dan BYMONTHDAY, atau hari pertamanya.",
                 "Check UNTIL, BYMONTH and BYMONTHDAY, or the first day."),
        )  # fmt: skip
    if (many := _many(rule, starts_on)) > MOST_DATES:
        raise refused(
            "rule-gives-too-many",
            Text(f"Aturan ini memberi {many} hari; paling banyak {MOST_DATES}.",
                 f"The rule gives {many} dates; at most {MOST_DATES}."),
            Text("Akhiri lebih awal dengan UNTIL atau COUNT, atau kosongkan keduanya: tanpa akhir dibuat bertahap.",
                 "End it earlier by UNTIL or COUNT, or leave both out: without an end they are made as time goes on."),
        )  # fmt: skip
    if first != starts_on:
        warned.append(_starts_later(first, starts_on))
    return Understood(str(rule), first, warned)


def dates(text: str, starts_on: date) -> Iterator[date]:
    """The dates that a kept rule gives from its first day on, ascending, up to the year 2100."""
    rule = read(text)
    start = datetime(starts_on.year, starts_on.month, starts_on.day)  # noqa: DTZ001  # a day, no instant
    if rule.freq is Freq.DAILY:
        return islice(_daily(rule, start), rule.count)
    moved = replace(rule, until=_moved(rule.until, _LATER)) if rule.until else rule
    found = rrulestr(str(moved), dtstart=_moved(start, _LATER))
    return takewhile(lambda day: day <= LAST, (_moved(each.date(), -_LATER) for each in found))


def _moved(day: D, years: int) -> D:
    """The same day of another year that has the same calendar."""
    return day.replace(year=day.year + years)


def _daily(rule: Rule, start: datetime) -> Iterator[date]:
    """Day by day: dateutil alone looks for the next day that matches until the year 9999."""
    end = min(rule.until or LAST, LAST)
    for day in takewhile(lambda day: day <= end, (each.date() for each in rrule(DAILY, start, interval=rule.interval))):
        length = calendar.monthrange(day.year, day.month)[1]
        in_month = not rule.by_month or day.month in rule.by_month
        on_day = not rule.by_month_day or day.day in rule.by_month_day or day.day - length - 1 in rule.by_month_day
        if in_month and on_day and (not rule.by_day or _WEEKDAYS[day.weekday()] in rule.by_day):
            yield day


def _many(rule: Rule, starts_on: date) -> int:
    """How many dates a rule that ends gives; 0 for one without an end."""
    if rule.count and rule.count > MOST_DATES:
        return rule.count
    return sum(1 for _ in dates(str(rule), starts_on)) if rule.count or rule.until else 0


def _as_meant(rule: Rule, starts_on: date) -> Rule:
    """The rule with the last days of months written out, where its first day is one that some months do not have."""
    day, months = starts_on.day, _visited(rule, starts_on)
    short = [month for month in months if _length(month) < day]
    if rule.by_month_day or rule.by_day or rule.by_set_pos or rule.freq in (Freq.DAILY, Freq.WEEKLY) or not short:
        return rule
    if rule.freq is Freq.YEARLY and not rule.by_month:
        rule = replace(rule, by_month=(starts_on.month,))
    if day == 31 or len(months) == 1:
        return rule.with_days(-1)
    if rule.freq is Freq.YEARLY:
        # The last of these days in each month, which only a rule by months can say.
        return (
            rule
            if rule.interval > 1
            else replace(rule, freq=Freq.MONTHLY).with_days(*range(28, day + 1), last_of_them=True)
        )
    return rule.with_days(*range(28, day + 1), last_of_them=True)


def _visited(rule: Rule, starts_on: date) -> list[int]:
    """The months in which it can give a date, in the order of the year."""
    if rule.freq is Freq.MONTHLY:
        there = {(starts_on.month - 1 + place * rule.interval) % 12 + 1 for place in range(12)}
    else:
        there = {*range(1, 13)} if rule.by_month or rule.by_month_day else {starts_on.month}
    return sorted(there & set(rule.by_month) if rule.by_month else there)


def _length(month: int) -> int:
    """Days that the month has in every year."""
    return calendar.monthrange(2025, month)[1]


def _left_out(rule: Rule, starts_on: date) -> list[Warned]:
    """The warning about months that have none of the days that the rule names."""
    if rule.freq in (Freq.DAILY, Freq.WEEKLY) or rule.by_day or any(day < 0 for day in rule.by_month_day):
        return []
    first = min(rule.by_month_day, default=starts_on.day)
    months = [month for month in _visited(rule, starts_on) if _length(month) < first]
    if not months:
        return []
    leap = Text(" (kecuali tahun kabisat)", " (but for leap years)") if first == 29 else Text("", "")
    remedy = Text("Hari terakhir setiap bulan: BYMONTHDAY=-1.", "The last day of each month: BYMONTHDAY=-1.")
    return [
        Warned(
            POINTER,
            "months-left-out",
            Text(
                f"Tanpa {', '.join(_BULAN[month - 1] for month in months)}{leap.id}: tidak ada tanggal {first}. {remedy.id}",
                f"Without {', '.join(calendar.month_name[month] for month in months)}{leap.en}: they have no day {first}. "
                f"{remedy.en}",
            ),
        )
    ]


def _last_days(rule: Rule, starts_on: date) -> Warned:
    return Warned(
        POINTER,
        "rule-to-last-day",
        Text(
            f"Bulan tanpa tanggal {starts_on.day} memakai hari terakhirnya: dibaca sebagai {rule}. "
            f"Untuk melewati bulan itu tulis BYMONTHDAY={starts_on.day}.",
            f"Months without a day {starts_on.day} take their last one: read as {rule}. "
            f"To leave them out write BYMONTHDAY={starts_on.day}.",
        ),
    )


def _starts_later(first: date, starts_on: date) -> Warned:
    return Warned(
        "/starts_on",
        "first-day-not-given",
        Text(
            f"Aturan tidak memberi {starts_on}; yang pertama {first}.",
            f"The rule does not give {starts_on}; the first is {first}.",
        ),
    )
