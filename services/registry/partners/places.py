"""Regions of any level that a payload names: those that exist, and how they lie to the caller's areas."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from shared.auth import NATION, Principal
from shared.language import Text
from shared.problems import Fault


def above(areas: Sequence[str]) -> list[str]:
    """The codes of all regions that hold one of the areas and are none of them: few, whatever the areas."""
    codes = {NATION} if any(area != NATION for area in areas) else set()
    for area in areas:
        parts = area.split(".")
        codes |= {".".join(parts[:length]) for length in range(1, len(parts))}
    return sorted(codes - set(areas))


def within_reach(principal: Principal, code: str) -> bool:
    """Whether a region is one of the caller's areas, lies in one, or holds one. Never, for an institution's operator."""
    return principal.covers(code) or (not principal.own_record_only and code in above(principal.areas))


async def known(session: AsyncSession, codes: Sequence[str], kept: Collection[UUID] = ()) -> dict[str, Region]:
    """The regions of these stored codes that exist today, or are among the `kept` ones, by code."""
    stands = or_(Region.until.is_(None), Region.id.in_(kept))
    found = await session.scalars(select(Region).where(Region.code.in_(codes), stands)) if codes else ()
    return {region.code: region for region in found}


def unknown(code: str, pointer: str) -> Fault:
    """The fault of a code that no region of today has."""
    return Fault(
        "region-unknown",
        Text(f"Tidak ada wilayah berkode «{code}».", f"There is no region with the code «{code}»."),
        Text("Cari kodenya: GET /v1/regions?q=nama.", "Look up its code: GET /v1/regions?q=name."),
        pointer=pointer,
    )


def outside(by: Principal, pointer: str) -> Fault:
    """The fault of a region that the caller has no rights in."""
    areas = ", ".join(by.areas) or "-"
    return Fault(
        "outside-your-area",
        Text("Wilayah ini di luar wilayah Anda.", "This region is outside your area."),
        Text(f"Pilih wilayah di dalam: {areas}.", f"Choose a region within: {areas}."),
        pointer=pointer,
    )
