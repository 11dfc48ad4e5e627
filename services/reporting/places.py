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
    """Regions a fact counts in, from the nation down to the village, in one tree. Compared by identity.

    Of facts that count once in each region of several paths (`sets`), all these regions, with how deep each lies.
    """

    __slots__ = ("depths", "keys", "tree")

    def __init__(self, tree: Tree, keys: Sequence[int], depths: Sequence[int] | None = None) -> None:
        self.tree = tree
        self.keys = tuple(keys)
        self.depths = range(len(self.keys)) if depths is None else depths


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of dates from `since` (None: ever) until the next piece begins, over which a village had one path."""

    since: date | None
    path: Path

    @property
    def begins(self) -> int:
        """The first month whose last day lies in the piece."""
        return month_of(self.since) if self.since else 0


class Village:
    """A village's place in the trees, and the days `[since, until)` on which it existed.

    One that has not arrived has no paths: what lies there counts nowhere yet. Every date of one that has lies in one
    piece, so that both trees hold the same facts: what is told of a day before the first piece counts in the first.
    """

    __slots__ = ("_current", "_pieces", "key", "since", "until")

    def __init__(
        self,
        key: int,
        lineage: Sequence[tuple[date | None, date | None, Sequence[int]]],
        since: date | None = None,
        until: date | None = None,
    ) -> None:
        self.key = key
        self.since = since
        self.until = until
        if len(lineage) == 1:
            self._pieces: tuple[Piece, ...] = (Piece(None, Path(Tree.BOTH, lineage[0][2])),)
            self._current: Path | None = None
        else:
            self._pieces = tuple(
                Piece(begin if number else None, Path(Tree.AS_WAS, keys))
                for number, (begin, _, keys) in enumerate(lineage)
            )
            self._current = Path(Tree.CURRENT, lineage[-1][2]) if lineage else None

    def on(self, day: date) -> Iterator[Path]:
        """The paths of a fact of that day, one for each tree or one for both."""
        for piece in reversed(self._pieces):
            if piece.since is None or piece.since <= day:
                yield piece.path
                break
        if self._current is not None:
            yield self._current

    def over(self, first: int, end: int) -> Iterator[tuple[Path, int, int]]:
        """The paths of a state that is seen at the ends of the months `[first, end)`, each with its own months."""
        ends = [*(piece.begins for piece in self._pieces[1:]), FOREVER]
        for piece, until in zip(self._pieces, ends, strict=False):
            begin, stop = max(first, piece.begins), min(end, until)
            if begin < stop:
                yield piece.path, begin, stop
        if self._current is not None and first < end:
            yield self._current, first, end
