"""Two records of one person: the one points to the other, which stands for both; and back again.

No chains: what is pointed to points nowhere. Both ids keep answering, and each keeps its facts.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.people import queries, service, states
from services.registry.people.models import Person
from shared import walls
from shared.auth import Principal
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, InvalidPayload, NotFound


class AlreadyDuplicate(Conflict):
    slug = "already-a-duplicate"
    title = Text("Data ini sudah ditautkan sebagai duplikat", "This record is linked as a duplicate already")


class NoDuplicate(Conflict):
    slug = "no-duplicate"
    title = Text("Data ini bukan duplikat", "This record is no duplicate")


async def link(
    session: AsyncSession, id: UUID, of: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Person:
    """Says that a record is about the person of another one (`of`), which stands for both from now on.

    Raises NotFound, PersonKeptElsewhere, PreconditionFailed, PersonNotChangeable, AlreadyDuplicate, HasDuplicates, and InvalidPayload at
    `/of`: `duplicate-of-itself`, `person-unknown`, `duplicate-of-a-duplicate`.
    """
    person, other = await _both(session, id, of, by)
    service.refuse_kept_elsewhere(person, by)
    precondition.check(person.sequence)
    service.refuse_settled(person)
    if other is None or other.voided:
        raise InvalidPayload(errors=[service.unknown(of, "/of")])
    _refuse_chain(person, other)
    await service.refuse_pointed_to(session, id, by)
    person.duplicate_of = of
    await service.record(session, person, "linked", by=by, now=now, before=states.regions(other), reason=reason)
    return person


async def separate(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Person:
    """Takes the link back: the record stands for itself again. Also for one that was erased.

    Raises NotFound, PersonKeptElsewhere, PreconditionFailed, NoDuplicate.
    """
    person, _ = await _both(session, id, id, by)
    service.refuse_kept_elsewhere(person, by)
    precondition.check(person.sequence)
    if person.duplicate_of is None:
        raise NoDuplicate
    async with walls.lifted(session):  # it may have left their sight since
        other = await session.get(Person, person.duplicate_of)
    before = states.regions(other) if other else ()
    person.duplicate_of = None
    await service.record(session, person, "unlinked", by=by, now=now, before=before, reason=reason)
    return person


async def _both(session: AsyncSession, id: UUID, of: UUID, by: Principal) -> tuple[Person, Person | None]:
    """Both records, locked in one order for all, so that two links at once neither block each other nor make a chain."""
    statement = select(Person).where(queries.columns.id.in_({id, of}), queries.visible(by))
    found = await session.scalars(statement.order_by(queries.columns.id).with_for_update(of=Person))
    by_id = {person.id: person for person in found}
    if id not in by_id:
        raise NotFound
    return by_id[id], by_id.get(of)


def _refuse_chain(person: Person, other: Person) -> None:
    if person.id == other.id:
        raise InvalidPayload(
            errors=[
                Fault(
                    "duplicate-of-itself",
                    Text("Data tidak dapat menjadi duplikat dirinya.", "A record is no duplicate of itself."),
                    Text(
                        "Isi `of` dengan data lain yang tetap dipakai.", "Give in `of` the other record, which stays."
                    ),
                    pointer="/of",
                )
            ]
        )
    if person.duplicate_of is not None:
        raise AlreadyDuplicate(
            Text(
                f"Ia duplikat dari {person.duplicate_of}. Lepaskan dulu: POST …/separation.",
                f"It is a duplicate of {person.duplicate_of}. Take that back first: POST …/separation.",
            ),
            extra={"duplicate_of": str(person.duplicate_of)},
        )
    if other.duplicate_of is not None:
        raise InvalidPayload(
            errors=[
                Fault(
                    "duplicate-of-a-duplicate",
                    Text(
                        f"Data itu sendiri duplikat dari {other.duplicate_of}.",
                        f"That record is itself a duplicate of {other.duplicate_of}.",
                    ),
                    Text(f"Isi `of` dengan {other.duplicate_of}.", f"Give {other.duplicate_of} in `of`."),
                    pointer="/of",
                )
            ]
        )
