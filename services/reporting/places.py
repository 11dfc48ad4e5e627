"""Where a fact counts: a village's dated paths up to the nation, in both trees. Pure.

`as_was` follows the ancestors of the fact's own date; `current` groups under the newest ones. A village that never
moved has one path for both, so that its cells are stored once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from services.reporting.periods import month_of

FOREVER = 9999 * 12


class Tree(IntEnum):
    """Which of the two trees a cell belongs to."""

    BOTH = 0
    AS_WAS = 1
    CURRENT = 2


class Path:
    """Regions a fact counts in, from the nation down to the village, in one tree. Compared by identity."""

    __slots__ = ("keys", "tree")

    def __init__(self, tree: Tree, keys: Sequence[int]) -> None:
        self.tree = tree
        self.keys = tuple(keys)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of dates `[since, until)` over which a village had one path; open ends are None."""

    since: date | None
    until: date | None
    path: Path

    def months(self) -> tuple[int, int]:
        """The months `[first, end)` whose last day lies in the piece."""
        return (month_of(self.since) if self.since else 0, month_of(self.until) if self.until else FOREVER)


class Village:
    """A village's place in the trees. One that has not arrived has no paths: what lies there counts nowhere yet."""

    __slots__ = ("_current", "_pieces", "key")

    def __init__(self, key: int, lineage: Sequence[tuple[date | None, date | None, Sequence[int]]]) -> None:
        self.key = key
        if len(lineage) == 1:
            since, until, keys = lineage[0]
            self._pieces: tuple[Piece, ...] = (Piece(since, until, Path(Tree.BOTH, keys)),)
            self._current: Path | None = None
        else:
            self._pieces = tuple(Piece(since, until, Path(Tree.AS_WAS, keys)) for since, until, keys in lineage)
            self._current = Path(Tree.CURRENT, lineage[-1][2]) if lineage else None

    def on(self, day: date) -> Iterator[Path]:
        """The paths of a fact of that day, one for each tree or one for both."""
        if self._current is None:
            # One piece stands for both trees, whatever the fact's date: there is no other place it could count.
            if self._pieces:
                yield self._pieces[0].path
            return
        for piece in self._pieces:
            if (piece.since is None or piece.since <= day) and (piece.until is None or day < piece.until):
                yield piece.path
        yield self._current

    def over(self, first: int, end: int) -> Iterator[tuple[Path, int, int]]:
        """The paths of a state that is seen at the ends of the months `[first, end)`, each with its own months."""
        if self._current is None:
            if self._pieces and first < end:
                yield self._pieces[0].path, first, end
            return
        for piece in self._pieces:
            begins, ends = piece.months()
            if max(first, begins) < min(end, ends):
                yield piece.path, max(first, begins), min(end, ends)
        if first < end:
            yield self._current, first, end
