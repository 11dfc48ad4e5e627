"""A year's periods as bits, so that sets are arithmetic. Pure.

What happened is a number of 12 bits, its months. What counts once in each period is a number of 48 bits, a mark for each
period that it counts in: of each of the four kinds of period, at one of the period's months. Which of them does not
matter, since an answer adds up the months of its period; two marks for one period would count twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.reporting.measures.runs import Run

LENGTHS = (1, 3, 6, 12)
"""Months of the four period kinds, in the order of a set's columns."""
YEAR = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the 19 periods of a year: its kind by the place in LENGTHS, and its first month within the year, from 0."""

    kind: int
    first: int

    @property
    def months(self) -> range:
        """Its months within the year."""
        return range(self.first, self.first + LENGTHS[self.kind])

    def marked(self, month: int) -> int:
        """Its mark at one of its months."""
        return 1 << self.kind * YEAR + month


SLOTS = tuple(Slot(kind, first) for kind, length in enumerate(LENGTHS) for first in range(0, YEAR, length))


def _held(slot: Slot, months: int) -> list[int]:
    return [month for month in slot.months if months >> month & 1]


FIRST = tuple(
    sum(slot.marked(min(held)) for slot in SLOTS if (held := _held(slot, months))) for months in range(1 << YEAR)
)
"""The periods that have any of these months, each marked at the first of them: of a first fact one row tells all four."""
WHOLE = tuple(sum(slot.marked(slot.first) for slot in SLOTS if _held(slot, months)) for months in range(1 << YEAR))
"""The same, each marked at its own first month."""
MARKED = range(1 << len(LENGTHS) * YEAR)
"""A table for what is marked already: it gives each number itself."""


def sampled(run: Run, year: int) -> int:
    """The periods of a year whose last month lies in a run, each marked at its own first month."""
    first, end = run[0] - year * YEAR, run[1] - year * YEAR
    if first <= 0 and end >= YEAR:
        return WHOLE[-1]
    return sum(slot.marked(slot.first) for slot in SLOTS if first <= slot.months[-1] < end)


LANE = 40
"""Bits of one counter: more people than there are."""
_HALF, _FULL = 1 << (LANE - 1), 1 << LANE


def counters(marks: int) -> int:
    """One in the counter of each mark: 48 counters in one integer, added and taken off at once."""
    found = _COUNTERS.get(marks)
    if found is None:
        found = sum(1 << LANE * bit for bit in range(len(LENGTHS) * YEAR) if marks >> bit & 1)
        _COUNTERS[marks] = found
    return found


_COUNTERS: dict[int, int] = {}
"""By marks: at most as many as there are sets of months, and sets of sampled periods."""


def amounts(total: int) -> Iterator[tuple[int, int, int]]:
    """The counters of a sum of `counters`, each taken or given: (kind, month within the year, amount) where not 0."""
    for bit in range(len(LENGTHS) * YEAR):
        if not total:
            return
        low = total & (_FULL - 1)
        amount = low - _FULL if low >= _HALF else low
        if amount:
            yield bit // YEAR, bit % YEAR, amount
        total = (total - amount) >> LANE
