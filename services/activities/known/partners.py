"""Registered partners, as far as activities knows them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from shared.codes import PartnerKind


@dataclass(frozen=True, slots=True)
class Partner:
    """A known partner; `name` is None of one that is a person. `region_code`: of the region it belongs to, of any level;
    None while that has not been announced."""

    id: UUID
    kind: PartnerKind
    name: str | None
    region_id: UUID
    region_code: str | None
    voided: bool


def _of(row: dict[str, Any]) -> Partner:
    return Partner(
        UUID(row["id"]),
        PartnerKind(row["kind"]),
        row["name"],
        UUID(row["region_id"]),
        row["region_code"],
        row["voided"],
    )


PARTNERS = Kind(
    """
    SELECT partner.id, kind, partner.name, region_id, region.area_code AS region_code, voided
    FROM known_partner partner LEFT JOIN known_region region ON region.id = partner.region_id
    WHERE partner.id = ANY({ids})
    """,
    _of,
)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, Partner]:
    """The partners with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, PARTNERS, ids)}
