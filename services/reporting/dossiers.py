"""Dossiers and tallies in the database: guarded upserts, locks in key order, reads. No arithmetic.

A dossier is the newest event of its subject and nothing else. The guard is the sequence: an event that is not newer than
what is stored changes nothing, so duplicates and late arrivals are harmless.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.reporting.measures import Tag
from services.reporting.measures.institution import villages_of
from shared.arrived import Arrived
from shared.events.activities import Activity, VillageReport
from shared.events.envelope import State
from shared.events.registry import CulturalValue, Institution, Network

PROJECTION_LOCK = 0x57414843
"""Shared by every batch; exclusive for what must stand still: regions that change or move, a recomputation, a swap."""
PLACED = (Activity.NOUN, Institution.NOUN, CulturalValue.NOUN)
"""Nouns whose subjects give to the regions that their villages lie in. The others give to villages, whatever these lie in."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A dossier that an event has changed: its text before (None if it is new) and its state after."""

    subject: UUID
    before: str | None
    after: State


def newest(arrived: Sequence[Arrived], kind: type[State]) -> dict[UUID, Arrived]:
    """The event with the highest sequence of each subject of one kind, ordered by subject."""
    found: dict[UUID, Arrived] = {}
    for item in arrived:
        if isinstance(item.state, kind):
            known = found.get(item.event.subject)
            if known is None or item.event.sequence > known.event.sequence:
                found[item.event.subject] = item
    return {subject: found[subject] for subject in in_key_order(found)}


def in_key_order(ids: Iterable[UUID]) -> list[UUID]:
    """Ids as PostgreSQL orders them. Comparing UUID objects is slow; comparing their numbers is not."""
    return sorted(ids, key=lambda one: one.int)


async def hold(connection: asyncpg.Connection, *, still: bool) -> None:
    """Takes the schema's projection lock until the transaction ends: exclusively if all else must stand still."""
    await connection.execute(
        f"SELECT pg_advisory_xact_lock{'' if still else '_shared'}($1, hashtext(current_schema()))", PROJECTION_LOCK
    )


_UPSERT = """
    INSERT INTO dossier (subject_id, noun, sequence, village_id, earlier_village_ids, state)
    SELECT subject_id, noun, sequence, village_id, string_to_array(earlier, ',')::uuid[], state::json
    FROM unnest($1::uuid[], $2::text[], $3::int[], $4::uuid[], $5::text[], $6::text[])
        AS given (subject_id, noun, sequence, village_id, earlier, state)
    ON CONFLICT (subject_id, noun) DO UPDATE SET sequence = excluded.sequence, village_id = excluded.village_id,
        earlier_village_ids = excluded.earlier_village_ids, state = excluded.state
    WHERE dossier.sequence < excluded.sequence
    RETURNING new.subject_id, old.state::text AS before
"""


async def apply(connection: asyncpg.Connection, events: Mapping[UUID, Arrived]) -> list[Applied]:
    """Stores the events that are newer than what is stored; returns what they changed."""
    if not events:
        return []
    villages = [_villages(item.state) for item in events.values()]
    rows = await connection.fetch(
        _UPSERT,
        list(events),
        [item.state.NOUN for item in events.values()],
        [item.event.sequence for item in events.values()],
        [found[-1] for found in villages],
        [",".join(map(str, dict.fromkeys(found[:-1]))) or None for found in villages],
        [item.event.data.decode() for item in events.values()],
    )
    return [Applied(row["subject_id"], row["before"], events[row["subject_id"]].state) for row in rows]


async def hear(connection: asyncpg.Connection, arrived: Sequence[Arrived], kinds: tuple[type[State], ...]) -> None:
    """Notes the newest version of subjects of which numbers need nothing, so that it can be waited for. Without a state."""
    told = [item for item in arrived if isinstance(item.state, kinds)]
    events = [item for kind in kinds for item in newest(told, kind).values()]
    if events:
        await connection.execute(
            "INSERT INTO dossier (subject_id, noun, sequence)"
            " SELECT * FROM unnest($1::uuid[], $2::text[], $3::int[])"
            " ON CONFLICT (subject_id, noun) DO UPDATE SET sequence = excluded.sequence"
            " WHERE dossier.sequence < excluded.sequence",
            [item.event.subject for item in events],
            [item.state.NOUN for item in events],
            [item.event.sequence for item in events],
        )


def _villages(state: State) -> list[UUID]:
    """Every village in which a subject counts; the last one is where it is told to lie."""
    match state:
        case Activity():
            return [state.village_id]
        case Institution():
            return villages_of(state)
        case Network():
            return [piece.village_id for piece in state.territory]
        case CulturalValue():
            return state.village_ids
        case VillageReport():
            return [state.village_id]
        case _:
            raise TypeError(f"{type(state).__name__} has no dossier")


async def lock_owners(connection: asyncpg.Connection, noun: str, owners: Collection[UUID]) -> dict[UUID, str | None]:
    """Locks owners of one noun in key order, with placeholders for those unheard of; returns their states as stored.

    Two statements on purpose: one that inserts and locks the same rows silently skips the new ones.
    """
    if not owners:
        return {}
    ordered = in_key_order(owners)
    await connection.execute(
        "INSERT INTO dossier (subject_id, noun, sequence) SELECT id, $2, 0 FROM unnest($1::uuid[]) AS given (id)"
        " ON CONFLICT DO NOTHING",
        ordered,
        noun,
    )
    rows = await connection.fetch(
        "SELECT subject_id, state::text AS state FROM dossier WHERE subject_id = ANY($1) AND noun = $2"
        " ORDER BY subject_id FOR UPDATE",
        ordered,
        noun,
    )
    return {row["subject_id"]: row["state"] for row in rows}


async def at_villages(connection: asyncpg.Connection, villages: Collection[UUID]) -> list[tuple[UUID, str, str]]:
    """Subjects with a state that count, or once counted, in these villages, of the nouns PLACED: (subject, noun, state)."""
    rows = await connection.fetch(
        "SELECT subject_id, noun, state::text AS state FROM dossier"
        " WHERE state IS NOT NULL AND noun = ANY($2) AND village_id = ANY($1)"
        " UNION SELECT subject_id, noun, state::text FROM dossier"
        " WHERE earlier_village_ids IS NOT NULL AND noun = ANY($2) AND earlier_village_ids && $1",
        in_key_order(villages),
        PLACED,
    )
    return [(row["subject_id"], row["noun"], row["state"]) for row in rows]


Tallies = dict[UUID, dict[int, dict[int, int]]]
"""Owner → tag → period → amount, zeros left out."""


async def tallies(connection: asyncpg.Connection, owners: Collection[UUID]) -> Tallies:
    """The tallies of owners, whose rows the caller has locked."""
    if not owners:
        return {}
    found: Tallies = {}
    for row in await connection.fetch(
        "SELECT owner_id, tag, period, amount FROM tally WHERE owner_id = ANY($1) AND amount <> 0", in_key_order(owners)
    ):
        found.setdefault(row["owner_id"], {}).setdefault(row["tag"], {})[row["period"]] = row["amount"]
    return found


async def add_tallies(connection: asyncpg.Connection, changes: Mapping[tuple[UUID, Tag, int], int]) -> None:
    """Adds to tallies, in key order."""
    ordered = sorted(changes, key=lambda key: (key[0].int, key[1], key[2]))
    if ordered:
        await connection.execute(
            "INSERT INTO tally (owner_id, tag, period, amount) SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::int[],"
            " $4::int[]) ON CONFLICT (owner_id, tag, period) DO UPDATE SET amount = tally.amount + excluded.amount",
            [key[0] for key in ordered],
            [int(key[1]) for key in ordered],
            [key[2] for key in ordered],
            [changes[key] for key in ordered],
        )
