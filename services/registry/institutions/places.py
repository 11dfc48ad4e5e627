"""The village an institution is put into: one that exists and lies in the caller's area."""

import asyncpg

from services.registry.models import Institution
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from shared.auth import Principal
from shared.language import Text
from shared.problems import Fault, InvalidPayload

POINTER = "/village"


async def village_of(driver: asyncpg.Connection, code: str, by: Principal, known: Institution | None = None) -> Village:
    """The village of a code. Raises InvalidPayload: `region-unknown`, `region-wrong-level`, `outside-your-area`.

    `known` is an institution the caller may change: where it has its seat needs no area of its own.
    """
    village = await regions.village(driver, code, POINTER)
    if not by.covers(village.code) and (known is None or known.village_id != village.id):
        raise InvalidPayload(errors=[outside(by)])
    return village


def outside(by: Principal) -> Fault:
    """The fault of a village that the caller has no rights in."""
    areas = ", ".join(by.areas) or "-"
    return Fault(
        "outside-your-area",
        Text("Desa ini di luar wilayah Anda.", "This village is outside your area."),
        Text(f"Pilih desa di wilayah Anda: {areas}.", f"Choose a village in your area: {areas}."),
        pointer=POINTER,
    )
