"""People's numbers from their facts at once: for a recomputation, and for what lies in villages that move."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from uuid import UUID

import asyncpg

from services.reporting.cells import Sums
from services.reporting.measures import runs
from services.reporting.measures.runs import Run
from services.reporting.people import owners, reading
from services.reporting.people.counts import Counts
from services.reporting.people.world import Asked, People
from services.reporting.places import Village

CHUNK = 2000
"""Owners whose facts are read together."""
Progress = Callable[[str, int], None]


async def fold(
    driver: asyncpg.Connection, villages: Mapping[UUID, Village], sums: Sums, statistics_from: int, progress: Progress
) -> None:
    """Adds what all owners give, a chunk at a time."""
    counts = Counts(statistics_from)
    last = 0
    while True:
        rows = await driver.fetch(
            "SELECT key FROM owner WHERE counts_as IS NULL AND key > $1 ORDER BY key LIMIT $2", last, CHUNK
        )
        if not rows:
            break
        asked = Asked()
        for row in rows:
            asked.all_of(row["key"])
        people = await reading.read(driver, asked)
        people.within(villages).contribute(asked, counts)
        last = rows[-1]["key"]
        progress("owner", len(rows))
    counts.give(sums.emit)


async def enlisted(driver: asyncpg.Connection) -> AsyncIterator[list[tuple[UUID, list[Run]]]]:
    """All memberships, a chunk at a time: of which institution, in which months."""
    chunk: list[tuple[UUID, list[Run]]] = []
    async for institution, since, until in driver.cursor(
        "SELECT institution_id, since, until FROM membership WHERE person_key IS NOT NULL", prefetch=CHUNK
    ):
        chunk.append((institution, runs.of(reading.spells(since, until))))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


async def lying_in(driver: asyncpg.Connection, villages: Collection[UUID]) -> tuple[Asked, People]:
    """Whose facts lie in these villages, and who is a member of an institution that has or had its seat there."""
    rows = await driver.fetch(
        """
        SELECT DISTINCT coalesce(counts_as, key) AS key FROM owner JOIN (
            SELECT person_key AS key FROM sheet JOIN attendance ON sheet_key = sheet.key WHERE village_id = ANY($1)
            UNION SELECT owner_key FROM benefit WHERE village_id = ANY($1)
            UNION SELECT person_key FROM membership JOIN dossier ON subject_id = institution_id AND noun = 'institution'
                WHERE village_id = ANY($1) OR earlier_village_ids && $1
        ) AS lying USING (key)
        """,
        list(villages),
    )
    asked = Asked()
    for row in rows:
        asked.all_of(row["key"])
    return asked, await reading.read(driver, asked)


async def ends(driver: asyncpg.Connection) -> dict[int, tuple[UUID, int, int]]:
    """Whom people count as otherwise than the links say: key → id, the key as stored, the key as the links say.

    Reads those who are, or count as, duplicates; they are few.
    """
    rows = await driver.fetch(
        "SELECT key, id, duplicate_of, counts_as FROM owner WHERE duplicate_of IS NOT NULL OR counts_as IS NOT NULL"
    )
    told = owners.ends({row["key"]: row["duplicate_of"] for row in rows}, {row["key"]: row["id"] for row in rows})
    found = {}
    for row in rows:
        stored = row["key"] if row["counts_as"] is None else row["counts_as"]
        if stored != told[row["key"]]:
            found[row["key"]] = (row["id"], stored, told[row["key"]])
    return found


async def mend_ends(driver: asyncpg.Connection) -> None:
    """Stores whom people count as by what the links say."""
    wrong = await ends(driver)
    if wrong:
        await driver.execute(
            "UPDATE owner SET counts_as = nullif(given.root, given.key)"
            " FROM unnest($1::int[], $2::int[]) AS given (key, root) WHERE owner.key = given.key",
            list(wrong),
            [root for _, _, root in wrong.values()],
        )
