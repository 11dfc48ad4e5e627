"""The period, or the series of periods, that a caller asks for, parsed. Each fault names the parameter."""

from typing import Annotated, NoReturn

from fastapi import Query

from services.reporting.periods import Period, PeriodKind
from shared.language import Text
from shared.problems import BadRequest, Fault

MOST_PERIODS = 120


class InvalidPeriod(BadRequest):
    slug = "invalid-period"
    title = Text("Periode ini tidak ada", "There is no such period")


PeriodText = Annotated[
    str,
    Query(
        description="`2026-03`, `2026-Q1`, `2026-S1` or `2026`; a series as first..last of one kind, at most 120 periods.",
        examples=["2026-Q1", "2025-01..2025-12"],
    ),
]
OnePeriod = Annotated[
    str, Query(alias="period", description="`2026-03`, `2026-Q1`, `2026-S1` or `2026`.", examples=["2026-Q1"])
]


def one(written: str, statistics_from: int) -> Period:
    """One period. Raises InvalidPeriod."""
    found = series(written, statistics_from)
    if len(found) > 1:
        _refuse(
            "one-period-only",
            Text(f"«{written}» adalah deret periode.", f"«{written}» is a series of periods."),
            Text("Minta satu periode, misalnya 2026-Q1.", "Ask for one period, such as 2026-Q1."),
        )
    return found[0]


def series(written: str, statistics_from: int) -> list[Period]:
    """The periods from the first to the last one written `first..last`, or the one. Raises InvalidPeriod."""
    first, dots, last = written.partition("..")
    begin = _parse(first)
    end = _parse(last) if dots else begin
    if begin.kind is not end.kind:
        _refuse(
            "mixed-period-kinds",
            Text(f"«{first}» dan «{last}» berbeda jenis periode.", f"«{first}» and «{last}» are of different kinds."),
            Text("Pakai satu jenis, misalnya 2025-Q1..2026-Q1.", "Use one kind, such as 2025-Q1..2026-Q1."),
        )
    if end < begin:
        _refuse(
            "series-ends-before-it-begins",
            Text(f"«{last}» mendahului «{first}».", f"«{last}» comes before «{first}»."),
            Text(f"Tulis {last}..{first}.", f"Write {last}..{first}."),
        )
    _refuse_early(begin, statistics_from)
    found = [begin]
    while found[-1] < end:
        found.append(found[-1].next())
        if len(found) > MOST_PERIODS:
            _refuse(
                "series-too-long",
                Text(f"Deret paling panjang {MOST_PERIODS} periode.", f"A series has at most {MOST_PERIODS} periods."),
                Text("Bagi menjadi beberapa permintaan.", "Split it into several requests."),
            )
    return found


def _parse(written: str) -> Period:
    try:
        return Period.parse(written.strip())
    except ValueError:
        _refuse(
            "no-such-period",
            Text(f"«{written}» bukan periode.", f"«{written}» is no period."),
            Text("Tulis 2026-03, 2026-Q1, 2026-S1, atau 2026.", "Write 2026-03, 2026-Q1, 2026-S1 or 2026."),
        )


def _refuse_early(begin: Period, statistics_from: int) -> None:
    earliest = Period(statistics_from, PeriodKind.MONTH)
    if begin.last < statistics_from:
        _refuse(
            "before-the-statistics",
            Text(f"Angka ada mulai {earliest}.", f"There are numbers from {earliest} on."),
            Text(f"Minta periode mulai {earliest}.", f"Ask for periods from {earliest} on."),
        )


def _refuse(code: str, message: Text, remedy: Text) -> NoReturn:
    raise InvalidPeriod(errors=[Fault(code, message, remedy, parameter="period")])
