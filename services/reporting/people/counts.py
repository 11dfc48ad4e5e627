"""What people give, added up by region and period before it becomes rows of cells."""

from collections.abc import Mapping, Sequence

from services.reporting.measures import Emit, Group
from services.reporting.measures.people import Regions
from services.reporting.measures.runs import Run
from services.reporting.measures.years import FIRST, YEAR, amounts, counters
from services.reporting.places import FOREVER, Path, Tree

_TREES = len(Tree)


class Counts:
    """Sets and stocks of owners; `sign` is −1 for what was, +1 for what is, so that what stays is never written."""

    __slots__ = ("_from", "_sets", "_sign", "_stocks", "depths")

    def __init__(self, statistics_from: int) -> None:
        self._from = statistics_from
        self._sign = 1
        self._sets: dict[tuple[Group, int, int, int], dict[int, int]] = {}
        self._stocks: dict[tuple[Group, int], dict[tuple[int, int], int]] = {}
        self.depths: dict[int, int] = {}
        """How deep below the nation each region lies; of every region that is given, before it is written."""

    def taking(self, sign: int) -> "Counts":
        """The same counts, taking contributions with this sign from now on."""
        self._sign = sign
        return self

    def once(
        self, group: Group, measure: int, dimension: int, year: int, found: Regions, marks: Sequence[int] = FIRST
    ) -> None:
        """One owner in a set of a year, whose first column is `measure`: the months of each region, marked by a table."""
        rows = self._sets.setdefault((group, measure, dimension, year), {})
        as_was, current = found
        if as_was is current:
            for key, months in as_was.items():
                code = key * _TREES
                rows[code] = rows.get(code, 0) + self._sign * counters(marks[months])
            return
        for key in as_was.keys() | current.keys():
            then, now = marks[as_was.get(key, 0)], marks[current.get(key, 0)]
            for tree, alone in ((Tree.BOTH, then & now), (Tree.AS_WAS, then & ~now), (Tree.CURRENT, now & ~then)):
                if alone:
                    code = key * _TREES + tree
                    rows[code] = rows.get(code, 0) + self._sign * counters(alone)

    def while_in(self, group: Group, measure: int, found: Mapping[Tree, Mapping[int, Sequence[Run]]]) -> None:
        """One owner in a stock over months; those before the statistics begin fold into their first."""
        rows = self._stocks.setdefault((group, measure), {})
        for tree, by_region in found.items():
            for key, stays in by_region.items():
                code = key * _TREES + tree
                for first, end in stays:
                    start, stop = max(first, self._from), max(end, self._from)
                    if start < stop:
                        rows[code, start] = rows.get((code, start), 0) + self._sign
                        if stop < FOREVER:
                            rows[code, stop] = rows.get((code, stop), 0) - self._sign

    def give(self, emit: Emit) -> None:
        """Gives what there is, as contributions to single regions."""
        paths: dict[int, Path] = {}
        for (group, measure, dimension, year), rows in self._sets.items():
            for code, total in rows.items():
                by_month: dict[int, list[tuple[int, int]]] = {}
                for kind, month, amount in amounts(total):
                    by_month.setdefault(year * YEAR + month, []).append((measure + kind, amount))
                for month, changes in by_month.items():
                    emit(group, self._path(code, paths), month, dimension, changes)
        for (group, measure), stocks in self._stocks.items():
            for (code, month), amount in stocks.items():
                if amount:
                    emit(group, self._path(code, paths), month, 0, [(measure, amount)])

    def _path(self, code: int, paths: dict[int, Path]) -> Path:
        path = paths.get(code)
        if path is None:
            key, tree = divmod(code, _TREES)
            path = paths[code] = Path(Tree(tree), (key,), (self.depths[key],))
        return path
