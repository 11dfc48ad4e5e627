"""Owners in the database: placeholders, locks in key order, and who counts as whom. No arithmetic of numbers.

Everybody locks people before families before communities, each in the order of their ids. A person's row is held by
whoever writes a fact of it, and with it the row of whom it counts as; who it counts as changes only under both, and under
the rows of all that count with it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.reporting.dossiers import in_key_order
from services.reporting.measures.people import Unit


@dataclass(frozen=True, slots=True)
class Owner:
    """A person, a family or a community as stored; a person by its own record."""

    key: int
    unit: int
    id: UUID
    sequence: int
    voided: bool
    sex: int | None
    birth_year: int | None
    duplicate_of: int | None
    counts_as: int | None

    @property
    def root(self) -> int:
        """The key of whom it counts as."""
        return self.key if self.counts_as is None else self.counts_as


COLUMNS = "key, unit, id, sequence, voided, sex, birth_year, duplicate_of, counts_as"

_PLACEHOLDERS = """
    INSERT INTO owner (unit, id, sequence)
    SELECT $1, given.id, 0 FROM unnest($2::uuid[]) AS given (id)
    WHERE NOT EXISTS (SELECT FROM owner WHERE owner.unit = $1 AND owner.id = given.id)
    ORDER BY given.id ON CONFLICT DO NOTHING
"""
_LOCK = f"""
    SELECT {COLUMNS} FROM owner WHERE unit = $1 AND id = ANY($2::uuid[]) OR key = ANY($3::int[])
    ORDER BY id FOR UPDATE
"""  # noqa: S608  # our own names


@dataclass(slots=True)
class Held:
    """The rows that this transaction has locked."""

    rows: dict[int, Owner] = field(default_factory=dict)
    """By key."""
    keys: dict[tuple[int, UUID], int] = field(default_factory=dict)
    """By unit and id."""

    async def lock(
        self, driver: asyncpg.Connection, unit: Unit, ids: Collection[UUID] = (), keys: Collection[int] = ()
    ) -> None:
        """Locks owners of one unit by id or by key, with placeholders for those unheard of."""
        missing = [key for key in keys if key not in self.rows]
        wanted = in_key_order(id_ for id_ in ids if (unit, id_) not in self.keys)
        if not wanted and not missing:
            return
        if wanted:
            await driver.execute(_PLACEHOLDERS, unit, wanted)
        for row in await driver.fetch(_LOCK, unit, wanted, missing):
            owner = Owner(*row)
            self.rows[owner.key] = owner
            self.keys[owner.unit, owner.id] = owner.key

    def of(self, unit: Unit, id_: UUID) -> int:
        """The key of an owner that is locked."""
        return self.keys[unit, id_]

    def roots(self, keys: Iterable[int]) -> set[int]:
        """Whom these owners, who are locked, count as."""
        return {self.rows[key].root for key in keys}


async def hold_roots(driver: asyncpg.Connection, held: Held, links: Mapping[int, int | None]) -> None:
    """Locks whom the people who are held count as; with those whose links change, by key, also all that count with them
    and with whom they are linked to."""
    linked = {*links, *(target for target in links.values() if target is not None)}
    # Once in nearly all cases: whom somebody counts as counts as itself.
    while True:
        wanted = held.roots(held.rows)
        if linked:
            rows = await driver.fetch(
                "SELECT key FROM owner WHERE counts_as = ANY($1::int[])", list(held.roots(linked))
            )  # fmt: skip
            wanted.update(row["key"] for row in rows)
        if wanted <= held.rows.keys():
            return
        await held.lock(driver, Unit.PERSON, keys=wanted)


def ends(links: Mapping[int, int | None], ids: Mapping[int, UUID]) -> dict[int, int]:
    """Whom each of these keys counts as: the end of the links by which one is a duplicate of another.

    Events that overtake each other may lead in a circle for a while. Then it is the one of the smallest id in it: keys
    depend on the order of arrival.
    """
    found: dict[int, int] = {}
    for start in links:
        way: list[int] = []
        at: int | None = start
        while at is not None and at not in found and at not in way:
            way.append(at)
            at = links.get(at)
        if at is None:
            end = way[-1]
        elif at in found:
            end = found[at]
        else:
            end = min(way[way.index(at) :], key=ids.__getitem__)
        found.update(dict.fromkeys(way, end))
    return found


def regrouped(held: Held, links: Mapping[int, int | None]) -> dict[int, int]:
    """Whom people count as when these links have changed: of all whose group a change touches."""
    touched = held.roots({*links, *(target for target in links.values() if target is not None)})
    together = {key: row for key, row in held.rows.items() if row.unit == Unit.PERSON and row.root in touched}
    stored: dict[int, int | None] = {key: row.duplicate_of for key, row in together.items()}
    return ends(stored | dict(links), {key: row.id for key, row in together.items()})


async def family_keys(driver: asyncpg.Connection, roots: Collection[int]) -> set[int]:
    """The families of which anybody who counts as one of these is, or was, the head."""
    if not roots:
        return set()
    rows = await driver.fetch(
        "SELECT DISTINCT family_key FROM family_head JOIN owner ON owner.key = person_key"
        " WHERE owner.key = ANY($1::int[]) OR owner.counts_as = ANY($1::int[])",
        list(roots),
    )
    return {row["family_key"] for row in rows}


async def share_networks(driver: asyncpg.Connection, networks: Collection[UUID]) -> None:
    """Holds networks with others, with placeholders for those unheard of: whose institutions change waits, and then sees
    what has been linked to them."""
    if not networks:
        return
    ordered = in_key_order(networks)
    await driver.execute(
        "INSERT INTO dossier (subject_id, noun, sequence) SELECT id, 'network', 0 FROM unnest($1::uuid[]) AS given (id)"
        " ON CONFLICT DO NOTHING",
        ordered,
    )
    await driver.execute(
        "SELECT FROM dossier WHERE subject_id = ANY($1::uuid[]) AND noun = 'network' ORDER BY subject_id FOR SHARE",
        ordered,
    )
