"""What one village gives: itself (the denominator of LEM-01, LEM-02, SOL-03 and STR-01), STR-01's reach and LEM-02's
coverage through its tallies."""

from collections.abc import Collection, Mapping

from services.reporting.measures import VILLAGE, Emit, runs
from services.reporting.measures.runs import Run
from services.reporting.measures.stocks import Stocks
from services.reporting.places import FOREVER, Village

_VILLAGES, _REACHED, _COVERED = range(3)
TRAILING = 12
"""STR-01 looks back over twelve months, the month itself included."""


def contribute(
    village: Village, awareness: Collection[int], coverage: Mapping[int, int], statistics_from: int, emit: Emit
) -> None:
    """Gives a village's contributions; `awareness` are the months with a completed activity of awareness, `coverage` how
    many networks more or less cover it from a month on.

    It gives for the time in which it existed. Months before `statistics_from` fold into it.
    """
    begins, ends = runs.run(village)
    stocks = Stocks(VILLAGE, statistics_from, emit)
    stocks.add(village, 0, [_VILLAGES], begins, ends)
    for measure, found in ((_REACHED, trailing(awareness)), (_COVERED, covered(coverage))):
        for first, end in found:
            stocks.add(village, 0, [measure], max(first, begins), min(end, ends))


def trailing(months: Collection[int]) -> list[Run]:
    """The union of `[k, k + 12)` over the months k."""
    return runs.union([(month, month + TRAILING) for month in months])


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
