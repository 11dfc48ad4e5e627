"""How a stock is written: +1 in the first month at whose end it is seen, −1 in the first at whose end it is no longer.

The −1 is written in advance, so that an expiry needs no event. Months before `statistics_from` fold into it.
"""

from collections.abc import Sequence

from services.reporting.measures import Emit, Group
from services.reporting.places import FOREVER, Village
from services.reporting.sets import Together


class Stocks:
    """Takes stocks of one group and gives them to `emit` as changes of cells."""

    __slots__ = ("_emit", "_from", "_group")

    def __init__(self, group: Group, statistics_from: int, emit: Emit) -> None:
        self._group = group
        self._from = statistics_from
        self._emit = emit

    def add(
        self,
        village: Village | Together,
        dimension: int,
        measures: Sequence[int],
        first: int,
        end: int,
        amount: int = 1,
    ) -> None:
        """So much more of each measure in a village over the months `[first, end)`, in every region it lies in then.

        In several villages together it counts once in each region. A measure that is named twice gains two.
        """
        if first >= end:
            return
        more, less = [(measure, amount) for measure in measures], [(measure, -amount) for measure in measures]
        for path, since, until in village.over(first, end):
            start, stop = max(since, self._from), max(until, self._from)
            if start < stop:
                self._emit(self._group, path, start, dimension, more)
                if stop < FOREVER:
                    self._emit(self._group, path, stop, dimension, less)
