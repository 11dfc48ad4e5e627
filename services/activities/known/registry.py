"""Keeps the copy of what registry announces: upserted in bulk, the newest sequence of each subject wins.

A duplicate or a stale event changes nothing. An institution may come before its village, a membership before its person:
only ids are kept, and joined when they are read.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.activities.known import copies, following, regions
from shared.arrived import Arrived
from shared.events.envelope import State
from shared.events.registry import Institution, Region

_COPIED: tuple[type[State], ...] = (Region, Institution, *copies.COPIES)
CONTRACTS: Mapping[str, type[State]] = {contract.topic(): contract for contract in _COPIED}
"""The topics this service reads and what their events mean."""
LOCK = 0x4B4E4F57
"""Key of the advisory lock on the copies: shared by the consumers of all workers, taken by a rebuild."""
_TAKE_TURN = text(f"SELECT pg_advisory_xact_lock_shared({LOCK})")

# Rows are locked in one order by every worker and every request (`references.hold`): institutions by id, networks by id,
# regions by id, records. Who copies a code from these rows holds them meanwhile, so that no copy is older than the row it follows.
_INSTITUTIONS = text("""
    INSERT INTO known_institution AS known (id, sequence, name, type, village_id, active, verification, voided)
    SELECT id, sequence, name, type, village_id, active, verification, voided
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS arrived (
        id uuid, sequence int, name text, type text, village_id uuid, active jsonb, verification text, voided boolean
    )
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, name = excluded.name, type = excluded.type,
        village_id = excluded.village_id, active = excluded.active,
        verification = excluded.verification, voided = excluded.voided
    WHERE known.sequence < excluded.sequence
    RETURNING new.village_id, old.village_id <> new.village_id AS moved
""")


async def apply(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
    """Applies a batch in the consumer's transaction; returns how many events changed something.

    Waits while a rebuild of the copies compares them with what it has made.
    """
    await connection.execute(_TAKE_TURN)
    changed, followed = await _store(connection, arrived)
    # Statements of their own, and last: they see what was committed by requests that held the rows above until now.
    await following.portion(connection, followed)
    return changed


async def copy(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
    """As `apply`, into the tables of a rebuild alone: no record follows."""
    changed, _ = await _store(connection, arrived)
    return changed


async def _store(connection: AsyncConnection, arrived: Sequence[Arrived]) -> tuple[int, list[UUID]]:
    """Stores what is newer than what is known; how many, and the regions that records have to follow."""
    newest: dict[type[State], dict[UUID, tuple[int, Any]]] = {contract: {} for contract in CONTRACTS.values()}
    for one in arrived:
        _keep_newest(newest[type(one.state)], one.event.subject, one.event.sequence, one.state)
    changed, seats = await _institutions(connection, newest[Institution])
    for contract in copies.COPIES:
        changed += await copies.store(connection, contract, newest[contract])
    stored, followed = await regions.store(connection, newest[Region])
    return changed + stored, followed + await following.mark(connection, seats)


def _keep_newest(found: dict[UUID, tuple[int, Any]], subject: UUID, sequence: int, state: State) -> None:
    """One statement may not meet a row twice, so a batch is folded to each subject's newest event first."""
    if subject not in found or found[subject][0] < sequence:
        found[subject] = (sequence, state)


async def _institutions(
    connection: AsyncConnection, newest: Mapping[UUID, tuple[int, Institution]]
) -> tuple[int, set[UUID]]:
    """Stores institutions that are newer than what is known; how many, and the villages to which some have moved."""
    if not newest:
        return 0, set()
    rows = [_institution_row(subject, *told) for subject, told in newest.items()]
    stored = (await connection.execute(_INSTITUTIONS, {"rows": orjson.dumps(rows).decode()})).all()
    return len(stored), {row.village_id for row in stored if row.moved}


def _institution_row(subject: UUID, sequence: int, institution: Institution) -> dict[str, Any]:
    seats = [seat for seat in institution.seats if seat.until is None] or institution.seats[-1:]
    return {
        "id": subject,
        "sequence": sequence,
        "name": institution.name,
        "type": institution.type,
        "village_id": seats[-1].village_id,
        "active": [spell.model_dump(mode="json") for spell in institution.active],
        "verification": institution.verification,
        "voided": institution.voided,
    }
