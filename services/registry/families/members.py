"""Who is in a family: people in the caller's sight, not before they were born, and in one family at a time."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.families import queries
from services.registry.families.models import Family
from services.registry.families.schemas import FamilyMemberIn
from services.registry.people import queries as people
from services.registry.people import service as people_service
from shared import database, walls
from shared.auth import Principal
from shared.days import in_the_future
from shared.events.people import FamilyMember as Member
from shared.language import Text
from shared.problems import Conflict, Fault, InvalidPayload


class InAnotherFamily(Conflict):
    slug = "in-another-family"
    title = Text("Seseorang sudah berada di keluarga lain", "Somebody is in another family already")


async def checked(
    session: AsyncSession, members: Sequence[FamilyMemberIn], by: Principal, today: date, known: Sequence[Member] = ()
) -> list[Member]:
    """The members as they are stored. Those who are in it already (`known`) need not be in the caller's sight.

    Raises InvalidPayload at the member: `person-unknown`, `before-birth`, `in-the-future`.
    """
    born = await _births(session, {member.person_id for member in members}, by, {member.person_id for member in known})
    faults = []
    for place, member in enumerate(members):
        pointer = f"/members/{place}"
        if member.person_id not in born:
            faults.append(people_service.unknown(member.person_id, f"{pointer}/person_id"))
            continue
        birth = born[member.person_id]
        if birth is not None and member.since is not None and member.since < birth:
            faults.append(_before_birth(pointer))
        faults += [
            in_the_future(today, f"{pointer}/{name}".removeprefix("/"))
            for name in ("since", "until")
            if (day := getattr(member, name)) is not None and day > today
        ]
    if faults:
        raise InvalidPayload(errors=faults)
    return [Member(**member.model_dump()) for member in members]


async def _births(session: AsyncSession, ids: set[UUID], by: Principal, known: set[UUID]) -> dict[UUID, date | None]:
    """The first day each of these people can have lived, by id; of those outside the caller's sight only known ones."""
    born = await _born(session, ids, people.visible(by))
    if unseen := (ids & known) - born.keys():
        async with walls.lifted(session):
            born |= await _born(session, unseen, true())
    return born


async def _born(session: AsyncSession, ids: set[UUID], seen: ColumnElement[bool]) -> dict[UUID, date | None]:
    columns = people.columns
    statement = select(columns.id, columns.birth_date, columns.birth_year)
    rows = await session.execute(statement.where(columns.id.in_(ids), columns.voided.is_(False), seen))
    return {row.id: row.birth_date or (date(row.birth_year, 1, 1) if row.birth_year else None) for row in rows}


async def place(session: AsyncSession, family: Family, by: Principal) -> None:
    """Rewrites the rows from which the database knows that nobody is in two families. Raises InAnotherFamily.

    A voided family has none. The caller holds the family's lock, or has just registered it.
    """
    members = [] if family.voided else family.members
    for member in members:
        other = await queries.elsewhere(session, family.id, member.person_id, member.since, member.until)
        if other is not None:
            raise _in_another(other if by.covers(other[1]) else None)
    driver = await database.driver(session)
    await driver.execute("DELETE FROM family_member WHERE family_id = $1", family.id)
    rows = [(family.id, n, m.person_id, m.role.value, m.since, m.until) for n, m in enumerate(members)]
    try:
        await driver.executemany(
            "INSERT INTO family_member (family_id, place, person_id, role, since, until) VALUES ($1, $2, $3, $4, $5, $6)",
            rows,
        )
    except asyncpg.ExclusionViolationError as error:  # somebody was as fast as we
        raise _in_another(None) from error


def _in_another(family: tuple[UUID, str] | None) -> InAnotherFamily:
    told = Text(f": {family[0]}", f": {family[0]}") if family else Text(" di luar wilayah Anda", " outside your area")
    return InAnotherFamily(
        Text(
            f"Seseorang pada hari yang sama ada di keluarga lain{told.id}. Akhiri dulu di sana (`until`).",
            f"Somebody is in another family on the same day{told.en}. End it there first (`until`).",
        ),
        extra={"family_id": str(family[0])} if family else {},
    )


def _before_birth(pointer: str) -> Fault:
    return Fault(
        "before-birth",
        Text("Pada hari itu orang ini belum lahir.", "By that day the person was not born yet."),
        Text("Perbaiki `since`, atau kosongkan.", "Correct `since`, or leave it out."),
        pointer=f"{pointer}/since",
    )
