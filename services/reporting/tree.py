"""The region tree in the database: the newest event of each region, and the place by which what lies in it counts.

An event of a region is stored at once. What lies there counts by the former place until it has moved, a portion at a time
(`services.reporting.moving`): `region.moves` is true until then.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg
import orjson

from services.reporting.dossiers import PLACED, in_key_order
from services.reporting.places import Village
from shared.arrived import Arrived
from shared.codes import CodeSystem
from shared.events.registry import Region, RegionCode


@dataclass(frozen=True, slots=True)
class Row:
    """A region as what lies in it counts: its number here, its lineage in numbers as JSON, its days."""

    id: UUID
    key: int
    lineage: str | None
    since: date | None
    until: date | None

    @property
    def village(self) -> Village:
        """The place its facts count in."""
        lineage = orjson.loads(self.lineage) if self.lineage else []
        pieces = [(_day(since), _day(until), keys) for since, until, keys in lineage]
        return Village(self.key, pieces, self.since, self.until)


COLUMNS = "id, key, lineage::text AS lineage, since, until"
"""Of `region`, for a Row."""


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


async def rows(connection: asyncpg.Connection, ids: Collection[UUID], *, lock: bool = False) -> dict[UUID, Row]:
    """Regions by id, with placeholders for those unheard of; locked in key order if asked."""
    if not ids:
        return {}
    ordered = in_key_order(ids)
    read = f"SELECT {COLUMNS} FROM region WHERE id = ANY($1) ORDER BY id{' FOR UPDATE' if lock else ''}"  # noqa: S608  # our own names
    found = await connection.fetch(read, ordered)
    if len(found) < len(ordered):
        await connection.execute(
            "INSERT INTO region (id, sequence) SELECT id, 0 FROM unnest($1::uuid[]) AS given (id) ON CONFLICT DO NOTHING",
            ordered,
        )
        found = await connection.fetch(read, ordered)
    return {row["id"]: Row(**row) for row in found}


_STORE = """
    UPDATE region SET sequence = given.sequence, code = given.code, name = given.name, level = given.level,
        parent_key = given.parent_key, state = given.state::json,
        moves = (region.lineage, region.since, region.until)
            IS DISTINCT FROM (given.lineage::jsonb, given.since, given.until)
    FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::date[], $9::date[],
        $10::text[]) AS given (id, sequence, code, name, level, parent_key, lineage, since, until, state)
    WHERE region.id = given.id AND region.sequence < given.sequence
    RETURNING region.id, region.key, region.moves
"""


async def store(connection: asyncpg.Connection, events: Mapping[UUID, Arrived]) -> int:
    """Stores the region events that are newer than what is stored; returns how many. The caller holds the lock, still."""
    states = {subject: item.state for subject, item in events.items() if isinstance(item.state, Region)}
    if not states:
        return 0
    above = {ancestor for state in states.values() for piece in state.lineage for ancestor in piece.ancestors}
    keys = {row.id: row.key for row in (await rows(connection, states.keys() | above)).values()}
    lineages = [_lineage(subject, state, keys) for subject, state in states.items()]
    stored = await connection.fetch(
        _STORE,
        list(states),
        [events[subject].event.sequence for subject in states],
        [_codes(state)[-1].code if _codes(state) else None for state in states.values()],
        [state.name for state in states.values()],
        [state.level.value for state in states.values()],
        [lineage[-1][2][-2] if lineage and len(lineage[-1][2]) > 1 else None for lineage in lineages],
        [orjson.dumps(lineage).decode() for lineage in lineages],
        [state.since for state in states.values()],
        [state.until for state in states.values()],
        [events[subject].event.data.decode() for subject in states],
    )
    newer = {row["key"]: states[row["id"]] for row in stored}
    await _store_codes(connection, newer)
    await _store_successions(connection, newer)
    changes = {change.number: change.regions for state in newer.values() for change in state.changes}
    await _count(connection, changes, Counter())
    await _follow(connection, [row["id"] for row in stored if not row["moves"]])
    return len(stored)


Pieces = list[tuple[date | None, date | None, list[int]]]
"""A lineage in numbers: since, until, and the path from the nation down."""


def _lineage(subject: UUID, state: Region, keys: Mapping[UUID, int]) -> Pieces:
    return [
        (piece.since, piece.until, [*(keys[ancestor] for ancestor in piece.ancestors), keys[subject]])
        for piece in state.lineage
    ]


def _codes(state: Region) -> list[RegionCode]:
    return [code for code in state.codes if code.system is CodeSystem.KEMENDAGRI]


async def _store_codes(connection: asyncpg.Connection, newer: Mapping[int, Region]) -> None:
    await connection.execute("DELETE FROM region_code WHERE region_key = ANY($1)", list(newer))
    codes = [(key, code) for key, state in newer.items() for code in _codes(state)]
    await connection.execute(
        "INSERT INTO region_code (region_key, code, since, until)"
        " SELECT * FROM unnest($1::int[], $2::text[], $3::date[], $4::date[])",
        [key for key, _ in codes], [code.code for _, code in codes], [code.since for _, code in codes],
        [code.until for _, code in codes],
    )  # fmt: skip


async def _store_successions(connection: asyncpg.Connection, newer: Mapping[int, Region]) -> None:
    await connection.execute("DELETE FROM succession WHERE region_key = ANY($1)", list(newer))
    follows = {(key, link.region_id) for key, state in newer.items() for link in state.successors if link.rights_follow}
    await connection.execute(
        "INSERT INTO succession (region_key, successor_id) SELECT * FROM unnest($1::int[], $2::uuid[])",
        [key for key, _ in follows],
        [successor for _, successor in follows],
    )


async def waiting(connection: asyncpg.Connection, most: int) -> list[tuple[UUID, int]]:
    """The regions that have not moved, at most so many, by id: each with the number of dossiers and facts that move with it."""
    found = await connection.fetch(
        """
        SELECT id, (SELECT count(*) FROM dossier WHERE village_id = region.id AND noun = ANY($2))
            + (SELECT count(*) FROM dossier WHERE earlier_village_ids @> ARRAY[region.id] AND noun = ANY($2)
                AND earlier_village_ids IS NOT NULL)
            + (SELECT count(*) FROM sheet WHERE village_id = region.id)
            + (SELECT count(*) FROM benefit WHERE village_id = region.id) AS dossiers
        FROM region WHERE moves ORDER BY id LIMIT $1
        """,
        most,
        PLACED,
    )
    return [(row["id"], row["dossiers"]) for row in found]


_MOVE = """
    UPDATE region SET lineage = given.lineage::jsonb, since = given.since, until = given.until, moves = false
    FROM unnest($1::uuid[], $2::text[], $3::date[], $4::date[]) AS given (moved, lineage, since, until)
    WHERE region.id = given.moved
    RETURNING region.id, region.key, region.lineage::text AS lineage, region.since, region.until
"""


async def move(connection: asyncpg.Connection, ids: Collection[UUID]) -> dict[UUID, Row]:
    """Lets these regions be where their newest events say; gives them as they are then. The caller holds the lock, still."""
    found = await connection.fetch(
        "SELECT id, state::text AS state FROM region WHERE id = ANY($1) ORDER BY id", in_key_order(ids)
    )
    states = {row["id"]: Region.model_validate_json(row["state"]) for row in found}
    above = {ancestor for state in states.values() for piece in state.lineage for ancestor in piece.ancestors}
    keys = {row.id: row.key for row in (await rows(connection, states.keys() | above)).values()}
    lineages = {subject: _lineage(subject, state, keys) for subject, state in states.items()}
    await _lead_on(connection, states, lineages)
    moved = await connection.fetch(
        _MOVE,
        list(states),
        [orjson.dumps(lineages[subject]).decode() for subject in states],
        [state.since for state in states.values()],
        [state.until for state in states.values()],
    )
    await _follow(connection, list(states))
    # No event tells what is no more that a region above it has moved.
    await connection.execute(
        "UPDATE region SET moves = true WHERE parent_key = ANY($1) AND state ->> 'until' IS NOT NULL",
        [row["key"] for row in moved],
    )
    return {row["id"]: Row(**row) for row in moved}


async def _lead_on(
    connection: asyncpg.Connection, states: Mapping[UUID, Region], lineages: Mapping[UUID, Pieces]
) -> None:
    """Adds to regions that are no more where they would lie now: below the region that was above them last."""
    ended = {
        subject: lineages[subject][-1][2] for subject, state in states.items() if state.until and lineages[subject]
    }
    found = await connection.fetch(
        "SELECT key, ARRAY(SELECT jsonb_array_elements_text(lineage -> -1 -> 2)::int) AS path FROM region"
        " WHERE key = ANY($1) AND jsonb_array_length(lineage) > 0",
        [path[-2] for path in ended.values() if len(path) > 1],
    )
    now = {row["key"]: row["path"] for row in found}
    for subject, path in ended.items():
        above = now.get(path[-2]) if len(path) > 1 else None
        if above is not None and above != path[:-1]:
            lineages[subject].append((states[subject].until, None, [*above, path[-1]]))


async def _follow(connection: asyncpg.Connection, ids: Collection[UUID]) -> None:
    """Notes that the numbers follow the region changes that these regions' newest events tell: f(after) − f(before)."""
    found = await connection.fetch(
        """
        UPDATE region SET changes = given.changes FROM (
            SELECT id, ARRAY(SELECT (change ->> 'number')::int FROM json_array_elements(state -> 'changes') AS change
                ORDER BY 1) AS changes
            FROM region WHERE id = ANY($1)
        ) AS given
        WHERE region.id = given.id AND region.changes IS DISTINCT FROM given.changes
        RETURNING old.changes AS before, new.changes AS after
        """,
        list(ids),
    )
    followed: Counter[int] = Counter()
    for row in found:
        followed.update(row["after"])
        followed.subtract(row["before"])
    await _count(connection, {}, followed)


async def _count(connection: asyncpg.Connection, touched: Mapping[int, int], followed: Mapping[int, int]) -> None:
    """Notes how many regions the changes touched, by number, and how many more the numbers follow."""
    numbers = sorted(touched.keys() | followed.keys())
    if numbers:
        await connection.execute(
            "INSERT INTO region_change (number, regions, followed) SELECT * FROM unnest($1::int[], $2::int[], $3::int[])"
            " ON CONFLICT (number) DO UPDATE SET followed = region_change.followed + excluded.followed",
            numbers,
            [touched.get(number, 0) for number in numbers],
            [followed.get(number, 0) for number in numbers],
        )
