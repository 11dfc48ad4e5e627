"""Looking at runs of months as people do: by name, and on the last day of each."""

from collections.abc import Callable, Iterable
from datetime import date

from services.reporting.measures import runs
from services.reporting.periods import Period, PeriodKind, last_day
from services.reporting.places import FOREVER
from shared.events.envelope import Spell

MONTHS = range(2023 * 12 + 6, 2030 * 12 + 6)
"""More than the random histories reach."""


def day(text: str) -> date:
    return date.fromisoformat(text)


def until(text: str | None) -> date | None:
    return day(text) if text else None


def spells(*ends: tuple[str, str | None]) -> list[Spell]:
    return [Spell(since=day(since), until=until(end)) for since, end in ends]


def months(found: Iterable[runs.Run]) -> list[str]:
    """Runs as `first..last month`, open ones without a last."""

    def name(month: int) -> str:
        return str(Period(month, PeriodKind.MONTH))

    return [f"{name(first)}..{'' if end >= FOREVER else name(end - 1)}" for first, end in found]


def on_last_days(found: Iterable[runs.Run], predicate: Callable[[date], bool]) -> None:
    """Asserts that the runs hold exactly the months on whose last day the predicate is true."""
    listed = list(found)
    assert [month for month in MONTHS if runs.holds(listed, month)] == [m for m in MONTHS if predicate(last_day(m))]


def covers(since: date | None, end: date | None, at: date) -> bool:
    return (since is None or since <= at) and (end is None or at < end)
