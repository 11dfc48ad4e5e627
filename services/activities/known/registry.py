"""Keeps the copy of registry's regions and institutions: upserted in bulk, the newest sequence of each subject wins.

A duplicate or a stale event changes nothing. An institution may come before its village: only ids are kept, and joined
when they are read.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from shared.arrived import Arrived
from shared.codes import CodeSystem
from shared.events.envelope import State
from shared.events.registry import Institution, Region

CONTRACTS: Mapping[str, type[State]] = {Region.topic(): Region, Institution.topic(): Institution}
"""The topics this service reads and what their events mean."""

# Rows are locked in one order by every worker and every request (`references.hold`): institutions by id, regions by id,
# activities. Who copies a code from these rows holds them meanwhile, so that no copy is older than the row it follows.
_REGIONS = text("""
    INSERT INTO known_region AS known (id, sequence, code, name, level, time_zone, ancestors)
    SELECT id, sequence, code, name, level, time_zone, ancestors FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS arrived (id uuid, sequence int, code text, name text, level text, time_zone text, ancestors uuid[])
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, code = excluded.code, name = excluded.name,
        level = excluded.level, time_zone = excluded.time_zone, ancestors = excluded.ancestors
    WHERE known.sequence < excluded.sequence
    RETURNING id
""")
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
    RETURNING id
""")
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_HELD_THERE = text("""
    UPDATE activity SET village_code = village.code FROM known_region village
    WHERE village.id = ANY(:ids) AND activity.village_id = village.id AND activity.village_code <> village.code
""").bindparams(_IDS)
_LED_FROM_THERE = text("""
    UPDATE activity SET lead_village_code = seat.code
    FROM known_region seat JOIN known_institution lead ON lead.village_id = seat.id
    WHERE seat.id = ANY(:ids) AND activity.lead_institution_id = lead.id AND activity.lead_village_code <> seat.code
""").bindparams(_IDS)
_LED_BY_THEM = text("""
    UPDATE activity SET lead_village_code = seat.code
    FROM known_institution lead JOIN known_region seat ON seat.id = lead.village_id
    WHERE lead.id = ANY(:ids) AND activity.lead_institution_id = lead.id AND activity.lead_village_code <> seat.code
""").bindparams(_IDS)


async def apply(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
    """Applies a batch in the consumer's transaction; returns how many events changed something."""
    regions: dict[UUID, tuple[int, Region]] = {}
    institutions: dict[UUID, tuple[int, Institution]] = {}
    for event, state in ((one.event, one.state) for one in arrived):
        if isinstance(state, Region):
            _keep_newest(regions, event.subject, event.sequence, state)
        elif isinstance(state, Institution):
            _keep_newest(institutions, event.subject, event.sequence, state)
    leads = await _upserted(
        connection, _INSTITUTIONS, [_institution_row(subject, *newest) for subject, newest in institutions.items()]
    )
    places = await _upserted(
        connection, _REGIONS, [_region_row(subject, *newest) for subject, newest in regions.items()]
    )
    # Statements of their own, and last: they see what was committed by requests that held the rows above until now.
    await _follow(connection, leads, _LED_BY_THEM)
    await _follow(connection, places, _HELD_THERE, _LED_FROM_THERE)
    return len(leads) + len(places)


def _keep_newest(found: dict[UUID, tuple[int, Any]], subject: UUID, sequence: int, state: State) -> None:
    """One statement may not meet a row twice, so a batch is folded to each subject's newest event first."""
    if subject not in found or found[subject][0] < sequence:
        found[subject] = (sequence, state)


async def _upserted(connection: AsyncConnection, statement: Any, rows: list[dict[str, Any]]) -> list[UUID]:
    if not rows:
        return []
    result = await connection.execute(statement, {"rows": orjson.dumps(rows).decode()})
    return list(result.scalars())


async def _follow(connection: AsyncConnection, ids: list[UUID], *statements: Any) -> None:
    """Lets the codes by which activities are scoped follow a region that was recoded or a lead that moved."""
    if ids:
        for statement in statements:
            await connection.execute(statement, {"ids": ids})


def _region_row(subject: UUID, sequence: int, region: Region) -> dict[str, Any]:
    codes = [code for code in region.codes if code.system is CodeSystem.KEMENDAGRI]
    lineages = [lineage for lineage in region.lineage if lineage.until is None] or region.lineage[-1:]
    current = [code for code in codes if code.until is None] or codes[-1:]
    return {
        "id": subject,
        "sequence": sequence,
        "code": current[-1].code if current else None,
        "name": region.name,
        "level": region.level,
        "time_zone": region.time_zone,
        "ancestors": lineages[-1].ancestors if lineages else [],
    }


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
