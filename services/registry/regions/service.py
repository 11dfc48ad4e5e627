"""Finding a region by any accepted spelling of its code."""

from typing import NamedTuple
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
    """The region of a code in its stored spelling; None if there is none."""
    found: Region | None = await session.scalar(select(Region).where(Region.code == code))
    return found


class Village(NamedTuple):
    """What others need to know of a village."""

    id: UUID
    code: str
    name: str
    level: str
    time_zone: str


async def village(driver: asyncpg.Connection, code: str, pointer: str) -> Village:
    """The village of a code in any accepted spelling, by the bare driver: every registration asks for one.

    Raises InvalidPayload with one fault at `pointer`: `region-unknown`, or `region-wrong-level` for a region that is no
    village.
    """
    try:
        row = await driver.fetchrow(
            "SELECT id, code, name, level, time_zone FROM region WHERE code = $1", region_code(code)
        )
    except ValueError:
        row = None
    if row is None:
        raise InvalidPayload(errors=[_unknown(code, pointer)])
    found = Village(**row)
    if found.level != RegionLevel.VILLAGE:
        raise InvalidPayload(errors=[_wrong_level(found, pointer)])
    return found


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
