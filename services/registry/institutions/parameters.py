"""Query parameters of lists of institutions that need more than a type: an area, and words to search for."""

from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.regions import service as regions
from shared.fields import folded
from shared.language import Text
from shared.problems import BadRequest, Fault

Area = Annotated[
    str | None,
    Query(max_length=40, description="Only seats in this region and below it, by Kemendagri code.", examples=["32.04"]),
]


class RegionUnknown(BadRequest):
    slug = "region-unknown"
    title = Text("Kode wilayah tidak dikenal", "The region code is not known")


class NothingToSearch(BadRequest):
    slug = "nothing-to-search"
    title = Text("Tidak ada huruf atau angka yang dapat dicari", "There is no letter or digit to search for")


async def area_code(session: AsyncSession, text: str) -> str:
    """The stored spelling of an existing region's code. Raises RegionUnknown: a slip must not look like an empty area."""
    try:
        found = await regions.find(session, text)
    except ValueError:
        found = None
    if found is None:
        raise RegionUnknown(
            errors=[
                Fault(
                    "region-unknown",
                    Text(f"Wilayah «{text}» tidak dikenal.", f"There is no region «{text}»."),
                    Text(
                        "Pakai kode Kemendagri, misalnya 32.04.05, dari GET /v1/regions.",
                        "Use a Kemendagri code, such as 32.04.05, from GET /v1/regions.",
                    ),
                    parameter="region",
                )
            ]
        )
    return found.code


def searchable(text: str) -> str:
    """The words as they are searched for. Raises NothingToSearch when there is no letter or digit among them."""
    words = folded(text)
    if not words:
        raise NothingToSearch(
            errors=[
                Fault(
                    "nothing-to-search",
                    Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
                    Text("Tulis sebagian nama lembaga.", "Write a part of the institution's name."),
                    parameter="q",
                )
            ]
        )
    return words
