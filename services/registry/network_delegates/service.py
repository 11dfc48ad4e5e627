"""What happens to delegates: named, corrected, voided. Each is told as `delegates_changed` of the membership, without
the person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions.review import voided
from services.registry.memberships import spells
from services.registry.memberships.limits import Limits
from services.registry.network_delegates import queries, states
from services.registry.network_delegates.models import NetworkDelegate
from services.registry.network_delegates.queries import HeldDelegate
from services.registry.network_delegates.schemas import Content, NetworkDelegateIn, NetworkDelegatePatch
from services.registry.network_memberships import queries as memberships
from services.registry.network_memberships import service as membership_service
from services.registry.network_memberships.queries import HeldMembership
from services.registry.people import service as people
from services.registry.people.models import Person
from shared import audit
from shared.auth import Principal
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, InvalidPayload, NotFound
from shared.records import IdTaken


class AlreadyDelegate(Conflict):
    slug = "already-delegate"
    title = Text("Orang ini sudah menjadi utusan pada masa tersebut", "The person is a delegate in that time already")


def draft(body: NetworkDelegateIn, now: datetime) -> NetworkDelegate:
    """A delegate who is not stored yet. Pure."""
    return NetworkDelegate(
        id=body.id or uuid7(), sequence=1, membership_id=body.membership_id, person_id=body.person_id,
        **states.columns(body), voided=False, registered_at=now, changed_at=now,
    )  # fmt: skip


async def name(session: AsyncSession, body: NetworkDelegateIn, *, by: Principal, now: datetime) -> HeldDelegate:
    """Lets a person speak for a member institution.

    Raises InvalidPayload naming the field, AlreadyDelegate naming the days in the way, IdTaken, OwnRecordOnly,
    NetworkOutsideYourArea, NotChangeableNow for what is voided.
    """
    try:
        of = await memberships.held(session, body.membership_id, by, now)
    except NotFound as missing:
        raise InvalidPayload(errors=[_no_membership(body.membership_id)]) from missing
    membership_service.refuse_voided(of)
    person = await people.found(session, body.person_id, by, "/person_id")
    delegate = draft(body, now)
    await _refuse(session, delegate, body, of, person)
    held = HeldDelegate(delegate, of, person.name)
    try:
        async with session.begin_nested():
            await audit.note(session, delegate, "named", by=by.subject, at=now, regions=of.regions)
            session.add(delegate)
    except IntegrityError as error:
        raise IdTaken.of(delegate.id) from error
    await membership_service.record(session, of, "delegates_changed", by=by, now=now)
    return held


async def correct(
    session: AsyncSession, id: UUID, patch: NetworkDelegatePatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> HeldDelegate:
    """Merges a patch into a delegate's days: also their end. A patch that changes nothing leaves everything as it is,
    and no event. Raises NotFound, PreconditionFailed, and what `name` raises."""
    held = await _ready(session, id, by, precondition, now)
    delegate = held.delegate
    wanted = patched(states.content(delegate), patch)
    values = {key: value for key, value in states.columns(wanted).items() if getattr(delegate, key) != value}
    if not values:
        return held
    await _refuse(session, delegate, wanted, held.of, await session.get_one(Person, delegate.person_id))
    return await _change(session, held, values, "corrected", by=by, now=now)


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> HeldDelegate:
    """Takes an entry error out. Raises NotFound, PreconditionFailed, NotChangeableNow, OwnRecordOnly,
    NetworkOutsideYourArea."""
    held = await _ready(session, id, by, precondition, now)
    return await _change(session, held, {"voided": True}, "voided", by=by, now=now, reason=reason)


async def _ready(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch, now: datetime) -> HeldDelegate:
    held = await queries.held(session, id, by, now)
    precondition.check(held.delegate.sequence)
    membership_service.refuse_voided(held.of)
    if held.delegate.voided:
        raise voided()
    return held


async def _refuse(
    session: AsyncSession, delegate: NetworkDelegate, content: Content, of: HeldMembership, person: Person
) -> None:
    """Raises what is wrong with a delegate: the days, a person who does not belong, the same delegate in the way."""
    since, until = content.since, states.columns(content)["until"]
    faults = Limits(of.network.today, person.birth_date, person.birth_year).begins(since, "since")
    if not spells.cover(of.membership.spells, since, until):
        faults.append(_not_while_member())
    if not faults and not await queries.belongs(session, of.institution.id, person, since):
        faults.append(_does_not_belong(since))
    if faults:
        raise InvalidPayload(errors=faults)
    if other := await queries.in_the_way(session, delegate, since, until):
        raise AlreadyDelegate(
            Text(f"Lihat {other.id}, sejak {other.since}: akhiri dulu (PATCH /v1/network-delegates/{other.id}).",
                 f"See {other.id}, since {other.since}: end it first (PATCH /v1/network-delegates/{other.id})."),
            extra={"delegate_id": str(other.id)},
        )  # fmt: skip


async def _change(
    session: AsyncSession, held: HeldDelegate, values: dict[str, Any], verb: str, *, by: Principal, now: datetime,
    reason: str | None = None,
) -> HeldDelegate:  # fmt: skip
    delegate = held.delegate
    for key, value in values.items():
        setattr(delegate, key, value)
    delegate.sequence = delegate.sequence + 1
    delegate.changed_at = now
    await audit.note(session, delegate, verb, by=by.subject, at=now, regions=held.of.regions, reason=reason)
    await session.flush()
    await membership_service.record(session, held.of, "delegates_changed", by=by, now=now, reason=reason)
    return held


def _no_membership(id: UUID) -> Fault:
    return Fault(
        "membership-unknown",
        Text(f"Tidak ada keanggotaan jaringan {id} di wilayah Anda.", f"There is no network membership {id} in your area."),
        Text("Cari: GET /v1/network-memberships?network=…", "Look for it: GET /v1/network-memberships?network=…"),
        pointer="/membership_id",
    )  # fmt: skip


def _not_while_member() -> Fault:
    return Fault(
        "not-while-member",
        Text("Lembaganya bukan anggota jaringan sepanjang masa itu.", "The institution is no member of the network for all of these days."),
        Text("Isi hari dalam masa keanggotaan lembaganya.", "Give days within the institution's membership."),
        pointer="/since",
    )  # fmt: skip


def _does_not_belong(day: date) -> Fault:
    return Fault(
        "delegate-does-not-belong",
        Text(f"Pada {day} orang ini bukan anggota atau pengurus lembaga itu.", f"On {day} the person is neither member nor officer of that institution."),
        Text("Catat dulu (POST /v1/memberships atau /v1/officers), atau perbaiki `since`.", "Record it first (POST /v1/memberships or /v1/officers), or correct `since`."),
        pointer="/person_id",
    )  # fmt: skip
