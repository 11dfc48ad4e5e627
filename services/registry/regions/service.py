"""Finding a region by any accepted spelling of its code."""

from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from shared.codes import RegionLevel
from shared.language import Text
from shared.problems import Fault, InvalidPayload
from shared.region_codes import region_code


async def find(session: AsyncSession, code: str) -> Region | None:
    """The region that has a code, in its stored spelling, today; None if there is none."""
    found: Region | None = await session.scalar(select(Region).where(Region.code == code, Region.until.is_(None)))
    return found


class Village(NamedTuple):
    """What others need to know of a village."""

    id: UUID
    code: str
    name: str
    level: str
    time_zone: str


async def village(driver: asyncpg.Connection, code: str, pointer: str) -> Village:
    """The village that has a code today, in any accepted spelling, by the bare driver: every registration asks for one.

    Raises InvalidPayload with one fault at `pointer`: `region-unknown`, `region-code-ended` naming what it is today, or
    `region-wrong-level` for a region that is no village.
    """
    return (await village_and_more(driver, code, pointer, TODAY))[0]


async def village_and_more(
    driver: asyncpg.Connection, code: str, pointer: str, statement: str, *values: Any
) -> tuple[Village, asyncpg.Record]:
    """As `village`, by a statement that begins as `TODAY` and gives more beside it: one round trip for both.

    The code is its `$1`, `values` are those after it. Also gives the whole row.
    """
    try:
        stored = region_code(code)
    except ValueError:
        raise InvalidPayload(errors=[_unknown(code, pointer)]) from None
    row = await driver.fetchrow(statement, stored, *values)
    if row is None:
        ended = [record["now"] for record in await driver.fetch(_BEFORE, stored)]
        raise InvalidPayload(errors=[_ended(stored, ended, pointer) if ended else _unknown(code, pointer)])
    found = Village(row["id"], row["code"], row["name"], row["level"], row["time_zone"])
    if found.level != RegionLevel.VILLAGE:
        raise InvalidPayload(errors=[_wrong_level(found, pointer)])
    return found, row


TODAY = "SELECT id, code, name, level, time_zone FROM region WHERE code = $1 AND until IS NULL"
_BEFORE = """
    SELECT heir.code || ' ' || heir.name AS now FROM region_code held JOIN region heir ON heir.id = held.region_id
    WHERE held.code = $1 AND held.system = 'kemendagri' AND heir.until IS NULL
    UNION SELECT heir.code || ' ' || heir.name FROM region_code held
    JOIN region_succession link ON link.from_id = held.region_id JOIN region heir ON heir.id = link.to_id
    WHERE held.code = $1 AND held.system = 'kemendagri'
    UNION SELECT heir.code || ' ' || heir.name FROM region_succession link JOIN region heir ON heir.id = link.to_id
    WHERE link.from_code = $1 AND link.from_id IS NULL
    ORDER BY now
"""
"""What a code that nobody has today has become, or may have."""


def _ended(code: str, now: list[str], pointer: str) -> Fault:
    # Refused, not followed: the answer to a registration has no room for a warning, and the caller's list should learn
    # the new code. Imports resolve old codes by the date (`resolution.resolve`) and say so in the row's fate.
    return Fault(
        "region-code-ended",
        Text(f"Kode {code} sudah tidak berlaku.", f"The code {code} is no longer in force."),
        Text(f"Kode sekarang: {', '.join(now)}.", f"Today's code: {', '.join(now)}."),
        pointer=pointer,
    )


def _unknown(code: str, pointer: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(f"Kode desa «{code}» tidak dikenal.", f"The village code «{code}» is not known."),
        Text(
            "Pakai kode Kemendagri 10 angka dari GET /v1/regions?q=nama desa; kode BPS berbeda.",
            "Use the 10-digit Kemendagri code from GET /v1/regions?q=name of the village; BPS codes differ.",
        ),
        pointer=pointer,
    )


def _wrong_level(region: Village, pointer: str) -> Fault:
    return Fault(
        "region-wrong-level",
        Text(
            f"{region.code} ({region.name}) bukan desa atau kelurahan.",
            f"{region.code} ({region.name}) is no village.",
        ),
        Text(
            f"Pilih salah satu desa di bawahnya: GET /v1/regions?within={region.code}&level=village.",
            f"Choose a village below it: GET /v1/regions?within={region.code}&level=village.",
        ),
        pointer=pointer,
    )
