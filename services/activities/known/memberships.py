"""Who is a member of which institution when, as far as activities knows it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from services.activities.known.spells import lasts


@dataclass(frozen=True, slots=True)
class Membership:
    """A known membership that is no entry error. `spells` as in its event."""

    id: UUID
    person_id: UUID
    institution_id: UUID
    spells: list[dict[str, Any]]

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return any(lasts(spell, day) for spell in self.spells)


def _of(row: dict[str, Any]) -> Membership:
    return Membership(UUID(row["id"]), UUID(row["person_id"]), UUID(row["institution_id"]), row["spells"])


_COLUMNS = "SELECT id, person_id, institution_id, spells FROM known_membership WHERE NOT voided AND"
OF_PEOPLE = Kind(f"{_COLUMNS} person_id = ANY({{ids}}) ORDER BY id", _of)
OF_INSTITUTIONS = Kind(f"{_COLUMNS} institution_id = ANY({{ids}}) ORDER BY id", _of)


async def of(reader: Reader, person_ids: Collection[UUID]) -> dict[UUID, list[Membership]]:
    """The memberships that were registered of each of these ids of people: not those of records linked with them."""
    by_person: dict[UUID, list[Membership]] = {one: [] for one in person_ids}
    for membership in await found(reader, OF_PEOPLE, person_ids):
        by_person[membership.person_id].append(membership)
    return by_person


async def within(reader: Reader, institution_ids: Collection[UUID]) -> list[Membership]:
    """The memberships of these institutions."""
    return await found(reader, OF_INSTITUTIONS, institution_ids)
