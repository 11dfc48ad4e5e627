"""What one village gives: itself (the denominator of LEM-01, SOL-03 and STR-01), and STR-01's reach through its tally."""

from collections.abc import Collection
from datetime import date

from services.reporting.measures import VILLAGE, Emit
from services.reporting.periods import first_month_ending_in
from services.reporting.places import FOREVER, Village

_VILLAGES, _REACHED = range(2)
TRAILING = 12
"""STR-01 looks back over twelve months, the month itself included."""


def contribute(
    village: Village,
    since: date | None,
    until: date | None,
    awareness: Collection[int],
    statistics_from: int,
    emit: Emit,
) -> None:
    """Gives a village's contributions; `awareness` are the months with a completed activity of awareness.

    `[since, until)` is when the village existed. Months before `statistics_from` fold into it.
    """
    begins = first_month_ending_in(since) if since else 0
    ends = first_month_ending_in(until) if until else FOREVER
    runs = [(_VILLAGES, begins, ends)]
    runs += [(_REACHED, max(first, begins), min(end, ends)) for first, end in trailing(awareness)]
    for measure, first, end in runs:
        for path, seen, unseen in village.over(first, end):
            start, stop = max(seen, statistics_from), max(unseen, statistics_from)
            if start < stop:
                emit(VILLAGE, path, start, 0, [(measure, 1)])
                if stop < FOREVER:
                    emit(VILLAGE, path, stop, 0, [(measure, -1)])


def trailing(months: Collection[int]) -> list[tuple[int, int]]:
    """The union of `[k, k + 12)` over the months k, as disjoint runs in order."""
    runs: list[tuple[int, int]] = []
    for month in sorted(months):
        if runs and month <= runs[-1][1]:
            runs[-1] = (runs[-1][0], month + TRAILING)
        else:
            runs.append((month, month + TRAILING))
    return runs
