"""Facts that count once in each region, however many of its villages they touch: sets are never rolled up. Pure.

A cultural value of three villages is one value in each of them, and one in their district. What a region above holds is
no sum of what its villages hold, so that a set is given to every region by itself, through all of its levels.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from services.reporting.places import Path, Tree, Village


def once(paths: Iterable[Path]) -> list[Path]:
    """The regions of all these paths, each once in each tree: those of both trees, of `as_was` alone, of `current` alone.

    A region may stand in the paths of a village that never moved and of one that did: it counts once in either tree.
    At most three, none of them empty; given to `Emit` as the path of a fact is. With one path, that one.
    """
    listed = list(paths)
    if len(listed) == 1:
        return listed
    as_was, current = _depths(listed, Tree.AS_WAS), _depths(listed, Tree.CURRENT)
    found = (
        (Tree.BOTH, {key: depth for key, depth in as_was.items() if key in current}),
        (Tree.AS_WAS, {key: depth for key, depth in as_was.items() if key not in current}),
        (Tree.CURRENT, {key: depth for key, depth in current.items() if key not in as_was}),
    )
    return [Path(tree, tuple(depths), tuple(depths.values())) for tree, depths in found if depths]


def _depths(paths: Iterable[Path], tree: Tree) -> dict[int, int]:
    """How deep each region of the paths of one tree lies below the nation."""
    return {
        key: depth
        for path in paths
        if path.tree in (Tree.BOTH, tree)
        for key, depth in zip(path.keys, path.depths, strict=True)
    }


class Together:
    """Villages in which something counts once in each region: asked as one village is."""

    __slots__ = ("_villages",)

    def __init__(self, villages: Collection[Village]) -> None:
        self._villages = villages

    def on(self, day: date) -> Iterator[Path]:
        """The regions in which a fact of that day counts."""
        yield from once(path for village in self._villages for path in village.on(day))

    def over(self, first: int, end: int) -> Iterator[tuple[Path, int, int]]:
        """The regions of a state that is seen at the ends of the months `[first, end)`, each with its own months."""
        stays = [stay for village in self._villages for stay in village.over(first, end)]
        cuts = sorted({month for _, begin, stop in stays for month in (begin, stop)})
        for begin, stop in itertools.pairwise(cuts):
            for path in once(path for path, since, until in stays if since <= begin and stop <= until):
                yield path, begin, stop
