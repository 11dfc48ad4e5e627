"""Cells: contributions folded into sums, rolled up to every ancestor, and added to the tables in one sorted upsert.

Rows are written villages first and the nation last: the rows that all workers share are locked for the shortest time
(`performance.md` §H).

The nation and the provinces also keep the sum over each dimension in a row of its own: there nearly every kind and type
changes in every month, so that an answer would read ten times as many rows. Further down the rows are few.
"""

from collections.abc import Iterable, Iterator
from functools import cache

import asyncpg

from services.reporting.measures import ALL, GROUPS, Changes, Group
from services.reporting.places import Path

CellKey = tuple[int, int, int, int]
"""Region key, month, dimension, tree."""
TOTALLED = 2
"""How many levels from the nation down keep sums over dimensions."""
LAYOUT = 2
"""Raise it with every change of which rows there are; a worker refuses cells of another layout until `recompute`."""


class Sums:
    """Contributions added up by path, month and dimension; `sign` is −1 for what was, +1 for what is."""

    __slots__ = ("_by_path", "_sign")

    def __init__(self) -> None:
        self._by_path: dict[Group, dict[tuple[Path, int, int], list[int]]] = {group: {} for group in GROUPS}
        self._sign = 1

    def taking(self, sign: int) -> "Sums":
        """The same sums, taking contributions with this sign from now on."""
        self._sign = sign
        return self

    def emit(self, group: Group, path: Path, month: int, dimension: int, changes: Changes) -> None:
        """Adds the contributions to one row: the `Emit` that measures are given."""
        rows = self._by_path[group]
        row = rows.get((path, month, dimension))
        if row is None:
            row = rows[(path, month, dimension)] = [0] * group.width
        for place, amount in changes:
            row[place] += self._sign * amount

    def rolled_up(self, group: Group) -> dict[CellKey, list[int]]:
        """The sums of a group in every region of their paths; rows of zeros are left out."""
        cells: dict[CellKey, list[int]] = {}
        for (path, month, dimension), amounts in self._by_path[group].items():
            if not any(amounts):
                continue
            tree = path.tree.value
            for key in path.keys:
                cell = cells.get((key, month, dimension, tree))
                if cell is None:
                    cells[(key, month, dimension, tree)] = amounts.copy()
                else:
                    for place, amount in enumerate(amounts):
                        if amount:
                            cell[place] += amount
        if group.split and not group.apart:
            cells |= self._totals(group, cells)
        return {key: amounts for key, amounts in cells.items() if any(amounts)}

    def _totals(self, group: Group, cells: dict[CellKey, list[int]]) -> dict[CellKey, list[int]]:
        """The sums over the dimension, of the regions that keep them."""
        paths = {path for path, _, _ in self._by_path[group]}
        tops = {key for path in paths for key, depth in zip(path.keys, path.depths, strict=True) if depth < TOTALLED}
        totals: dict[CellKey, list[int]] = {}
        for (key, month, _, tree), amounts in cells.items():
            if key in tops:
                total = totals.setdefault((key, month, ALL, tree), [0] * group.width)
                for place, amount in enumerate(amounts):
                    total[place] += amount
        return totals

    def depths(self) -> dict[int, int]:
        """How deep below the nation each touched region lies."""
        return {
            key: depth
            for rows in self._by_path.values()
            for path in {path for path, _, _ in rows}
            for key, depth in zip(path.keys, path.depths, strict=True)
        }


def _literal(values: Iterable[int]) -> str:
    """Numbers as the text of a PostgreSQL array. The driver would ask of each element whether it is an array too."""
    return f"{{{str(list(values))[1:-1]}}}"


async def add(connection: asyncpg.Connection, sums: Sums) -> None:
    """Adds the sums to the cells, in the caller's transaction."""
    depths = sums.depths()
    for group in GROUPS:
        cells = sums.rolled_up(group)
        if cells:
            await connection.execute(_upsert(group), *_columns(_upwards(cells, depths), cells))


def _upwards(cells: Iterable[CellKey], depths: dict[int, int]) -> list[CellKey]:
    """Villages first, the nation last; in key order on each level, so that workers lock alike."""
    levels: dict[int, list[CellKey]] = {}
    for key in cells:
        levels.setdefault(depths[key[0]], []).append(key)
    return [key for depth in sorted(levels, reverse=True) for key in sorted(levels[depth])]


def _columns(ordered: list[CellKey], cells: dict[CellKey, list[int]]) -> Iterator[str]:
    return map(_literal, zip(*((*key, *cells[key]) for key in ordered), strict=True))


@cache
def _upsert(group: Group) -> str:
    """INSERT … ON CONFLICT: a MERGE into new cells may meet unique violations between two workers."""
    table, measures = group.table.name, group.measures
    types = ["int", "int", "smallint", "smallint", *("bigint" for _ in measures)]
    arrays = ", ".join(f"${number}::text::{kind}[]" for number, kind in enumerate(types, 1))
    names = ", ".join(("region_key", "month", "dimension", "tree", *measures))
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in measures)
    return (
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608  # names are ours, values are bound
        f" ON CONFLICT (region_key, month, dimension, tree) DO UPDATE SET {sums}"
    )
