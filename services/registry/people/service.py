"""What happens to people: registered, changed, voided as an entry error, and shown unmasked. Each change is one event."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.people import content, places, queries, states
from services.registry.people.keys import Keyring
from services.registry.people.models import Person
from services.registry.people.places import Places
from services.registry.people.schemas import Content, PersonIn, PersonPatch
from shared import audit, database, outbox, records, walls
from shared.auth import Principal
from shared.clock import local_date
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, Fault, Forbidden, InvalidPayload


class PersonAlreadyRegistered(Conflict):
    slug = "person-already-registered"
    title = Text("Orang dengan NIK ini sudah terdaftar", "A person with this NIK is registered already")


class PersonNotChangeable(Conflict):
    slug = "person-not-changeable"
    title = Text("Data orang ini tidak dapat diubah lagi", "This person's record cannot be changed any more")


class PersonKeptElsewhere(Forbidden):
    slug = "person-kept-elsewhere"
    title = Text("Data orang ini disimpan di luar wilayah Anda", "This person's record is kept outside your area")


class HasDuplicates(Conflict):
    slug = "has-duplicates"
    title = Text("Ada data lain yang menunjuk ke data ini", "Other records point to this one")


async def register(session: AsyncSession, body: PersonIn, *, by: Principal, keyring: Keyring, now: datetime) -> Person:
    """Registers a person, with the first event in one statement.

    Two registrations of one NIK at once make one person. Raises InvalidPayload naming the field, IdTaken for an id that
    is in use, PersonAlreadyRegistered when the caller can see somebody with this NIK.
    """
    where = await places.of(session, body, by)
    content.refuse_future(body, local_date(now, where.time_zone))
    if body.nik is not None:
        await _refuse_registered(session, body.nik, by, keyring)
    person = draft(body.id or uuid4(), body, where, keyring, now)
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=states.regions(person))
    try:
        await outbox.register(await database.driver(session), person, states.state(person), fact)
    except asyncpg.UniqueViolationError as error:
        raise records.IdTaken.of(person.id) from error
    return person


def draft(id: UUID, body: Content, where: Places, keyring: Keyring, now: datetime) -> Person:
    """The row of a new person, not yet stored."""
    return Person(
        id=id,
        **content.columns(body),
        **content.sealed(id, body, keyring),
        **where.columns,
        duplicate_of=None,
        erased=False,
        voided=False,
        registered_at=now,
        changed_at=now,
    )


async def change(
    session: AsyncSession,
    id: UUID,
    patch: PersonPatch,
    *,
    by: Principal,
    keyring: Keyring,
    precondition: IfMatch,
    now: datetime,
) -> Person:
    """Merges a patch into a record. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, PersonNotChangeable, InvalidPayload naming the field, PersonAlreadyRegistered.
    """
    person = await changeable(session, id, by, precondition)
    wanted = content.merged(person, patch, keyring)
    where = await places.of(session, wanted, by, known=person)
    content.refuse_future(wanted, local_date(now, where.time_zone))
    values = content.differing(person, content.columns(wanted) | where.columns)
    values |= await _resealed(session, person, wanted, by, keyring)
    if values:
        before = states.regions(person)
        for name, value in values.items():
            setattr(person, name, value)
        async with walls.lifted(session):  # they may have gone to live where the caller sees nobody
            await record(session, person, "changed", by=by, now=now, before=before)
    return person


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Person:
    """Takes a record that should never have been out of everything. Raises NotFound, PreconditionFailed,
    PersonNotChangeable, HasDuplicates: those that point to it would stand for nobody."""
    person = await changeable(session, id, by, precondition)
    await refuse_pointed_to(session, id, by)
    person.voided = True
    await record(session, person, "voided", by=by, now=now, reason=reason)
    return person


async def disclose(session: AsyncSession, id: UUID, *, by: Principal, now: datetime, reason: str) -> Person:
    """A person who is to be shown unmasked; it stands in the audit trail. Raises NotFound."""
    person = await records.read(session, Person, id, queries.visible(by))
    shown = [name for name in ("nik", "phone", "birth_date") if getattr(person, name) is not None]
    await audit.seen(session, person, shown, by=by.subject, at=now, regions=states.regions(person), reason=reason)
    return person


async def found(session: AsyncSession, id: UUID, principal: Principal, pointer: str) -> Person:
    """The person that a payload names, within the caller's sight. Raises InvalidPayload `person-unknown` at `pointer`."""
    person: Person | None = await session.scalar(
        select(Person).where(queries.columns.id == id, queries.columns.voided.is_(False), queries.visible(principal))
    )
    if person is None:
        raise InvalidPayload(errors=[unknown(id, pointer)])
    return person


def unknown(id: UUID, pointer: str) -> Fault:
    """The fault of a person who is not there, or not in the caller's sight."""
    return Fault(
        "person-unknown",
        Text(f"Tidak ada orang dengan id {id} di wilayah Anda.", f"There is no person with the id {id} in your area."),
        Text(
            "Cari dengan POST /v1/person-lookups, atau daftarkan dengan POST /v1/people.",
            "Look the person up by POST /v1/person-lookups, or register them by POST /v1/people.",
        ),
        pointer=pointer,
    )


async def changeable(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch) -> Person:
    """A person, locked to be changed. Raises NotFound, PersonKeptElsewhere, PreconditionFailed, PersonNotChangeable."""
    person = await records.locked(session, Person, id, queries.visible(by))
    refuse_kept_elsewhere(person, by)
    precondition.check(person.sequence)
    refuse_settled(person)
    return person


def refuse_kept_elsewhere(person: Person, by: Principal) -> None:
    """Raises PersonKeptElsewhere for one whom the caller sees through a membership or an office alone, even a past one:
    whoever lists a person as a member does not keep their record."""
    lives_here = person.village_code is not None and by.covers(person.village_code)
    own = by.institution_id is not None and person.kept_institution_id == by.institution_id
    if not (lives_here or by.covers(person.kept_village_code) or own):
        raise PersonKeptElsewhere(
            Text(
                f"Anda melihatnya sebagai anggota atau pengurus. Minta perubahan kepada desa {person.kept_village_code}.",
                f"You see them as a member or an officer. Ask the village {person.kept_village_code} for the change.",
            )
        )


async def refuse_pointed_to(session: AsyncSession, id: UUID, by: Principal) -> None:
    """Raises HasDuplicates, naming those of them that the caller may see. The caller holds the record's lock, which
    whoever links another to it takes too."""
    pointing = select(queries.columns.id).where(queries.columns.duplicate_of == id)
    async with walls.lifted(session):  # also one that they may not see
        if await session.scalar(pointing.limit(1)) is None:
            return
    seen = (await session.scalars(pointing.where(queries.visible(by)).limit(5))).all()
    raise HasDuplicates(
        Text(
            "Pisahkan dulu duplikatnya (POST …/separation), lalu tautkan ke data yang tetap.",
            "Separate its duplicates first (POST …/separation), then link them to the record that stays.",
        ),
        extra={"duplicates": [str(one) for one in seen]},
    )


def refuse_settled(person: Person) -> None:
    """Raises PersonNotChangeable for a record that was voided or erased."""
    for state, why in (
        ("voided", Text("Data ini dibatalkan sebagai salah input.", "It was voided as an entry error.")),
        ("erased", Text("Identitas orang ini sudah dihapus.", "What identified this person was erased.")),
    ):
        if getattr(person, state):
            raise PersonNotChangeable(why, extra={"state": {state: "true"}})


async def record(
    session: AsyncSession,
    person: Person,
    verb: str,
    *,
    by: Principal,
    now: datetime,
    before: Collection[UUID] = (),
    reason: str | None = None,
) -> None:
    """Writes a locked person's changes and the event that tells them to the villages of before and after."""
    regions = {*before, *states.regions(person)}
    await records.record(session, person, states.state(person), verb, by=by, now=now, regions=regions, reason=reason)


async def _resealed(
    session: AsyncSession, person: Person, wanted: Content, by: Principal, keyring: Keyring
) -> dict[str, Any]:
    """The sealed columns whose text changes; a seal over the same text would look like a change."""
    values: dict[str, Any] = {}
    seals = content.sealed(person.id, wanted, keyring)
    for name in content.SEALED:
        if content.opened(person, name, keyring) != getattr(wanted, name):
            values[name] = seals[name]
    if "nik" in values:
        values["nik_index"] = seals["nik_index"]
        if wanted.nik is not None:
            await _refuse_registered(session, wanted.nik, by, keyring, but=person.id)
    return values


async def _refuse_registered(
    session: AsyncSession, nik: str, by: Principal, keyring: Keyring, *, but: UUID | None = None
) -> None:
    indexes = keyring.indexes("nik", nik)
    await hold(session, indexes)
    same = await queries.with_nik(session, indexes, by, but=but)
    if same:
        raise PersonAlreadyRegistered(
            Text(
                f"NIK ini milik orang dengan id {same[0].id}. Pakai data itu: GET /v1/people/{same[0].id}.",
                f"This NIK is that of the person with the id {same[0].id}. Use that record: GET /v1/people/{same[0].id}.",
            ),
            extra={"person_id": str(same[0].id)},
        )


async def hold(session: AsyncSession, indexes: Collection[str]) -> None:
    """Until the transaction ends, nobody else registers a number with one of these blind indexes.

    All indexes of a number are held, in one order: processes may have different keys in use while these are changed.
    """
    for index in sorted(indexes):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(index, 0))))
