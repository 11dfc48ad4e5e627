"""Families, as far as activities knows them: where they live and who belongs to them when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from services.activities.known.spells import lasts


@dataclass(frozen=True, slots=True)
class Family:
    """A known family. `village_code` is None while its village has not been announced. `members` as in its event."""

    id: UUID
    village_id: UUID
    village_code: str | None
    members: list[dict[str, Any]]
    voided: bool

    def members_on(self, day: date) -> set[UUID]:
        """Who belongs to it on a day."""
        return {UUID(member["person_id"]) for member in self.members if lasts(member, day)}


def _of(row: dict[str, Any]) -> Family:
    return Family(UUID(row["id"]), UUID(row["village_id"]), row["village_code"], row["members"], row["voided"])


FAMILIES = Kind(
    """
    SELECT family.id, family.village_id, village.area_code AS village_code, members, voided
    FROM known_family family LEFT JOIN known_region village ON village.id = family.village_id
    WHERE family.id = ANY({ids})
    """,
    _of,
)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, Family]:
    """The families with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, FAMILIES, ids)}
