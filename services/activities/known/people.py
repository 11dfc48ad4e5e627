"""People, as far as activities knows them: random ids, and whom a record is really about."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.activities.known.reading import Kind, Reader, found
from shared.codes import Sex


@dataclass(frozen=True, slots=True)
class Person:
    """A known person. `canonical_id` is the person the record is really about: at the end of its links, or itself.

    `village_code` is the code by which what lies in the village of residence is seen; None if it is not known.
    """

    id: UUID
    canonical_id: UUID
    sex: Sex
    birth_year: int | None
    village_id: UUID | None
    village_code: str | None
    gone: bool
    """Erased, or voided as an entry error: answered like a person that does not exist."""


def _of(row: dict[str, Any]) -> Person:
    return Person(
        UUID(row["id"]), UUID(row["canonical_id"]), Sex(row["sex"]), row["birth_year"],
        UUID(row["village_id"]) if row["village_id"] else None, row["village_code"], row["erased"] or row["voided"],
    )  # fmt: skip


# Registry lets no link lead to a record that is itself linked, but its events may come in any order.
PEOPLE = Kind(
    """
    WITH RECURSIVE link (id, canonical_id, length) AS (
        SELECT id, coalesce(duplicate_of, id), 1 FROM known_person WHERE id = ANY({ids})
        UNION ALL SELECT link.id, person.duplicate_of, length + 1
        FROM link JOIN known_person person ON person.id = link.canonical_id
        WHERE person.duplicate_of IS NOT NULL AND person.duplicate_of <> link.id AND length < 20
    ), stands AS (SELECT DISTINCT ON (id) id, canonical_id FROM link ORDER BY id, length DESC)
    SELECT person.id, stands.canonical_id, sex, birth_year, person.village_id, village.area_code AS village_code,
        person.erased, person.voided
    FROM stands JOIN known_person person USING (id) LEFT JOIN known_region village ON village.id = person.village_id
    """,
    _of,
)


async def find(reader: Reader, ids: Collection[UUID]) -> dict[UUID, Person]:
    """The people with these ids, as far as they are known."""
    return {one.id: one for one in await found(reader, PEOPLE, ids)}
