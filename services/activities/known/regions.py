"""Keeps the copy of registry's regions: their codes over time, who took over from whom, and by which code each is seen."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from shared.codes import CodeSystem
from shared.events.registry import Region, RegionCode

_IDS = bindparam("ids", type_=ARRAY(Uuid))
# A new region is seen by its own code at once, unless another one took its records; what is known of others is `_SEE`'s.
_STORE = text("""
    INSERT INTO known_region AS known (
        id, sequence, code, until, heir_id, area_code, follows, name, level, time_zone, ancestors
    )
    SELECT id, sequence, code, until, heir_id, CASE WHEN heir_id IS NULL THEN code END,
        heir_id IS NULL AND EXISTS (SELECT FROM known_institution WHERE known_institution.village_id = arrived.id),
        name, level, time_zone, ancestors
    FROM json_to_recordset(CAST(:rows AS json)) AS arrived (
        id uuid, sequence int, code text, until date, heir_id uuid, name text, level text, time_zone text, ancestors uuid[]
    )
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, code = excluded.code, until = excluded.until,
        heir_id = excluded.heir_id, name = excluded.name, level = excluded.level, time_zone = excluded.time_zone,
        ancestors = excluded.ancestors
    WHERE known.sequence < excluded.sequence
    RETURNING id, old.id IS NULL AS added, new.follows AS follows,
        new.heir_id IS NOT NULL OR old.heir_id IS NOT NULL OR (old.id IS NOT NULL AND old.code IS DISTINCT FROM new.code)
            AS turned
""")
_HEIRS = text("SELECT DISTINCT heir_id FROM known_region WHERE heir_id = ANY(:ids)").bindparams(_IDS)
_FORGET_CODES = text("DELETE FROM known_region_code WHERE region_id = ANY(:ids)").bindparams(_IDS)
_STORE_CODES = text("""
    INSERT INTO known_region_code (region_id, code, since, until)
    SELECT region_id, code, since, until FROM json_to_recordset(CAST(:rows AS json))
        AS arrived (region_id uuid, code text, since date, until date)
""")
_FORGET_SUCCESSIONS = text("DELETE FROM known_succession WHERE region_id = ANY(:ids)").bindparams(_IDS)
_STORE_SUCCESSIONS = text("""
    INSERT INTO known_succession (region_id, successor_id)
    SELECT DISTINCT region_id, successor_id FROM json_to_recordset(CAST(:rows AS json))
        AS arrived (region_id uuid, successor_id uuid)
""")
# Those whose records they took are seen by their codes too, and so on; each by the last one that has arrived.
_SEE = text("""
    WITH RECURSIVE touched (id) AS (
        SELECT id FROM known_region WHERE id = ANY(:ids)
        UNION SELECT earlier.id FROM touched JOIN known_region earlier ON earlier.heir_id = touched.id
    ), chain (id, code, heir_id, length) AS (
        SELECT known.id, code, heir_id, 0 FROM touched JOIN known_region known ON known.id = touched.id
        UNION ALL SELECT chain.id, heir.code, heir.heir_id, length + 1
        FROM chain JOIN known_region heir ON heir.id = chain.heir_id WHERE length < 20
    ), seen (id, code) AS (SELECT DISTINCT ON (id) id, code FROM chain WHERE code IS NOT NULL ORDER BY id, length DESC)
    UPDATE known_region SET area_code = seen.code, follows = follows OR area_code IS NOT NULL
        OR EXISTS (SELECT FROM known_institution WHERE known_institution.village_id = known_region.id)
    FROM seen WHERE known_region.id = seen.id AND known_region.area_code IS DISTINCT FROM seen.code
    RETURNING known_region.id, follows
""").bindparams(_IDS)


async def store(connection: AsyncConnection, newest: Mapping[UUID, tuple[int, Region]]) -> tuple[int, list[UUID]]:
    """Stores regions that are newer than what is known; how many, and those whose records have to follow them."""
    if not newest:
        return 0, []
    rows = [_row(subject, *told) for subject, told in newest.items()]
    stored = (await connection.execute(_STORE, _json(rows))).all()
    ids = {row.id for row in stored}
    told = {subject: region for subject, (_, region) in newest.items() if subject in ids}
    await _replace(connection, told, [row.id for row in stored if not row.added])
    follow = [row.id for row in stored if row.follows]
    # Whoever is seen otherwise than before: who turned, and who took records of another that has arrived.
    turned = {row.id for row in stored if row.turned}
    turned.update((await connection.execute(_HEIRS, {"ids": list(ids)})).scalars())
    if turned:
        seen = await connection.execute(_SEE, {"ids": list(turned)})
        follow += [row.id for row in seen if row.follows]
    return len(stored), follow


async def _replace(connection: AsyncConnection, regions: Mapping[UUID, Region], known: Sequence[UUID]) -> None:
    """Writes the codes and successions of regions, in the place of those that were known of some."""
    codes = [
        {"region_id": id, "code": code.code, "since": code.since, "until": code.until}
        for id, region in regions.items()
        for code in _codes(region)
    ]
    follow = [
        {"region_id": id, "successor_id": link.region_id}
        for id, region in regions.items()
        for link in region.successors
        if link.rights_follow
    ]
    for forget, store_, rows in (
        (_FORGET_CODES, _STORE_CODES, codes),
        (_FORGET_SUCCESSIONS, _STORE_SUCCESSIONS, follow),
    ):
        if known:
            await connection.execute(forget, {"ids": list(known)})
        if rows:
            await connection.execute(store_, _json(rows))


def _json(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {"rows": orjson.dumps(rows).decode()}


def _codes(region: Region) -> list[RegionCode]:
    return [code for code in region.codes if code.system is CodeSystem.KEMENDAGRI]


def _row(subject: UUID, sequence: int, region: Region) -> dict[str, Any]:
    codes = _codes(region)
    current = [code for code in codes if code.until is None] or codes[-1:]
    lineages = [lineage for lineage in region.lineage if lineage.until is None] or region.lineage[-1:]
    heirs = [link.region_id for link in region.successors if link.takes_records]
    return {
        "id": subject,
        "sequence": sequence,
        "code": current[-1].code if current else None,
        "until": region.until,
        "heir_id": heirs[-1] if heirs and region.until else None,
        "name": region.name,
        "level": region.level,
        "time_zone": region.time_zone,
        "ancestors": lineages[-1].ancestors if lineages else [],
    }
