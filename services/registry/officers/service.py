"""What happens to officers: appointed, corrected, left office, voided. Each is one event of the officer and one of the
institution, whose events tell the terms without the persons.

An institution's own state never depends on its officers: it stays what it is when the last of them goes.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions import recording, references
from services.registry.institutions.review import WrongState, voided
from services.registry.memberships import limits, spells
from services.registry.memberships import queries as memberships
from services.registry.models import Institution, Region
from services.registry.officers import queries, states, tenure
from services.registry.officers.models import Officer
from services.registry.officers.schemas import Content, OfficerIn, OfficerPatch
from services.registry.people import service as people
from services.registry.people.models import Person
from shared import database, outbox, records
from shared.auth import Principal
from shared.clock import local_date
from shared.days import too_early
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, InvalidPayload
from shared.records import IdTaken


class TermOverlaps(Conflict):
    slug = "term-overlaps"
    title = Text("Orang ini sudah memegang jabatan itu pada masa tersebut", "The person already holds that role in that time")  # fmt: skip


class AnotherKetua(Conflict):
    slug = "another-ketua-in-office"
    title = Text("Lembaga ini sudah punya ketua pada masa tersebut", "The institution has a ketua in that time")


def draft(person_id: UUID, institution_id: UUID, content: Content, now: datetime, id: UUID | None = None) -> Officer:
    """An officer who is not stored yet. Pure."""
    return Officer(
        id=id or uuid7(), person_id=person_id, institution_id=institution_id, **states.columns(content), voided=False,
        registered_at=now, changed_at=now,
    )  # fmt: skip


async def appoint(session: AsyncSession, body: OfficerIn, *, by: Principal, now: datetime) -> tuple[Officer, Person]:
    """Gives a person a role, and tells it; also gives the person.

    Raises InvalidPayload naming the field, TermOverlaps and AnotherKetua naming the term in the way, IdTaken.
    """
    institution, village = await references.found(session, body.institution_id, by, lock=True)
    person = await people.found(session, body.person_id, by, "/person_id")
    officer = draft(person.id, institution.id, body, now, body.id)
    await _refuse(session, officer, body, institution, person, local_date(now, village.time_zone))
    fact = outbox.Fact("appointed", by=by.subject, at=now, regions=_regions(village, person))
    try:
        await outbox.register(await database.driver(session), officer, states.state(officer), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(officer.id) from error
    await _tell(session, institution, by=by, now=now)
    return officer, person


async def correct(
    session: AsyncSession, id: UUID, patch: OfficerPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Officer, Person]:
    """Merges a patch into a term. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, NotChangeableNow for a voided one, and what `appoint` raises.
    """
    officer, institution, village, person = await queries.locked(session, id, by)
    precondition.check(officer.sequence)
    _refuse_voided(officer)
    wanted = patched(states.content(officer), patch)
    values = {name: value for name, value in states.columns(wanted).items() if getattr(officer, name) != value}
    if not values:
        return officer, person
    today = local_date(now, village.time_zone)
    moved = not values.keys().isdisjoint(("role", "since", "until"))
    await _refuse(session, officer, wanted, institution, person, today, moved=moved)
    await _change(session, officer, values, "corrected", institution, village, person, by=by, now=now)
    return officer, person


async def leave(
    session: AsyncSession, id: UUID, day: date, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Officer, Person]:
    """Ends a term before it is over; `day` is the first day no longer in office.

    Raises NotFound, PreconditionFailed, NotChangeableNow for a voided one, WrongState for a term that ended so before,
    InvalidPayload for a day that does not fit.
    """
    officer, institution, village, person = await queries.locked(session, id, by)
    precondition.check(officer.sequence)
    _refuse_voided(officer)
    if officer.ended_reason is not None:
        raise WrongState(
            Text(
                f"Masa jabatan ini sudah berakhir pada {officer.until}. Membetulkan: PATCH.",
                f"The term has ended on {officer.until}. To correct it: PATCH.",
            ),
            extra={"possible_steps": ["voiding"]},
        )
    if faults := _leaving_faults(officer, day, local_date(now, village.time_zone)):
        raise InvalidPayload(errors=faults)
    values = {"until": day, "ended_reason": reason}
    await _change(session, officer, values, "left_office", institution, village, person, by=by, now=now, reason=reason)
    return officer, person


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Officer, Person]:
    """Takes an entry error out of every count. Raises NotFound, PreconditionFailed, NotChangeableNow."""
    officer, institution, village, person = await queries.locked(session, id, by)
    precondition.check(officer.sequence)
    _refuse_voided(officer)
    await _change(
        session, officer, {"voided": True}, "voided", institution, village, person, by=by, now=now, reason=reason
    )
    return officer, person


async def _refuse(
    session: AsyncSession, officer: Officer, content: Content, institution: Institution, person: Person, today: date,
    *, moved: bool = True,
) -> None:  # fmt: skip
    """Raises what is wrong with a term: its days, a person who is no member, another term in the way.

    `moved`: whether its role or days are new; what was right when it was written is not asked again.
    """
    bounds = limits.of(person, institution, today)
    faults = [] if content.decree_on is None else bounds.future(content.decree_on, "decree_on")
    since, until = content.since, states.columns(content)["until"]
    if moved:
        faults += bounds.begins(since, "since", today + limits.AHEAD)
        if not faults and tenure.is_for_members(institution.type, content.role):
            held = await memberships.spells_of(session, institution.id, person)
            faults += [] if spells.cover(held, since, until) else [tenure.no_member(content.role, since, until)]
    if faults:
        raise InvalidPayload(errors=faults)
    if moved and (other := await queries.in_the_way(session, officer, content.role, since, until)):
        raise _in_the_way(other, officer)


def _in_the_way(other: Officer, officer: Officer) -> Conflict:
    kind = TermOverlaps if other.person_id == officer.person_id else AnotherKetua
    return kind(
        Text(
            f"Masa jabatan {other.id} berlaku sejak {other.since}. Mulai sesudahnya, atau akhiri dulu "
            f"(POST /v1/officers/{other.id}/departure).",
            f"The term {other.id} runs since {other.since}. Begin after it, or end it first "
            f"(POST /v1/officers/{other.id}/departure).",
        ),
        extra={
            "officer_id": str(other.id), "role": other.role, "since": other.since.isoformat(),
            "until": other.until and other.until.isoformat(),
        },
    )  # fmt: skip


def _leaving_faults(officer: Officer, day: date, today: date) -> list[Fault]:
    faults = limits.Limits(today).future(day, "left_on")
    if day <= officer.since:
        faults.append(too_early(officer.since + timedelta(days=1), "left_on"))
    if officer.until is not None and day >= officer.until:
        faults.append(
            Fault(
                "term-over",
                Text(f"Masa jabatan ini sudah berakhir pada {officer.until}.", f"The term ended on {officer.until} already."),
                Text("Isi hari sebelumnya, atau betulkan `valid_until` (PATCH).", "Give an earlier day, or correct `valid_until` (PATCH)."),
                pointer="/left_on",
            )
        )  # fmt: skip
    return faults


def _refuse_voided(officer: Officer) -> None:
    if officer.voided:
        raise voided()


async def _change(
    session: AsyncSession, officer: Officer, values: dict[str, Any], verb: str, institution: Institution,
    village: Region, person: Person, *, by: Principal, now: datetime, reason: str | None = None,
) -> None:  # fmt: skip
    for name, value in values.items():
        setattr(officer, name, value)
    await records.record(
        session, officer, states.state(officer), verb, by=by, now=now, regions=_regions(village, person), reason=reason
    )
    await _tell(session, institution, by=by, now=now)


async def _tell(session: AsyncSession, institution: Institution, *, by: Principal, now: datetime) -> None:
    """Rewrites what the institution's events tell of its terms, and records one. Nothing else of it changes."""
    institution.officers = await queries.terms(session, institution.id)
    await recording.record(session, institution, "officers_changed", by=by, now=now)


def _regions(village: Region, person: Person) -> set[UUID]:
    """The regions that a term concerns: the institution's seat, and where the person lives if that is known."""
    return {village.id} | ({person.village_id} if person.village_id else set())
