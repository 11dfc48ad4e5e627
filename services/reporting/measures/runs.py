"""Runs of months in which a state is seen. Pure.

A stock is looked at on the last day of each month. Whether the look is taken first or the days are combined first gives
the same, so that unions and intersections of intervals of days are those of runs of months: integers, and few.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol

from services.reporting.periods import first_month_ending_in
from services.reporting.places import FOREVER

Run = tuple[int, int]
"""Months `[first, end)`; `end` is FOREVER while it lasts. Lists of runs are disjoint and in order."""


class Dated(Protocol):
    """Anything that is so over `[since, until)`; an open end is None."""

    @property
    def since(self) -> date | None:
        """First day."""

    @property
    def until(self) -> date | None:
        """First day no longer."""


def run(spell: Dated) -> Run:
    """The months at whose end a spell is seen; of a spell between two months' ends an empty run."""
    since, until = spell.since, spell.until
    return (first_month_ending_in(since) if since else 0, first_month_ending_in(until) if until else FOREVER)


def of(spells: Sequence[Dated]) -> list[Run]:
    """The months at whose end any of these is seen."""
    return union([run(spell) for spell in spells])


def union(runs: Sequence[Run]) -> list[Run]:
    """What lies in any of these runs, which may overlap, touch or be empty."""
    if len(runs) < 2:
        return [each for each in runs if each[0] < each[1]]
    found: list[Run] = []
    for first, end in sorted(runs):
        if first >= end:
            continue
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((first, end))
    return found


def common(one: Sequence[Run], other: Sequence[Run]) -> list[Run]:
    """What lies in both."""
    found: list[Run] = []
    for first, end in one:
        for begin, stop in other:
            if first < stop and begin < end:
                found.append((max(first, begin), min(end, stop)))
    return found


def without(one: Sequence[Run], other: Sequence[Run]) -> list[Run]:
    """What lies in the first and not in the other."""
    begins = [0, *(end for _, end in other)]
    ends = [*(first for first, _ in other), FOREVER]
    return common(one, [gap for gap in zip(begins, ends, strict=True) if gap[0] < gap[1]])


def later(runs: Iterable[Run], months: int) -> list[Run]:
    """The same, so many months later."""
    return [(first + months, min(end + months, FOREVER)) for first, end in runs]


TRAILING = 12
"""Months that a look back over twelve months covers, the month itself included."""


def trailing(months: Collection[int]) -> list[Run]:
    """The months that look back on any of these: the union of `[k, k + 12)` over them."""
    return union([(month, month + TRAILING) for month in months])


def good_for(days: Sequence[date], months: int) -> list[Run]:
    """For each of these days, in order: the months at whose end it is less than so many months old and the newest.

    Something of the day d is good over `[d, d + months)`, the day clamped to the month's end, and a newer one ends it
    (`semantics.md` §1.4). At a month's end the day within the month does not matter.
    """
    firsts = [first_month_ending_in(day) for day in days]
    return [
        (first, min(first + months, newer))
        for first, newer in zip(firsts, [*firsts[1:], FOREVER][: len(firsts)], strict=True)
    ]


def holds(runs: Iterable[Run], month: int) -> bool:
    """Whether a month lies in them."""
    return any(first <= month < end for first, end in runs)
