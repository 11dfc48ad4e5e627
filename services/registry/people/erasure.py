"""Erasure at a person's request (UU 27/2022): what identifies them goes, their ids and the numbers stay."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.families import service as families
from services.registry.people import queries, service
from services.registry.people.models import IDENTIFYING, Person
from shared import idempotency, records
from shared.auth import Principal, Right
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Forbidden

AGAIN = "Erased before the restore from a backup, and therefore again."


class ErasureNeedsVerifier(Forbidden):
    slug = "erasure-needs-verifier"
    title = Text(
        "Identitas hanya dihapus oleh kecamatan atau kabupaten/kota",
        "Only a district or a regency may erase an identity",
    )


async def erase(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Person:
    """Removes for good what identifies a person, from this record and from all that are linked with it as one person.

    Stays: ids, sex, year of birth, village, memberships, families, the record's history without values. It cannot be
    undone, so it takes the right to verify besides that to reveal: not the village alone. Records that the caller may
    not see stay as they are. Raises ErasureNeedsVerifier, NotFound, PersonKeptElsewhere, PreconditionFailed, PersonNotChangeable.
    """
    if not by.may(Right.VERIFY):
        raise ErasureNeedsVerifier
    people = await _one_person(session, id, by)
    person = people[id]
    service.refuse_kept_elsewhere(person, by)
    precondition.check(person.sequence)
    if person.erased:
        service.refuse_settled(person)
    for each in people.values():
        if not each.erased:
            await _erase(session, each, by=by, now=now, reason=reason)
            await families.forget_cards(session, each.id, by=by, now=now, reason=reason)
    return person


async def again(session: AsyncSession, ids: Sequence[UUID], *, by: Principal, now: datetime) -> None:
    """Erases people whose erasure was lost with the database and came back in what was published: as it was asked for then."""
    for person in await session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update()):
        await _erase(session, person, by=by, now=now, reason=AGAIN)
        await families.forget_cards(session, person.id, by=by, now=now, reason=AGAIN)


async def _one_person(session: AsyncSession, id: UUID, by: Principal) -> dict[UUID, Person]:
    """All records in the caller's sight that are linked as one person, locked. Raises NotFound.

    Looked for again once they are locked: what was linked or separated while the locks were waited for counts.
    """
    columns, locked = queries.columns, dict[UUID, Person]()
    while True:
        first = await records.read(session, Person, id, queries.visible(by))
        await session.refresh(first)
        stands = first.duplicate_of or first.id
        one = or_(columns.id.in_({id, stands}), columns.duplicate_of == stands)
        found = set(await session.scalars(select(columns.id).where(one, queries.visible(by))))
        if found == locked.keys():
            return locked
        statement = select(Person).where(columns.id.in_(found)).order_by(columns.id).with_for_update(of=Person)
        rows = await session.scalars(statement.execution_options(populate_existing=True))
        locked = {person.id: person for person in rows}


async def _erase(session: AsyncSession, person: Person, *, by: Principal, now: datetime, reason: str) -> None:
    for name in (*IDENTIFYING, "nik_absence"):
        setattr(person, name, None)
    person.erased = True
    await service.record(session, person, "erased", by=by, now=now, reason=reason)
    await idempotency.empty(session, str(person.id))
