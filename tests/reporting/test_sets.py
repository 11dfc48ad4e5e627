"""A set counts once in each region and tree, whatever moved: against the plainest reading of both trees."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reporting.places import FOREVER, Path, Tree, Village
from services.reporting.sets import Together, once
from tests.reporting.last_days import day

MOVED = day("2026-02-10")
STAYS = Village(11, [(None, None, [1, 2, 3, 4, 11])])
MOVES = Village(12, [(None, MOVED, [1, 2, 3, 4, 12]), (MOVED, None, [1, 2, 3, 5, 12])])


def regions(paths: Any, tree: Tree) -> list[int]:
    """The regions that a reader of one tree finds, as often as they count there."""
    return sorted(key for path in paths if path.tree in (Tree.BOTH, tree) for key in path.keys)


def test_a_region_above_a_village_that_stayed_and_one_that_moved_counts_once_in_either_tree() -> None:
    found = list(Together([STAYS, MOVES]).on(day("2026-01-05")))
    assert regions(found, Tree.AS_WAS) == [1, 2, 3, 4, 11, 12]
    assert regions(found, Tree.CURRENT) == [1, 2, 3, 4, 5, 11, 12]
    assert {path.tree: path.keys for path in found} == {Tree.BOTH: (1, 2, 3, 4, 11, 12), Tree.CURRENT: (5,)}
    assert {key: depth for path in found for key, depth in zip(path.keys, path.depths, strict=True)} == {
        1: 0, 2: 1, 3: 2, 4: 3, 5: 3, 11: 4, 12: 4,
    }  # fmt: skip


def test_a_fact_of_one_village_is_given_as_its_own_path() -> None:
    (path,) = STAYS.on(MOVED)
    assert once([path]) == [path]


def test_a_village_that_has_not_arrived_counts_nowhere() -> None:
    assert list(Together([Village(0, [])]).on(MOVED)) == []
    assert list(Together([Village(0, [])]).over(0, FOREVER)) == []


KEYS = st.lists(st.integers(1, 3), min_size=3, max_size=3)


@st.composite
def villages(draw: st.DrawFn) -> Village:
    key = draw(st.integers(100, 103))
    count = draw(st.integers(0, 3))
    cuts = [None, *sorted(date(2026, 1, 15) + timedelta(days=31 * step) for step in range(count))][:count]
    lineage = [
        (since, until, [1, *(10 * depth + side for depth, side in enumerate(draw(KEYS), 1)), key])
        for since, until in zip(cuts, [*cuts[1:], None], strict=False)
    ]
    return Village(key, lineage)


@given(places=st.lists(villages(), max_size=4), months=st.lists(st.integers(0, 12), min_size=2, max_size=2))
def test_over_any_months_both_trees_hold_each_region_once(places: list[Village], months: list[int]) -> None:
    first, end = (2025 * 12 + 11 + month for month in sorted(months))

    def seen(stays: list[tuple[Path, int, int]], month: int, tree: Tree) -> list[int]:
        return regions([path for path, since, until in stays if since <= month < until], tree)

    together = list(Together(places).over(first, end))
    apart = [stay for place in places for stay in place.over(first, end)]
    for month in range(first - 1, end + 1):
        for tree in (Tree.AS_WAS, Tree.CURRENT):
            assert seen(together, month, tree) == sorted(set(seen(apart, month, tree)))
