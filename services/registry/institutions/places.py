"""The village an institution is put into: one that exists and lies in the caller's area."""

import asyncpg

from services.registry.models import Institution
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from services.registry.type_fields import service as type_fields
from shared.auth import Principal
from shared.codes import InstitutionType
from shared.language import Text
from shared.problems import Fault, InvalidPayload

POINTER = "/village"
_WITH_FIELDS = f"""
    SELECT here.*, fields.version, fields.schema FROM ({regions.TODAY}) here
    LEFT JOIN LATERAL ({type_fields.NEWEST.replace("$1", "$2")}) fields ON true
"""  # noqa: S608  # statements of ours
"""A village, and beside it the newest further fields of a type (`$2`): what a registration has to ask for."""


async def village_of(driver: asyncpg.Connection, code: str, by: Principal, known: Institution | None = None) -> Village:
    """The village of a code. Raises InvalidPayload: `region-unknown`, `region-wrong-level`, `outside-your-area`.

    `known` is an institution the caller may change: where it has its seat needs no area of its own.
    """
    village = await regions.village(driver, code, POINTER)
    if not by.covers(village.code) and (known is None or known.village_id != village.id):
        raise InvalidPayload(errors=[outside(by)])
    return village


async def village_and_fields(
    driver: asyncpg.Connection, code: str, type: InstitutionType, by: Principal
) -> tuple[Village, type_fields.Newest | None]:
    """The village of a code as `village_of` gives it, and the newest further fields of a type: one round trip."""
    village, row = await regions.village_and_more(driver, code, POINTER, _WITH_FIELDS, type.value)
    if not by.covers(village.code):
        raise InvalidPayload(errors=[outside(by)])
    newest = None if row["version"] is None else type_fields.Newest(row["version"], row["schema"])
    return village, newest


def outside(by: Principal) -> Fault:
    """The fault of a village that the caller has no rights in."""
    areas = ", ".join(by.areas) or "-"
    return Fault(
        "outside-your-area",
        Text("Desa ini di luar wilayah Anda.", "This village is outside your area."),
        Text(f"Pilih desa di wilayah Anda: {areas}.", f"Choose a village in your area: {areas}."),
        pointer=POINTER,
    )
