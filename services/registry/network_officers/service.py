"""What happens to the management of networks: terms begin, are corrected, and are voided.

A term is a record of its own; each change of one is told as `management_changed` of its network, whose events carry the
terms without the persons.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions.review import voided
from services.registry.memberships.limits import AHEAD, Limits
from services.registry.network_officers import queries, states
from services.registry.network_officers.models import NetworkOfficer
from services.registry.network_officers.queries import HeldTerm
from services.registry.network_officers.schemas import NetworkOfficerIn, NetworkOfficerPatch
from services.registry.networks import lifecycle
from services.registry.networks import queries as networks
from services.registry.networks import service as network_service
from services.registry.networks.queries import Held
from services.registry.people import service as people
from services.registry.people.models import Person
from services.registry.terms import TermContent
from shared import audit
from shared.auth import Principal
from shared.days import in_the_future, too_early
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, InvalidPayload
from shared.records import IdTaken


class NetworkTermOverlaps(Conflict):
    slug = "term-overlaps"
    title = Text("Orang ini sudah memegang jabatan itu pada masa tersebut", "The person already holds that role in that time")  # fmt: skip


class AnotherNetworkKetua(Conflict):
    slug = "another-network-ketua-in-office"
    title = Text("Jaringan ini sudah punya ketua pada masa tersebut", "The network has a ketua in that time")


def draft(network_id: UUID, body: NetworkOfficerIn, now: datetime) -> NetworkOfficer:
    """A term that is not stored yet. Pure."""
    return NetworkOfficer(
        id=body.id or uuid7(), sequence=1, network_id=network_id, person_id=body.person_id, **states.columns(body),
        voided=False, registered_at=now, changed_at=now,
    )  # fmt: skip


async def appoint(session: AsyncSession, body: NetworkOfficerIn, *, by: Principal, now: datetime) -> HeldTerm:
    """Gives a person a role of a network.

    Raises InvalidPayload naming the field, NetworkTermOverlaps and AnotherNetworkKetua naming the term in the way,
    IdTaken, OwnRecordOnly, NetworkOutsideYourArea, NotChangeableNow for a voided network.
    """
    network = await networks.named(session, body.network_id, by, now, "/network_id")
    network_service.refuse_voided(network.network)
    person = await people.found(session, body.person_id, by, "/person_id")
    officer = draft(network.network.id, body, now)
    await _refuse(session, officer, body, network, person)
    held = HeldTerm(officer, network, person.name)
    try:
        async with session.begin_nested():
            await audit.note(session, officer, "appointed", by=by.subject, at=now, regions=network.regions)
            session.add(officer)
    except IntegrityError as error:
        raise IdTaken.of(officer.id) from error
    await _tell(session, held, by=by, now=now)
    return held


async def correct(
    session: AsyncSession, id: UUID, patch: NetworkOfficerPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> HeldTerm:
    """Merges a patch into a term: also its end, when somebody leaves office. A patch that changes nothing leaves
    everything as it is, and no event. Raises NotFound, PreconditionFailed, and what `appoint` raises."""
    held = await _ready(session, id, by, precondition, now)
    officer = held.officer
    wanted = patched(states.content(officer), patch)
    values = {name: value for name, value in states.columns(wanted).items() if getattr(officer, name) != value}
    if not values:
        return held
    await _refuse(session, officer, wanted, held.network, await session.get_one(Person, officer.person_id))
    return await _change(session, held, values, "corrected", by=by, now=now)


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> HeldTerm:
    """Takes an entry error out of every count. Raises NotFound, PreconditionFailed, NotChangeableNow, OwnRecordOnly,
    NetworkOutsideYourArea."""
    held = await _ready(session, id, by, precondition, now)
    return await _change(session, held, {"voided": True}, "voided", by=by, now=now, reason=reason)


async def _ready(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch, now: datetime) -> HeldTerm:
    held = await queries.held(session, id, by, now)
    precondition.check(held.officer.sequence)
    network_service.refuse_voided(held.network.network)
    if held.officer.voided:
        raise voided()
    return held


async def _refuse(
    session: AsyncSession, officer: NetworkOfficer, content: TermContent, held: Held, person: Person
) -> None:
    """Raises what is wrong with a term: its days, or another term in the way."""
    network = held.network
    faults: list[Fault] = Limits(held.today, person.birth_date, person.birth_year).begins(
        content.since, "since", held.today + AHEAD
    )
    if content.since < network.initiated_on:
        faults.append(too_early(network.initiated_on, "since"))
    if network.ended_on is not None and content.since >= network.ended_on:
        faults.append(lifecycle.network_ended(network.ended_on, "since"))
    if content.decree_on is not None and content.decree_on > held.today:
        faults.append(in_the_future(held.today, "decree_on"))
    if faults:
        raise InvalidPayload(errors=faults)
    if other := await queries.in_the_way(session, officer, states.columns(content)):
        raise _in_the_way(other, officer)


async def _change(
    session: AsyncSession, held: HeldTerm, values: dict[str, Any], verb: str, *, by: Principal, now: datetime,
    reason: str | None = None,
) -> HeldTerm:  # fmt: skip
    officer = held.officer
    for name, value in values.items():
        setattr(officer, name, value)
    officer.sequence = officer.sequence + 1
    officer.changed_at = now
    await audit.note(session, officer, verb, by=by.subject, at=now, regions=held.network.regions, reason=reason)
    await session.flush()
    await _tell(session, held, by=by, now=now, reason=reason)
    return held


async def _tell(
    session: AsyncSession, held: HeldTerm, *, by: Principal, now: datetime, reason: str | None = None
) -> None:
    """Rewrites what the network's events tell of its terms, and records one."""
    network = held.network.network
    network.management = await queries.terms(session, network.id)
    network_service.made_by(network, by)  # also when it is legalised: the next renewal covers who is in office then
    await network_service.record(session, network, "management_changed", by=by, now=now, reason=reason)


def _in_the_way(other: NetworkOfficer, officer: NetworkOfficer) -> Conflict:
    kind = NetworkTermOverlaps if other.person_id == officer.person_id else AnotherNetworkKetua
    return kind(
        Text(
            f"Masa jabatan {other.id} berlaku sejak {other.since}. Mulai sesudahnya, atau akhiri dulu "
            f"(PATCH /v1/network-officers/{other.id}, `valid_until`).",
            f"The term {other.id} runs since {other.since}. Begin after it, or end it first "
            f"(PATCH /v1/network-officers/{other.id}, `valid_until`).",
        ),
        extra={
            "officer_id": str(other.id), "role": str(other.role), "since": other.since.isoformat(),
            "until": other.until and other.until.isoformat(),
        },
    )  # fmt: skip
