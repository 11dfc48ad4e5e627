"""The village that a record of people is kept in: one that exists and lies in the caller's area."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions.places import outside
from services.registry.regions import service as regions
from services.registry.regions.service import Village
from shared import database
from shared.auth import Principal
from shared.problems import InvalidPayload


async def village_of(session: AsyncSession, code: str, by: Principal, known: UUID | None = None) -> Village:
    """The village of a code. Raises InvalidPayload at `/village`: `region-unknown`, `region-wrong-level`,
    `outside-your-area`.

    `known` is where a record lies that the caller may change: that needs no area of its own.
    """
    village = await regions.village(await database.driver(session), code, "/village")
    if not by.covers(village.code) and village.id != known:
        raise InvalidPayload(errors=[outside(by)])
    return village
