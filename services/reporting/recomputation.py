"""The other way to the same numbers: all cells and tallies from the dossiers at once, which replace what is stored.

The measures are those that the projection uses, over every dossier instead of over changes.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.reporting import dossiers, tree, versions
from services.reporting.cells import CellKey, Sums
from services.reporting.measures import (
    GROUPS,
    Group,
)
from services.reporting.people import folding
from services.reporting.places import Village
from services.reporting.projection import FED
from services.reporting.world import World
from shared.events.registry import CulturalValue, Institution, Region

CHUNK = 5000
Progress = Callable[[str, int], None]
"""Told the kind of dossier and how many more of it were folded."""
FOLLOWED = "SELECT number, count(*) AS followed FROM region, unnest(changes) AS number GROUP BY number"
"""How many regions have followed each region change, as the regions say."""


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
            f" LEFT JOIN ({FOLLOWED}) AS told USING (number) WHERE region_change.number = change.number"
        )
        await versions.claim(connection, statistics_from)


def _rows(cells: dict[CellKey, list[int]]) -> Iterator[tuple[int, ...]]:
    return ((*key, *amounts) for key, amounts in cells.items())
