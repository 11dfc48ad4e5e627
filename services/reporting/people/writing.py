"""Writes facts that are newer than what is stored. Their rows are locked, and those of their owners."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import asyncpg

from services.reporting.measures import PPKS, SEXES
from services.reporting.measures.people import Unit
from services.reporting.people.facts import GIVERS, Told, beneficiary, counts, heads
from services.reporting.people.owners import Held
from services.reporting.people.world import Came
from shared.arrived import Arrived
from shared.events.activities import AttendanceSheet, Benefit
from shared.events.registry import Community, Family, Membership, NetworkMembership, Person

_OWNERS = """
    UPDATE owner SET sequence = given.sequence, voided = given.voided, sex = given.sex, birth_year = given.birth_year,
        duplicate_of = given.duplicate_of
    FROM unnest($1::int[], $2::int[], $3::boolean[], $4::smallint[], $5::smallint[], $6::int[])
        AS given (key, sequence, voided, sex, birth_year, duplicate_of)
    WHERE owner.key = given.key
"""


async def owners(driver: asyncpg.Connection, events: Mapping[int, Arrived], held: Held) -> None:
    """Stores persons, families and communities, by key; and families' heads."""
    rows: list[tuple[int, int, bool, int | None, int | None, int | None]] = []
    families: dict[int, Family] = {}
    for key, item in events.items():
        match item.state:
            case Person() as person:
                of = held.of(Unit.PERSON, person.duplicate_of) if person.duplicate_of else None
                rows.append(
                    (key, item.event.sequence, person.voided, SEXES.index(person.sex), person.birth_year, of)
                )  # fmt: skip
            case Family() as family:
                families[key] = family
                rows.append((key, item.event.sequence, family.voided, None, None, None))
            case Community() as community:
                rows.append((key, item.event.sequence, community.voided, None, None, None))
            case _:
                raise TypeError(f"{type(item.state).__name__} owns nothing")
    if rows:
        await driver.execute(_OWNERS, *map(list, zip(*rows, strict=True)))
    await _heads(driver, families, held)


async def _heads(driver: asyncpg.Connection, families: Mapping[int, Family], held: Held) -> None:
    if not families:
        return
    await driver.execute("DELETE FROM family_head WHERE family_key = ANY($1::int[])", list(families))
    rows = [
        (key, number, held.of(Unit.PERSON, head.person_id), head.since, head.until)
        for key, family in families.items()
        for number, head in enumerate(heads(family))
    ]
    columns = ["family_key", "number", "person_key", "since", "until"]
    await driver.copy_records_to_table("family_head", columns=columns, records=rows)


async def ends(driver: asyncpg.Connection, found: Mapping[int, int], held: Held) -> None:
    """Stores whom people count as, where it is somebody else than before."""
    changed = {key: end for key, end in found.items() if held.rows[key].root != end}
    if changed:
        await driver.execute(
            "UPDATE owner SET counts_as = nullif(given.root, given.key)"
            " FROM unnest($1::int[], $2::int[]) AS given (key, root) WHERE owner.key = given.key",
            list(changed),
            list(changed.values()),
        )


_SHEETS = """
    UPDATE sheet SET sequence = given.sequence, activity_id = given.activity_id, held_on = given.held_on,
        village_id = given.village_id, organiser_ids = string_to_array(given.organisers, ',')::uuid[]
    FROM unnest($1::int[], $2::int[], $3::uuid[], $4::date[], $5::uuid[], $6::text[])
        AS given (key, sequence, activity_id, held_on, village_id, organisers)
    WHERE sheet.key = given.key
"""


async def sheets(
    driver: asyncpg.Connection, found: Mapping[UUID, Told[AttendanceSheet]], gone: Sequence[Came], come: Sequence[Came]
) -> None:
    """Stores sheets, and who came and who did not."""
    if not found:
        return
    states = [sheet.state for sheet in found.values()]
    await driver.execute(
        _SHEETS,
        [sheet.stored["key"] for sheet in found.values()],
        [sheet.sequence for sheet in found.values()],
        [state.activity_id for state in states],
        [state.held_on if counts(state) else None for state in states],
        [state.village_id for state in states],
        [",".join(map(str, state.organiser_ids)) for state in states],
    )
    if gone:
        await driver.execute(
            "DELETE FROM attendance USING unnest($1::int[], $2::smallint[], $3::int[]) AS given (person, year, sheet)"
            " WHERE person_key = given.person AND attendance.year = given.year AND sheet_key = given.sheet",
            *map(list, zip(*gone, strict=True)),
        )
    if come:
        columns = ["person_key", "year", "sheet_key"]
        await driver.copy_records_to_table("attendance", columns=columns, records=sorted(come))


def _days(days: Iterable[date | None]) -> str:
    """Days as the text of an array: the driver has no arrays of arrays of several lengths."""
    return f"{{{','.join(day.isoformat() if day else 'NULL' for day in days)}}}"


_SPELLS = """
    UPDATE {table} SET sequence = given.sequence, {of} = given.{of}, institution_id = given.institution_id,
        since = given.since::date[], until = given.until::date[]
    FROM unnest($1::uuid[], $2::int[], $3::{kind}[], $4::uuid[], $5::text[], $6::text[])
        AS given (id, sequence, {of}, institution_id, since, until)
    WHERE {table}.id = given.id
"""


async def memberships(driver: asyncpg.Connection, found: Mapping[UUID, Told[Membership]], held: Held) -> None:
    """Stores memberships; one that was voided has no person."""
    of = [
        None if each.state.voided else held.of(Unit.PERSON, each.state.person_id) for each in found.values()
    ]  # fmt: skip
    if found:
        statement = _SPELLS.format(table="membership", of="person_key", kind="int")
        await driver.execute(statement, *_spells(found, of))


async def places(driver: asyncpg.Connection, found: Mapping[UUID, Told[NetworkMembership]]) -> None:
    """Stores institutions' places in networks; one that was voided is in none."""
    of = [None if each.state.voided else each.state.network_id for each in found.values()]
    if found:
        statement = _SPELLS.format(table="network_place", of="network_id", kind="uuid")
        await driver.execute(statement, *_spells(found, of))


def _spells(
    found: Mapping[UUID, Told[Membership]] | Mapping[UUID, Told[NetworkMembership]], of: Sequence[object]
) -> tuple[Sequence[object], ...]:
    states = [each.state for each in found.values()]
    return (
        list(found),
        [each.sequence for each in found.values()],
        of,
        [state.institution_id for state in states],
        [_days(spell.since for spell in state.spells) for state in states],
        [_days(spell.until for spell in state.spells) for state in states],
    )


_BENEFITS = """
    UPDATE benefit SET sequence = given.sequence, owner_key = given.owner_key, giver = given.giver,
        giver_id = given.giver_id, given_on = given.given_on, village_id = given.village_id, kinds = given.kinds
    FROM unnest($1::uuid[], $2::int[], $3::int[], $4::smallint[], $5::uuid[], $6::date[], $7::uuid[], $8::int[])
        AS given (id, sequence, owner_key, giver, giver_id, given_on, village_id, kinds)
    WHERE benefit.id = given.id
"""


async def benefits(driver: asyncpg.Connection, found: Mapping[UUID, Told[Benefit]], held: Held) -> None:
    """Stores benefits; one that was voided has no owner."""
    if not found:
        return
    states = [each.state for each in found.values()]
    await driver.execute(
        _BENEFITS,
        list(found),
        [each.sequence for each in found.values()],
        [None if state.voided else held.of(*beneficiary(state)) for state in states],
        [GIVERS[state.giver.organisation] for state in states],
        [state.giver.id for state in states],
        [state.given_on for state in states],
        [state.village_id for state in states],
        [sum({1 << PPKS.index(kind) for kind in state.ppks_kinds}) for state in states],
    )
