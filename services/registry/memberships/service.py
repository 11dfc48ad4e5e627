"""What happens to memberships: joined, left, come back, corrected, voided. Each is one event.

A membership that an officer's term rests on is not taken away under it: the term ends first.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import cast
from uuid import UUID

import asyncpg
from sqlalchemy import Table, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions import references
from services.registry.institutions.review import WrongState, voided
from services.registry.memberships import limits, queries, spell_rows, spells, states
from services.registry.memberships.models import KeptSpell, Membership, SpellRow
from services.registry.memberships.schemas import MembershipIn, MembershipPatch
from services.registry.models import Institution, Region
from services.registry.officers import tenure
from services.registry.people import service as people
from services.registry.people.models import Person
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, InvalidPayload
from shared.records import IdTaken

PAIR = "uq_membership_person_id_institution_id"
"""The constraint that a person has one membership of an institution that is no entry error."""
SPELLS = cast(Table, SpellRow.__table__)
DEPARTURE, READMISSION, VOIDING = "departure", "readmission", "voiding"


class MembershipExists(Conflict):
    slug = "membership-exists"
    title = Text("Orang ini sudah punya catatan keanggotaan di lembaga itu", "The person has a membership of that institution")  # fmt: skip


def draft(
    person_id: UUID, institution_id: UUID, days: Sequence[KeptSpell], now: datetime, id: UUID | None = None
) -> Membership:
    """A membership that is not stored yet; `days` are its spells, oldest first and apart from each other. Pure."""
    return Membership(
        id=id or uuid7(), person_id=person_id, institution_id=institution_id, spells=list(days), voided=False,
        registered_at=now, changed_at=now,
    )  # fmt: skip


async def join(session: AsyncSession, body: MembershipIn, *, by: Principal, now: datetime) -> tuple[Membership, Person]:
    """Makes a person a member, and tells it; also gives the person.

    Raises InvalidPayload naming the field, MembershipExists naming the record, IdTaken.
    """
    institution, village = await references.found(session, body.institution_id, by)
    person = await people.found(session, body.person_id, by, "/person_id")
    days = [KeptSpell(since=body.joined_on)]
    today = local_date(now, village.time_zone)
    if faults := limits.of(person, institution, today).begins(body.joined_on, "joined_on"):
        raise InvalidPayload(errors=faults)
    membership = draft(person.id, institution.id, days, now, body.id)
    fact = outbox.Fact("joined", by=by.subject, at=now, regions=_regions(village, person))
    try:
        async with session.begin_nested():
            driver = await database.driver(session)
            await outbox.register(driver, membership, states.state(membership), fact)
    except asyncpg.UniqueViolationError as error:
        raise await _taken(session, membership, error) from error
    await spell_rows.add(session, SPELLS, [(membership.id, days)])
    return membership, person


async def register_many(
    session: AsyncSession, drafts: Sequence[tuple[Membership, Collection[UUID]]], *, by: str, now: datetime
) -> None:
    """Stores many drafts with their events; each comes with the regions it concerns (seat, and the person's village).

    The caller has checked them as `join` does. Raises the database's IntegrityError for a pair that has a record, and
    for spells that overlap.
    """
    await outbox.register_many(
        session,
        [
            (membership, states.state(membership), outbox.Fact("joined", by=by, at=now, regions=regions))
            for membership, regions in drafts
        ],
    )
    await spell_rows.add(session, SPELLS, [(membership.id, membership.spells) for membership, _ in drafts])


async def leave(
    session: AsyncSession, id: UUID, day: date, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Membership, Person]:
    """Ends the membership; `day` is the first day no longer a member.

    Raises NotFound, PreconditionFailed, WrongState when it is over, StillInOffice naming the terms, InvalidPayload.
    """
    membership, institution, village, person = await _ready(session, id, DEPARTURE, by, precondition)
    bounds = limits.of(person, institution, local_date(now, village.time_zone))
    after = spells.left(membership.spells, day, reason, bounds)
    await tenure.refuse_leaving_office(session, institution, person, membership, after)
    await _put(session, membership, after)
    await _record(session, membership, "left", village, person, by=by, now=now, reason=reason)
    return membership, person


async def come_back(
    session: AsyncSession, id: UUID, day: date, *, by: Principal, precondition: IfMatch, now: datetime,
    reason: str | None,
) -> tuple[Membership, Person]:  # fmt: skip
    """Begins a new spell on `day`; the day of leaving takes the departure back.

    Raises NotFound, PreconditionFailed, WrongState when it is not over, InvalidPayload.
    """
    membership, institution, village, person = await _ready(session, id, READMISSION, by, precondition)
    bounds = limits.of(person, institution, local_date(now, village.time_zone))
    await _put(session, membership, spells.returned(membership.spells, day, bounds))
    await _record(session, membership, "rejoined", village, person, by=by, now=now, reason=reason)
    return membership, person


async def correct(
    session: AsyncSession, id: UUID, patch: MembershipPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Membership, Person]:
    """Replaces the spells by those that are right. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, WrongState for a voided one, StillInOffice, InvalidPayload naming the day.
    """
    membership, institution, village, person = await _ready(session, id, None, by, precondition)
    wanted = states.kept(patched(states.content(membership), patch).spells)
    if wanted == membership.spells:
        return membership, person
    spells.refuse_outside(wanted, limits.of(person, institution, local_date(now, village.time_zone)))
    await tenure.refuse_leaving_office(session, institution, person, membership, wanted)
    await _put(session, membership, wanted)
    await _record(session, membership, "corrected", village, person, by=by, now=now)
    return membership, person


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Membership, Person]:
    """Takes an entry error out of every count; its days are free for the right record.

    Raises NotFound, PreconditionFailed, WrongState, StillInOffice.
    """
    membership, institution, village, person = await _ready(session, id, VOIDING, by, precondition)
    await tenure.refuse_leaving_office(session, institution, person, membership, [])
    membership.voided = True
    await _record(session, membership, "voided", village, person, by=by, now=now, reason=reason)
    return membership, person


def possible_steps(membership: Membership) -> list[str]:
    """The steps that a membership's state allows."""
    if membership.voided:
        return []
    return [DEPARTURE if spells.lasts(membership.spells) else READMISSION, VOIDING]


async def _ready(
    session: AsyncSession, id: UUID, step: str | None, by: Principal, precondition: IfMatch
) -> tuple[Membership, Institution, Region, Person]:
    """The locked record at the version that was read, if its state allows the step; `step` null: a correction."""
    membership, institution, village, person = await queries.locked(session, id, by)
    precondition.check(membership.sequence)
    possible = possible_steps(membership)
    if step is None and membership.voided:
        raise voided()
    if step is not None and step not in possible:
        raise _wrong_state(step, membership, possible)
    return membership, institution, village, person


def _wrong_state(step: str, membership: Membership, possible: Sequence[str]) -> WrongState:
    if membership.voided:
        here = Text("catatan ini dibatalkan", "this record is voided")
    elif spells.lasts(membership.spells):
        here = Text("orang ini masih anggota", "the person is still a member")
    else:
        left_on = membership.spells[-1].until
        here = Text(f"orang ini keluar pada {left_on}", f"the person left on {left_on}")
    ways = ", ".join(f"«{other}»" for other in possible)
    return WrongState(
        Text(
            f"Langkah «{step}» tidak mungkin: {here.id}. Yang mungkin sekarang: {ways or 'tidak ada'}.",
            f"The step «{step}» is not possible: {here.en}. Possible now: {ways or 'none'}.",
        ),
        extra={"possible_steps": list(possible)},
    )


async def _taken(session: AsyncSession, membership: Membership, error: asyncpg.UniqueViolationError) -> Conflict:
    if error.constraint_name != PAIR:
        return IdTaken.of(membership.id)
    there = await session.scalar(
        select(queries.columns.id).where(
            queries.columns.person_id == membership.person_id,
            queries.columns.institution_id == membership.institution_id,
            not_(queries.columns.voided),
        )
    )
    return MembershipExists(
        Text(
            f"Catatannya {there}. Kembali menjadi anggota: POST /v1/memberships/{there}/readmission; membetulkan: PATCH.",
            f"Its record is {there}. To come back: POST /v1/memberships/{there}/readmission; to correct it: PATCH.",
        ),
        extra={"membership_id": str(there)},
    )


async def _put(session: AsyncSession, membership: Membership, days: Sequence[KeptSpell]) -> None:
    """Writes the spells anew into the table that refuses overlaps, and then into the record."""
    await spell_rows.replace(session, SPELLS, [(membership.id, days)])
    membership.spells = list(days)


async def _record(
    session: AsyncSession, membership: Membership, verb: str, village: Region, person: Person, *, by: Principal,
    now: datetime, reason: str | None = None,
) -> None:  # fmt: skip
    await records.record(
        session, membership, states.state(membership), verb, by=by, now=now, regions=_regions(village, person),
        reason=reason,
    )  # fmt: skip


def _regions(village: Region, person: Person) -> set[UUID]:
    """The regions that a membership concerns: the institution's seat, and where the person lives if that is known."""
    return {village.id} | ({person.village_id} if person.village_id else set())
