"""Communities that are counted as one, as far as activities knows them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from shared.codes import CommunityKind


@dataclass(frozen=True, slots=True)
class Community:
    """A known community. `village_code` is None while its village has not been announced."""

    id: UUID
    kind: CommunityKind
    village_id: UUID
    village_code: str | None
    voided: bool


def _of(row: dict[str, Any]) -> Community:
    kind = CommunityKind(row["kind"])
    return Community(UUID(row["id"]), kind, UUID(row["village_id"]), row["village_code"], row["voided"])


COMMUNITIES = Kind(
    """
    SELECT community.id, kind, community.village_id, village.area_code AS village_code, voided
    FROM known_community community LEFT JOIN known_region village ON village.id = community.village_id
    WHERE community.id = ANY({ids})
    """,
    _of,
)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, Community]:
    """The communities with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, COMMUNITIES, ids)}
