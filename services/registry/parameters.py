"""Parameters of registry's lists and addresses that need more than a type: regions, and words to search for."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import service as regions
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
    """The stored spelling of an existing region's code, from a query. Raises NotARegionCode, RegionUnknown."""
    code = stored_code(text, parameter)
    if await regions.find(session, code) is None:
        raise RegionUnknown(errors=[unknown(code, parameter)])
    return code


async def region_of(session: AsyncSession, text: str, parameter: str = "code") -> Region:
    """The region that an address names by its code or its id. Raises NotARegionCode, NoSuchRegion."""
    id = _id(text)
    code = "" if id else stored_code(text, parameter)
    found = await (session.get(Region, id) if id else regions.find(session, code))
    if found is None:
        raise NoSuchRegion(errors=[unknown(code or text, parameter)])
    return found


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
