"""Local cultural values, as far as activities knows them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from shared.codes import ValueState


@dataclass(frozen=True, slots=True)
class CulturalValue:
    """A known value. `states` as in its event, oldest first."""

    id: UUID
    name: str
    village_ids: frozenset[UUID]
    states: list[dict[str, Any]]
    voided: bool

    def state(self, day: date) -> ValueState | None:
        """How it was lived on a day; None before the first day that was told."""
        told = [spell["state"] for spell in self.states if date.fromisoformat(spell["since"]) <= day]
        return ValueState(told[-1]) if told else None


def _of(row: dict[str, Any]) -> CulturalValue:
    villages = frozenset(map(UUID, row["village_ids"]))
    return CulturalValue(UUID(row["id"]), row["name"], villages, row["states"], row["voided"])


VALUES = Kind(
    "SELECT id, name, village_ids, states, voided FROM known_cultural_value WHERE id = ANY({ids})",
    _of,
)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, CulturalValue]:
    """The values with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, VALUES, ids)}
