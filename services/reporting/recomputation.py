"""The other way to the same numbers: all cells and tallies recomputed from the dossiers, to compare or to replace.

`verify` and `recompute` use the measures that the projection uses, over every dossier at once instead of over changes.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.reporting import dossiers, tree, versions
from services.reporting.cells import CellKey, Sums
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
from services.reporting.places import Tree, Village
from services.reporting.projection import FED
from services.reporting.world import World
from shared.events.registry import CulturalValue, Institution, Region

CHUNK = 5000
Progress = Callable[[str, int], None]
"""Told the kind of dossier and how many more of it were folded."""


@dataclass
class Folded:
    """What the dossiers say the tallies and cells must be."""

    tallies: dict[tuple[UUID, int, int], int] = field(default_factory=dict)
    sums: Sums = field(default_factory=Sums)

    def take(self, world: World, statistics_from: int) -> None:
        """Adds the tallies and contributions of a world's subjects that own no tallies."""
        for owner, tag, period, amount in world.tally():
            self.tallies[owner, tag, period] = self.tallies.get((owner, tag, period), 0) + amount
        world.contribute(self.sums, statistics_from)

    def by_owner(self) -> dossiers.Tallies:
        """The tallies as measures are given them, when all of them are in."""
        found: dossiers.Tallies = {}
        for (owner, number, period), amount in self.tallies.items():
            if amount:
                found.setdefault(owner, {}).setdefault(number, {})[period] = amount
        return found

    def cells(self, group: Group) -> dict[CellKey, list[int]]:
        """The cells of one group that are not all zero."""
        return self.sums.rolled_up(group)


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


async def fold(connection: asyncpg.Connection, statistics_from: int, progress: Progress) -> Folded:
    """Recomputes everything from the dossiers, in the caller's transaction (a repeatable read for `verify`)."""
    folded = Folded()
    villages = await _villages(connection, progress)
    for kind in FED:
        async for chunk in _states(connection, kind.NOUN):
            world = World(villages=villages)
            world.take(chunk)
            folded.take(world, statistics_from)
            progress(kind.NOUN, len(chunk))
    async for enlisted in folding.enlisted(connection):
        folded.take(World(enlisted=enlisted), statistics_from)
    by_owner = folded.by_owner()
    for noun in (Institution.NOUN, CulturalValue.NOUN):
        async for chunk in _states(connection, noun):
            world = World(villages=villages, tallies=by_owner)
            world.take(chunk)
            world.contribute(folded.sums, statistics_from)
            progress(noun, len(chunk))
    World(villages=villages, giving=villages.keys(), tallies=by_owner).contribute(folded.sums, statistics_from)
    await folding.fold(connection, villages, folded.sums, statistics_from, progress)
    return folded


async def _villages(connection: asyncpg.Connection, progress: Progress) -> dict[UUID, Village]:
    """The villages as what lies there counts: one that waits to be moved, where it was."""
    villages: dict[UUID, Village] = {}
    async for row in connection.cursor(
        f"SELECT {tree.COLUMNS} FROM region WHERE level = 'village' OR sequence = 0",  # noqa: S608  # our own names
        prefetch=CHUNK,
    ):
        villages[row["id"]] = tree.Row(**row).village
    progress(Region.NOUN, len(villages))
    return villages


async def _states(connection: asyncpg.Connection, noun: str) -> AsyncIterator[list[tuple[UUID, str, str]]]:
    chunk: list[tuple[UUID, str, str]] = []
    async for row in connection.cursor(
        "SELECT subject_id, state::text AS state FROM dossier WHERE noun = $1 AND state IS NOT NULL",
        noun,
        prefetch=CHUNK,
    ):
        chunk.append((row["subject_id"], noun, row["state"]))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


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
            names.get(key[0], f"region {key[0]}"), measure, key[1], dimension_name(group, key[2]),
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


_FOLLOWED = "SELECT number, count(*) AS followed FROM region, unnest(changes) AS number GROUP BY number"


async def _change_differences(connection: asyncpg.Connection) -> list[Difference]:
    """Region changes of which another number of regions has followed than is stored."""
    rows = await connection.fetch(
        "SELECT number, coalesce(stored.followed, 0) AS have, coalesce(told.followed, 0) AS want"  # noqa: S608  # our own names
        f" FROM region_change AS stored FULL JOIN ({_FOLLOWED}) AS told USING (number)"
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


def dimension_name(group: Group, number: int) -> str:
    """The code a cell's dimension number stands for; `all` for the sum over them."""
    if number == ALL:
        return "all"
    names = {ACTIVITY_GROUP: KINDS, INSTITUTION_GROUP: TYPES, RESOURCE: SOURCES, SERVED: PPKS}.get(group, ("-",))
    if group is PARTICIPANT:
        return f"{SEXES[number // len(AGES)]} {AGES[number % len(AGES)]}"
    return str(names[number]) if 0 <= number < len(names) else str(number)


async def recompute(
    connection: asyncpg.Connection, statistics_from: int, progress: Progress = lambda noun, count: None
) -> None:
    """Replaces all cells and tallies by their recomputation while the projection stands still; all or nothing."""
    async with connection.transaction():
        await dossiers.hold(connection, still=True)
        await folding.mend_ends(connection)
        folded = await fold(connection, statistics_from, progress)
        # Not TRUNCATE: readers whose snapshot is older would see empty tables instead of the old numbers.
        for table in ("tally", *(group.table.name for group in GROUPS)):
            await connection.execute(f"DELETE FROM {table}")  # noqa: S608  # names are ours
        await connection.copy_records_to_table(
            "tally", columns=["owner_id", "tag", "period", "amount"],
            records=((*key, amount) for key, amount in folded.tallies.items() if amount),
        )  # fmt: skip
        for group in GROUPS:
            await connection.copy_records_to_table(
                group.table.name,
                columns=["region_key", "month", "dimension", "tree", *group.measures],
                records=_rows(folded.cells(group)),
            )
        await connection.execute(
            "UPDATE region_change SET followed = coalesce(told.followed, 0) FROM region_change AS change"  # noqa: S608  # our own names
            f" LEFT JOIN ({_FOLLOWED}) AS told USING (number) WHERE region_change.number = change.number"
        )
        await versions.claim(connection, statistics_from)


def _rows(cells: dict[CellKey, list[int]]) -> Iterator[tuple[int, ...]]:
    return ((*key, *amounts) for key, amounts in cells.items())
