"""What one village gives: itself (the denominator of LEM-01, LEM-02, SOL-03 and STR-01), and through its tallies STR-01's
reach, LEM-02's coverage, and the periods of which it reported.
"""

from collections.abc import Iterable, Mapping

from services.reporting.measures import VILLAGE, Emit, Tag, runs
from services.reporting.measures.runs import Run
from services.reporting.measures.stocks import Stocks
from services.reporting.periods import last_day, period_of
from services.reporting.places import FOREVER, Village

_VILLAGES, _REACHED, _COVERED = range(3)
LENGTHS = (1, 3, 6, 12)
"""Months of the four period kinds, in the order of the measures of each."""
_REPORTS = ((Tag.REPORTED, 3), (Tag.ACCEPTED, 7), (Tag.IN_TIME, 11))
"""Each with the place of its first measure."""


def contribute(village: Village, tallied: Mapping[int, Mapping[int, int]], statistics_from: int, emit: Emit) -> None:
    """Gives a village's contributions from its tallies: tag, then period, then amount.

    It gives for the time in which it existed. Months before `statistics_from` fold into it.
    """
    begins, ends = runs.run(village)
    stocks = Stocks(VILLAGE, statistics_from, emit)
    stocks.add(village, 0, [_VILLAGES], begins, ends)
    reached, coverage = runs.trailing(tallied.get(Tag.AWARENESS, {})), covered(tallied.get(Tag.COVERED, {}))
    for measure, found in ((_REACHED, reached), (_COVERED, coverage)):
        for first, end in found:
            stocks.add(village, 0, [measure], max(first, begins), min(end, ends))
    for tag, place in _REPORTS:
        if tag in tallied:
            _report(village, tallied[tag], place, (begins, ends), emit)


def _report(village: Village, months: Iterable[int], place: int, exists: Run, emit: Emit) -> None:
    """Counts it once in each period with a report of one of its months, where it lies on the period's last day.

    So it counts beside the villages of that day, and a village that is no more by then does not.
    """
    for number, length in enumerate(LENGTHS):
        for last in {period_of(month, length) + length - 1 for month in months}:
            if exists[0] <= last < exists[1]:
                for path in village.on(last_day(last)):
                    emit(VILLAGE, path, last, 0, [(place + number, 1)])


def covered(changes: Mapping[int, int]) -> list[Run]:
    """The months at whose end the running sum of the changes is above 0."""
    found: list[Run] = []
    level, since = 0, 0
    for month in sorted(changes):
        was, level = level, level + changes[month]
        if was <= 0 < level:
            since = month
        elif level <= 0 < was:
            found.append((since, month))
    return [*found, (since, FOREVER)] if level > 0 else found
