"""Reads the facts of owners, and all that their contributions rest on, in bulk: a statement for each kind of fact.

In the projection each read comes after the locks, as a statement of its own: what others changed has been committed then,
and what they will change waits. Nothing is locked here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from services.reporting.measures.people import Benefit, Days, Giver, Membership, Sheet, Unit
from services.reporting.measures.people_membership import Standing
from services.reporting.people.owners import COLUMNS, Owner
from services.reporting.people.world import Asked, People


async def read(driver: asyncpg.Connection, asked: Asked, known: Mapping[int, Owner] | None = None) -> People:
    """The owners that are asked for, as they stand now. Their villages are not among it.

    `known` are all of them as they were read when they were locked, if nothing has been written since.
    """
    people, roots = People(), asked.keys
    if not roots:
        return people
    for owner in await _counting_as(driver, roots, known):
        if owner.counts_as is None:
            people.owners[owner.key] = owner
        _record(owner, people)
    await _heads(driver, asked, people)
    await _memberships(driver, people)
    await _attendance(driver, asked, people)
    await _benefits(driver, asked, people)
    await _standings(driver, asked, people)
    return people


async def _counting_as(
    driver: asyncpg.Connection, roots: Collection[int], known: Mapping[int, Owner] | None = None
) -> list[Owner]:
    """These owners, and all records that count as one of them."""
    itself = "" if known is not None else "key = ANY($1::int[]) OR "
    rows = await driver.fetch(
        f"SELECT {COLUMNS} FROM owner WHERE {itself}counts_as = ANY($1::int[])",  # noqa: S608  # our own names
        list(roots),
    )
    found = [Owner(*row) for row in rows]
    if known is not None:
        # Who is asked for and has come to count as another stands among the rows already.
        found += [known[key] for key in roots if known[key].counts_as is None]
    return found


def _record(owner: Owner, people: People) -> None:
    if owner.unit == Unit.PERSON and not owner.voided:
        people.records.setdefault(owner.root, []).append(owner.key)


async def _heads(driver: asyncpg.Connection, asked: Asked, people: People) -> None:
    """Families' heads, and the records of those who are not asked for themselves."""
    families = [key for key in asked.helped & people.owners.keys() if people.owners[key].unit == Unit.FAMILY]
    if not families:
        return
    rows = await driver.fetch(
        "SELECT family_key, coalesce(counts_as, key) AS root, since, until FROM family_head"
        " JOIN owner ON owner.key = person_key WHERE family_key = ANY($1::int[]) AND NOT owner.voided",
        families,
    )
    for family, root, since, until in rows:
        people.heads.setdefault(family, []).append((root, Days(since, until)))
    others = {row["root"] for row in rows} - people.owners.keys()
    for owner in await _counting_as(driver, others) if others else ():
        _record(owner, people)


def spells(since: Sequence[Any], until: Sequence[Any]) -> tuple[Days, ...]:
    """Spells that are stored as two arrays."""
    return tuple(map(Days, since, until))


async def _memberships(driver: asyncpg.Connection, people: People) -> None:
    records = [record for own in people.records.values() for record in own]
    for person, institution, since, until in await driver.fetch(
        "SELECT person_key, institution_id, since, until FROM membership WHERE person_key = ANY($1::int[])", records
    ):
        people.memberships.setdefault(person, []).append(Membership(institution, spells(since, until)))


async def _attendance(driver: asyncpg.Connection, asked: Asked, people: People) -> None:
    wanted = [
        (record, *years) for key, years in asked.came.items() for record in people.records.get(key, ())
    ]  # fmt: skip
    if not wanted:
        return
    # Aggregated beside each person: so the index is asked for each, whatever the planner thinks of their number.
    rows = await driver.fetch(
        "SELECT asked.key, came.sheets FROM unnest($1::int[], $2::smallint[], $3::smallint[]) AS asked (key, first, last),"
        " LATERAL (SELECT array_agg(sheet_key) AS sheets FROM attendance WHERE person_key = asked.key"
        " AND year BETWEEN asked.first AND asked.last) AS came WHERE came.sheets IS NOT NULL",
        *map(list, zip(*wanted, strict=True)),
    )
    people.attendance = {row[0]: row[1] for row in rows}
    keys = set().union(*people.attendance.values())
    for key, *sheet in await driver.fetch(
        "SELECT key, id, activity_id, held_on, village_id, organiser_ids FROM sheet WHERE key = ANY($1::int[])",
        list(keys),
    ):
        people.sheets[key] = Sheet(*sheet)


async def _benefits(driver: asyncpg.Connection, asked: Asked, people: People) -> None:
    records = {key for key in asked.helped & people.owners.keys() if people.owners[key].unit != Unit.PERSON}
    records.update(record for key in asked.helped for record in people.records.get(key, ()))
    if not records:
        return
    networks: set[UUID] = set()
    for owner, id_, giver, giver_id, *fact in await driver.fetch(
        "SELECT owner_key, id, giver, giver_id, given_on, village_id, kinds FROM benefit"
        " WHERE owner_key = ANY($1::int[])",
        list(records),
    ):
        people.benefits.setdefault(owner, []).append(Benefit(id_, Giver(giver), giver_id, *fact))
        if giver == Giver.NETWORK:
            networks.add(giver_id)
    if networks:
        for network, institution, since, until in await driver.fetch(
            "SELECT network_id, institution_id, since, until FROM network_place WHERE network_id = ANY($1::uuid[])",
            list(networks),
        ):
            people.networks.setdefault(network, []).append(Membership(institution, spells(since, until)))


async def _standings(driver: asyncpg.Connection, asked: Asked, people: People) -> None:
    """The institutions of which those who belong, or came, are members."""
    organisers = asked.organisers.union(*(sheet.organiser_ids for sheet in people.sheets.values()))
    wanted: set[UUID] = set()
    for key in asked.belongs:
        wanted.update(each.of for each in people.of_person(key))
    for key in asked.came.keys() - asked.belongs if organisers else ():
        wanted.update(each.of for each in people.of_person(key) if each.of in organisers)
    people.standings = await standings(driver, wanted)


async def standings(driver: asyncpg.Connection, ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Institutions that have arrived, as far as their members count."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = await driver.fetch(
        "SELECT subject_id, state::text AS state FROM dossier"
        " WHERE subject_id = ANY($1::uuid[]) AND noun = 'institution' AND state IS NOT NULL",
        wanted,
    )
    return {row["subject_id"]: Standing.model_validate_json(row["state"]) for row in rows}
