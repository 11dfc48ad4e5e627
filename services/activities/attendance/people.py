"""People who are said to have come, as far as they are known here: whom each record is really about, and memberships.

Read as arrays, which the driver understands by itself: there may be hundreds of people in one request.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from services.activities.known.spells import lasts

# Registry lets no link lead to a record that is itself linked, but its events may come in any order.
PRESENT = """(
        SELECT array_agg(person.id) AS people,
            array_agg(coalesce(other.duplicate_of, person.duplicate_of, person.id)) AS canonical
        FROM known_person AS person LEFT JOIN known_person AS other ON other.id = person.duplicate_of
        WHERE person.id = ANY({ids}) AND NOT person.voided AND NOT person.erased
    )"""
BELONGS = """(
        SELECT array_agg(person_id) AS members, array_agg(institution_id) AS member_of, array_agg(spells::text) AS spells
        FROM known_membership WHERE person_id = ANY({ids}) AND institution_id = ANY({institutions}) AND NOT voided
    )"""
_FIND = f"""
    SELECT * FROM {PRESENT.format(ids="$1::uuid[]")} AS present,
        {BELONGS.format(ids="$1::uuid[]", institutions="$2::uuid[]")} AS belongs
"""  # noqa: S608  # our own texts


@dataclass(frozen=True, slots=True)
class People:
    """Known people who are neither erased nor voided: the id under which each counts; and who belongs where, and when."""

    canonical: Mapping[UUID, UUID] = field(default_factory=dict)
    memberships: Sequence[tuple[UUID, UUID, list[dict[str, Any]]]] = ()

    def members(self, institutions: Collection[UUID], day: date) -> set[UUID]:
        """Those on record as members of one of the institutions on the day."""
        return {
            person
            for person, institution, spells in self.memberships
            if institution in institutions and any(lasts(spell, day) for spell in spells)
        }


NOBODY = People()


async def find(driver: asyncpg.Connection, ids: Collection[UUID], institutions: Collection[UUID]) -> People:
    """The people with these ids, with their memberships of these institutions."""
    (row,) = await driver.fetch(_FIND, list(ids), list(institutions))
    return told(row)


def told(row: asyncpg.Record) -> People:
    """What a row of both queries tells."""
    known = zip(row["people"] or (), row["canonical"] or (), strict=True)
    spells = map(orjson.loads, row["spells"] or ())
    return People(dict(known), list(zip(row["members"] or (), row["member_of"] or (), spells, strict=True)))
