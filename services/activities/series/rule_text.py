"""Reads the text of a recurrence rule (RFC 5545 §3.3.10) as far as it is about whole days, and says what is wrong with it.

Pure. `recurrence` makes dates of what is read here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shared.language import Text
from shared.problems import Fault, InvalidPayload

MOST_INTERVAL = 400
POINTER = "/rule"
EXAMPLE = "FREQ=MONTHLY;BYDAY=1SU"


class Freq(StrEnum):
    """How often a period begins that can give dates."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was read. `by_day`: weekdays with their place in the month or year, as written (`-1SU`)."""

    freq: Freq
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[str, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: str = "MO"
    count: int | None = None
    until: date | None = None

    def with_days(self, *days: int, last_of_them: bool = False) -> "Rule":
        """The same rule on other days of the month."""
        return replace(self, by_month_day=days, by_set_pos=(-1,) if last_of_them else ())

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it; the same rule always alike."""
        parts: dict[str, object] = {
            "FREQ": self.freq,
            "INTERVAL": self.interval if self.interval > 1 else "",
            "BYMONTH": _listed(self.by_month),
            "BYMONTHDAY": _listed(self.by_month_day),
            "BYDAY": _listed(self.by_day),
            "BYSETPOS": _listed(self.by_set_pos),
            "WKST": self.week_start if self.week_start != "MO" else "",
            "COUNT": self.count or "",
            "UNTIL": f"{self.until:%Y%m%d}" if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _listed(values: tuple[object, ...]) -> str:
    return ",".join(str(value) for value in values)


_BELOW_A_DAY = {"HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"}
_WEEKDAY = "(?:MO|TU|WE|TH|FR|SA|SU)"
_LIST: Mapping[str, re.Pattern[str]] = {
    "BYMONTH": re.compile(r"0?[1-9]|1[0-2]"),
    "BYMONTHDAY": re.compile(r"[+-]?(?:0?[1-9]|[12]\d|3[01])"),
    "BYDAY": re.compile(rf"(?:[+-]?(?:0?[1-9]|[1-4]\d|5[0-3]))?{_WEEKDAY}"),
    "BYSETPOS": re.compile(r"[+-]?(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-6])"),
}
_ONE: Mapping[str, re.Pattern[str]] = {
    "FREQ": re.compile("|".join(Freq)),
    "INTERVAL": re.compile(r"[1-9]\d{0,3}"),
    "WKST": re.compile(_WEEKDAY),
    "COUNT": re.compile(r"[1-9]\d{0,8}"),
    "UNTIL": re.compile(r"\d{8}"),
}
PARTS = ("FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST")


def refused(code: str, message: Text, remedy: Text) -> InvalidPayload:
    """The problem of a rule that cannot be used, at its pointer."""
    return InvalidPayload(errors=[Fault(code, message, remedy, pointer=POINTER)])


def read(text: str) -> Rule:
    """The rule that a text says. Raises InvalidPayload."""
    parts = _parts(text.strip().upper().removeprefix("RRULE:").removesuffix(";"))
    if "FREQ" not in parts:
        raise _malformed(Text("FREQ tidak ada.", "FREQ is missing."))
    rule = Rule(
        Freq(parts["FREQ"]),
        int(parts.get("INTERVAL", 1)),
        _numbers(parts, "BYMONTH"),
        _numbers(parts, "BYMONTHDAY"),
        tuple(dict.fromkeys(day.removeprefix("+") for day in parts.get("BYDAY", "").split(",") if day)),
        _numbers(parts, "BYSETPOS"),
        parts.get("WKST", "MO"),
        int(parts["COUNT"]) if "COUNT" in parts else None,
        _day(parts["UNTIL"]) if "UNTIL" in parts else None,
    )
    _refuse_contradictions(rule)
    return rule


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if name in _BELOW_A_DAY or (name == "FREQ" and value in _BELOW_A_DAY):
            raise refused(
                "rule-below-a-day",
                Text(f"«{part}» mengulang dalam satu hari.", f"«{part}» recurs within a day."),
                Text("Paling sering harian: FREQ=DAILY.", "Daily is the most often: FREQ=DAILY."),
            )
        if name == "UNTIL" and re.fullmatch(r"\d{8}T\d{6}Z?", value):
            raise refused(
                "rule-until-with-time",
                Text(f"«{part}» memuat jam.", f"«{part}» holds a time of day."),
                Text(f"Tulis harinya saja: UNTIL={value[:8]}.", f"Write the day alone: UNTIL={value[:8]}."),
            )
        if not equals or name not in PARTS:
            raise _malformed(Text(f"«{part}» tidak dikenal.", f"«{part}» is not known."))
        if name in parts:
            raise _malformed(Text(f"{name} ditulis dua kali.", f"{name} is written twice."))
        pattern, values = (_LIST[name], value.split(",")) if name in _LIST else (_ONE[name], [value])
        if wrong := [one for one in values if not pattern.fullmatch(one)]:
            raise _malformed(Text(f"{name}={wrong[0]} tidak sah.", f"{name}={wrong[0]} is not valid."))
        parts[name] = value
    return parts


def _numbers(parts: Mapping[str, str], name: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(int(value) for value in parts.get(name, "").split(",") if value))


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a day, no instant
    except ValueError as error:
        raise _malformed(Text(f"UNTIL={text} bukan tanggal.", f"UNTIL={text} is no date.")) from error


def _refuse_contradictions(rule: Rule) -> None:
    placed = [day for day in rule.by_day if len(day) > 2]
    if rule.count and rule.until:
        raise _malformed(Text("COUNT dan UNTIL tidak boleh bersama.", "COUNT and UNTIL exclude each other."))
    if rule.interval > MOST_INTERVAL:
        raise _malformed(Text(f"INTERVAL paling banyak {MOST_INTERVAL}.", f"INTERVAL is at most {MOST_INTERVAL}."))
    if placed and rule.freq in (Freq.DAILY, Freq.WEEKLY):
        raise _malformed(
            Text(f"BYDAY={placed[0]} hanya untuk MONTHLY dan YEARLY.", f"BYDAY={placed[0]} is for MONTHLY and YEARLY.")
        )
    if rule.by_month_day and rule.freq is Freq.WEEKLY:
        raise _malformed(Text("BYMONTHDAY tidak untuk WEEKLY.", "BYMONTHDAY is not for WEEKLY."))
    if rule.by_set_pos and (rule.freq is Freq.DAILY or not (rule.by_day or rule.by_month_day or rule.by_month)):
        raise _malformed(
            Text(
                "BYSETPOS memilih di antara BYDAY, BYMONTHDAY atau BYMONTH, dan tidak untuk DAILY.",
                "BYSETPOS chooses among BYDAY, BYMONTHDAY or BYMONTH, and is not for DAILY.",
            )
        )
    in_week = len(rule.by_day) or 1
    if rule.freq is Freq.WEEKLY and (beyond := [place for place in rule.by_set_pos if abs(place) > in_week]):
        raise _malformed(
            Text(f"BYSETPOS={beyond[0]}, padahal hanya {in_week} hari dalam seminggu.",
                 f"BYSETPOS={beyond[0]}, but the rule has {in_week} days in a week.")
        )  # fmt: skip


def _malformed(message: Text) -> InvalidPayload:
    return refused(
        "rule-malformed",
        message,
        Text(
            f"Tulis seperti RFC 5545, misalnya {EXAMPLE}; bagian yang dikenal: {', '.join(PARTS)}.",
            f"Write it as RFC 5545 does, such as {EXAMPLE}; parts that are known: {', '.join(PARTS)}.",
        ),
    )
