"""What is stored, compared with its recomputation: each cell and tally that differs, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.reporting.cells import CellKey
from services.reporting.measures import ACTIVITY as ACTIVITY_GROUP
from services.reporting.measures import (
    AGES,
    ALL,
    GROUPS,
    KINDS,
    PARTICIPANT,
    PPKS,
    RESOURCE,
    SERVED,
    SEXES,
    SOURCES,
    TYPES,
    Group,
    Tag,
)
from services.reporting.measures import INSTITUTION as INSTITUTION_GROUP
from services.reporting.people import folding
from services.reporting.places import Tree
from services.reporting.recomputation import CHUNK, FOLLOWED, Folded, Progress, fold


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell or sum that is not what the dossiers and regions say. `stored` and `recomputed` count a missing one as 0."""

    place: str
    measure: str
    period: int | None
    dimension: str
    tree: str
    stored: int
    recomputed: int


async def verify(
    connection: asyncpg.Connection, statistics_from: int, progress: Progress = lambda noun, count: None
) -> list[Difference]:
    """Every cell and tally that differs from its recomputation; empty if none does. Reads one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        folded = await fold(connection, statistics_from, progress)
        names = {
            row["key"]: row["code"] or str(row["id"])
            for row in await connection.fetch("SELECT key, code, id FROM region")
        }
        differences = [*await _tally_differences(connection, folded), *await _change_differences(connection)]
        differences.extend(_end_differences(await folding.ends(connection)))
        for group in GROUPS:
            differences.extend(await _cell_differences(connection, group, folded.cells(group), names))
        return differences


async def _cell_differences(
    connection: asyncpg.Connection, group: Group, wanted: dict[CellKey, list[int]], names: dict[int, str]
) -> list[Difference]:
    columns = ", ".join(("region_key", "month", "dimension", "tree", *group.measures))
    stored: dict[CellKey, list[int]] = {}
    async for row in connection.cursor(f"SELECT {columns} FROM {group.table.name}", prefetch=CHUNK):  # noqa: S608  # our own names
        key, month, dimension, tree, *amounts = row
        stored[key, month, dimension, tree] = amounts
    nothing = [0] * group.width
    return [
        Difference(
            names.get(key[0], f"region {key[0]}"), measure, key[1], _dimension_name(group, key[2]),
            Tree(key[3]).name.lower(), have, want,
        )
        for key in sorted(stored.keys() | wanted.keys())
        for measure, have, want in zip(group.measures, stored.get(key, nothing), wanted.get(key, nothing), strict=True)
        if have != want
    ]  # fmt: skip


async def _tally_differences(connection: asyncpg.Connection, folded: Folded) -> list[Difference]:
    stored = {
        (row["owner_id"], row["tag"], row["period"]): row["amount"]
        for row in await connection.fetch("SELECT owner_id, tag, period, amount FROM tally WHERE amount <> 0")
    }
    return [
        Difference(
            str(key[0]),
            f"tally {Tag(key[1]).name.lower()}",
            key[2],
            "-",
            "-",
            stored.get(key, 0),
            folded.tallies.get(key, 0),
        )
        for key in sorted(stored.keys() | folded.tallies.keys())
        if stored.get(key, 0) != folded.tallies.get(key, 0)
    ]


async def _change_differences(connection: asyncpg.Connection) -> list[Difference]:
    """Region changes of which another number of regions has followed than is stored."""
    rows = await connection.fetch(
        "SELECT number, coalesce(stored.followed, 0) AS have, coalesce(told.followed, 0) AS want"  # noqa: S608  # our own names
        f" FROM region_change AS stored FULL JOIN ({FOLLOWED}) AS told USING (number)"
        " WHERE coalesce(stored.followed, 0) <> coalesce(told.followed, 0) ORDER BY number"
    )
    return [
        Difference(
            "-", f"regions that followed region change {row['number']}", None, "-", "-", row["have"], row["want"]
        )
        for row in rows
    ]


def _end_differences(wrong: Mapping[int, tuple[UUID, int, int]]) -> Iterator[Difference]:
    """People who count as somebody else than the links of duplicates say: by keys."""
    for id_, stored, told in wrong.values():
        yield Difference(str(id_), "counts as", None, "-", "-", stored, told)


def _dimension_name(group: Group, number: int) -> str:
    """The code a cell's dimension number stands for; `all` for the sum over them."""
    if number == ALL:
        return "all"
    names = {ACTIVITY_GROUP: KINDS, INSTITUTION_GROUP: TYPES, RESOURCE: SOURCES, SERVED: PPKS}.get(group, ("-",))
    if group is PARTICIPANT:
        return f"{SEXES[number // len(AGES)]} {AGES[number % len(AGES)]}"
    return str(names[number]) if 0 <= number < len(names) else str(number)
