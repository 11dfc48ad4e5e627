"""Parameters of registry's lists and addresses that need more than a type: regions, and words to search for."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import resolution
from shared.language import Text
from shared.problems import BadRequest, Fault
from shared.region_parameters import NoSuchRegion, RegionUnknown, stored_code, unknown

Area = Annotated[
    str | None,
    Query(max_length=40, description="Only seats in this region and below it, by Kemendagri code.", examples=["32.04"]),
]


class NothingToSearch(BadRequest):
    slug = "nothing-to-search"
    title = Text("Tidak ada huruf atau angka yang dapat dicari", "There is no letter or digit to search for")


async def area_code(session: AsyncSession, text: str, parameter: str = "region") -> str:
    """Today's code of the region that a query names by its code; an ended code means the region that had it last.

    Raises NotARegionCode; RegionUnknown, naming the candidates for a code whose successor is not decided.
    """
    code = stored_code(text, parameter)
    if await session.scalar(select(Region.id).where(Region.code == code, Region.until.is_(None))):
        return code  # as nearly all are: no more than a look
    found = await resolution.resolve(session, code)
    if found is not None and found.region.until is not None and (heir := found.heir):
        return heir.code
    if found is None or found.region.until is not None:
        heirs = found.successors if found else await resolution.candidates(session, code)
        raise RegionUnknown(errors=[unknown(code, parameter) if heirs is None else ended(code, heirs, parameter)])
    return found.region.code


async def area_of_today(driver: asyncpg.Connection, text: str, request: Request, parameter: str = "region") -> str:
    """As `area_code`, by the bare driver while the code is one of today. Raises as `area_code`, which answers for all others."""
    code = stored_code(text, parameter)
    if await driver.fetchval("SELECT id FROM region WHERE code = $1 AND until IS NULL", code):
        return code
    async with request.app.state.sessions() as session:
        return await area_code(session, text, parameter)


async def region_of(session: AsyncSession, text: str, parameter: str = "code") -> Region:
    """The region that an address names by a code, of today or ended, or by its id. Raises NotARegionCode, NoSuchRegion."""
    return (await resolved(session, text, parameter)).region


async def resolved(
    session: AsyncSession, text: str, parameter: str = "code", on: date | None = None
) -> resolution.Resolved:
    """The region that an address names by its code on a day, or by its id. Raises NotARegionCode, NoSuchRegion."""
    if id := _id(text):
        region = await session.get(Region, id)
        found = None if region is None else resolution.Resolved(region)
        code, heirs = text, None
    else:
        code = stored_code(text, parameter)
        found = await resolution.resolve(session, code, on)
        heirs = None if found else await resolution.candidates(session, code)
    if found is None:
        raise NoSuchRegion(errors=[unknown(code, parameter) if heirs is None else ended(code, heirs, parameter)])
    return found


def ended(code: str, heirs: Sequence[resolution.Candidate], parameter: str) -> Fault:
    """The fault of a code that has ended and has no one successor."""
    maybe = ", ".join(f"{heir.code} {heir.name}" for heir in heirs)
    choose = Text(f"Pilih salah satu: {maybe}.", f"Choose one of these: {maybe}.")
    search = Text("Cari menurut nama: GET /v1/regions?q=nama.", "Look it up by name: GET /v1/regions?q=name.")
    return Fault(
        "region-code-ended",
        Text(f"Kode {code} sudah tidak berlaku; penerusnya belum diputuskan.",
             f"The code {code} is no longer in force; which region took over is not decided."),
        choose if maybe else search,
        parameter=parameter,
    )  # fmt: skip


def refuse_unsearchable(words: str, parameter: str = "q") -> None:
    """Raises NothingToSearch when nothing is left of the words that somebody looks for."""
    if not words:
        raise NothingToSearch(
            errors=[
                Fault(
                    "nothing-to-search",
                    Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
                    Text("Tulis sebagian nama.", "Write a part of the name."),
                    parameter=parameter,
                )
            ]
        )


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
