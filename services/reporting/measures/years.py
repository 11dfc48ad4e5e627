"""A year's periods as bits, so that sets are arithmetic. Pure.

What counts once in each period is a number of 19 bits: 12 months, 4 quarters, 2 semesters, the year. What happened is a
number of 12 bits, its months. A quarter, semester or year has what any of its months has.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.reporting.measures.runs import Run

LENGTHS = (1, 3, 6, 12)
"""Months of the four period kinds, in the order of a set's columns."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the 19 periods: which kind it is, by its place in LENGTHS, and its first month within the year, from 0."""

    kind: int
    first: int

    @property
    def last(self) -> int:
        """The last month within the year."""
        return self.first + LENGTHS[self.kind] - 1


SLOTS = tuple(Slot(kind, first) for kind, length in enumerate(LENGTHS) for first in range(0, 12, length))
"""The periods of a year; the place of each is its bit."""


def _spread(months: int) -> int:
    return sum(
        1 << bit
        for bit, slot in enumerate(SLOTS)
        if any(months >> month & 1 for month in range(slot.first, slot.last + 1))
    )


SPREAD = tuple(_spread(months) for months in range(1 << 12))
"""The periods that have what any of these months has."""


def sampled(run: Run, year: int) -> int:
    """The periods of a year whose last month lies in a run."""
    first, end = run[0] - year * 12, run[1] - year * 12
    if first <= 0 and end >= 12:
        return (1 << len(SLOTS)) - 1
    return sum(1 << bit for bit, slot in enumerate(SLOTS) if first <= slot.last < end)


LANE = 40
"""Bits of one counter: more people than there are."""
_HALF, _FULL = 1 << (LANE - 1), 1 << LANE


def counters(periods: int) -> int:
    """One in the counter of each of these periods: 19 counters in one integer, which are added and taken off together."""
    return _COUNTERS.get(periods) or _COUNTERS.setdefault(
        periods, sum(1 << LANE * bit for bit in range(len(SLOTS)) if periods >> bit & 1)
    )


_COUNTERS: dict[int, int] = {}


def amounts(total: int) -> Iterator[tuple[Slot, int]]:
    """The counters of a sum of `counters` that are not 0; a counter may be negative."""
    for slot in SLOTS:
        if not total:
            return
        low = total & (_FULL - 1)
        amount = low - _FULL if low >= _HALF else low
        if amount:
            yield slot, amount
        total = (total - amount) >> LANE
