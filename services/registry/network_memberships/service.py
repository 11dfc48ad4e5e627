"""What happens to network memberships: joined, left, come back, corrected, voided. Each is one event."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, cast
from uuid import UUID

import asyncpg
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions import references
from services.registry.institutions.review import WrongState, voided
from services.registry.memberships import spell_rows, spells
from services.registry.memberships import states as memberships
from services.registry.memberships.limits import Limits
from services.registry.memberships.models import KeptSpell
from services.registry.memberships.schemas import MembershipPatch
from services.registry.network_memberships import days as days_of
from services.registry.network_memberships import queries, states
from services.registry.network_memberships.models import NetworkMembership, NetworkMembershipSpell
from services.registry.network_memberships.queries import HeldMembership
from services.registry.network_memberships.schemas import NetworkMembershipIn
from services.registry.networks import queries as networks
from services.registry.networks import service as network_service
from shared import database, outbox, records
from shared.auth import Principal
from shared.codes import Verification
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Fault, InvalidPayload
from shared.records import IdTaken

SPELLS = cast(Table, NetworkMembershipSpell.__table__)
Step = Literal["departure", "readmission", "voiding"]


class NetworkMembershipExists(Conflict):
    slug = "network-membership-exists"
    title = Text("Lembaga ini sudah punya catatan keanggotaan di jaringan itu", "The institution has a membership of that network")  # fmt: skip


def draft(
    network_id: UUID, institution_id: UUID, days: Sequence[KeptSpell], now: datetime, id: UUID | None = None
) -> NetworkMembership:
    """A membership that is not stored yet; `days` are its spells, oldest first and apart from each other. Pure."""
    return NetworkMembership(
        id=id or uuid7(), network_id=network_id, institution_id=institution_id, spells=list(days), voided=False,
        registered_at=now, changed_at=now,
    )  # fmt: skip


async def join(session: AsyncSession, body: NetworkMembershipIn, *, by: Principal, now: datetime) -> HeldMembership:
    """Makes an institution a member, and tells it.

    Raises InvalidPayload naming the field, NetworkMembershipExists naming the record, IdTaken, OwnRecordOnly,
    NetworkOutsideYourArea, NotChangeableNow for a voided network.
    """
    # The institution first, then the network: as a merger, which ends its memberships, locks them.
    institution, _ = await references.found(session, body.institution_id, by)
    network = await networks.named(session, body.network_id, by, now, "/network_id")
    network_service.refuse_voided(network.network)
    if institution.verification is Verification.DITOLAK:
        raise InvalidPayload(errors=[_rejected()])
    days = [KeptSpell(since=body.joined_on)]
    days_of.refuse([("joined_on", body.joined_on)], network, institution)
    held = HeldMembership(draft(network.network.id, institution.id, days, now, body.id), network, institution)
    fact = outbox.Fact("joined", by=by.subject, at=now, regions=held.regions)
    try:
        async with session.begin_nested():
            driver = await database.driver(session)
            await outbox.register(driver, held.membership, states.state(held.membership), fact)
    except asyncpg.UniqueViolationError as error:
        raise await _taken(session, held.membership, error) from error
    await spell_rows.add(session, SPELLS, [(held.membership.id, days)])
    network_service.made_by(network.network, by)
    return held


async def leave(
    session: AsyncSession, id: UUID, day: date, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> HeldMembership:
    """Ends the membership; `day` is the first day no longer a member.

    Raises NotFound, PreconditionFailed, WrongState when it is over, InvalidPayload, OwnRecordOnly,
    NetworkOutsideYourArea.
    """
    held = await _ready(session, id, "departure", by, precondition, now)
    days = spells.left(held.membership.spells, day, reason, Limits(held.network.today))
    return await _put(session, held, days, "left", by=by, now=now, reason=reason)


async def come_back(
    session: AsyncSession, id: UUID, day: date, *, by: Principal, precondition: IfMatch, now: datetime,
    reason: str | None,
) -> HeldMembership:  # fmt: skip
    """Begins a new spell on `day`; the day of leaving takes the departure back. Raises as `leave`."""
    held = await _ready(session, id, "readmission", by, precondition, now)
    days = spells.returned(held.membership.spells, day, Limits(held.network.today))
    days_of.refuse([("joined_on", day)], held.network, held.institution)
    return await _put(session, held, days, "rejoined", by=by, now=now, reason=reason)


async def correct(
    session: AsyncSession, id: UUID, patch: MembershipPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> HeldMembership:
    """Replaces the spells by those that are right. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, NotChangeableNow for a voided one, InvalidPayload naming the day, OwnRecordOnly,
    NetworkOutsideYourArea.
    """
    held = await _ready(session, id, None, by, precondition, now)
    current = held.membership.spells
    wanted = memberships.kept(patched(states.content(held.membership), patch).spells)
    if wanted == current:
        return held
    spells.refuse_outside(wanted, Limits(held.network.today))
    begun = [(f"spells/{place}/joined_on", spell.since) for place, spell in enumerate(wanted)]
    days_of.refuse(begun, held.network, held.institution)
    return await _put(session, held, wanted, "corrected", by=by, now=now)


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> HeldMembership:
    """Takes an entry error out of every count; its days are free for the right record. Raises as `leave`."""
    held = await _ready(session, id, "voiding", by, precondition, now)
    held.membership.voided = True
    return await record(session, held, "voided", by=by, now=now, reason=reason)


def possible_steps(membership: NetworkMembership) -> list[Step]:
    """The steps that a membership's state allows."""
    if membership.voided:
        return []
    return ["departure" if spells.lasts(membership.spells) else "readmission", "voiding"]


async def _ready(
    session: AsyncSession, id: UUID, step: Step | None, by: Principal, precondition: IfMatch, now: datetime
) -> HeldMembership:
    """The locked record at the version that was read, if its state allows the step; `step` null: a correction."""
    held = await queries.held(session, id, by, now)
    precondition.check(held.membership.sequence)
    refuse_voided(held)
    possible = possible_steps(held.membership)
    if step is not None and step not in possible:
        ways = ", ".join(f"«{other}»" for other in possible)
        raise WrongState(
            Text(
                f"Langkah «{step}» tidak mungkin. Yang mungkin sekarang: {ways or 'tidak ada'}.",
                f"The step «{step}» is not possible. Possible now: {ways or 'none'}.",
            ),
            extra={"possible_steps": list(possible)},
        )
    return held


async def _put(
    session: AsyncSession, held: HeldMembership, days: Sequence[KeptSpell], verb: str, *, by: Principal, now: datetime,
    reason: str | None = None,
) -> HeldMembership:  # fmt: skip
    """Writes the spells into the record, and anew into the table that refuses overlaps."""
    await spell_rows.replace(session, SPELLS, [(held.membership.id, days)])
    held.membership.spells = list(days)
    return await record(session, held, verb, by=by, now=now, reason=reason)


async def record(
    session: AsyncSession, held: HeldMembership, verb: str, *, by: Principal, now: datetime, reason: str | None = None
) -> HeldMembership:
    """Writes a locked membership's changes and the event that tells them. Raises EventTooLarge."""
    # A legalisation covers the members too: who wrote them does not legalise.
    network_service.made_by(held.network.network, by)
    state = states.state(held.membership)
    await records.record(session, held.membership, state, verb, by=by, now=now, regions=held.regions, reason=reason)
    return held


def refuse_voided(held: HeldMembership) -> None:
    """Raises NotChangeableNow when the membership, or its network, is an entry error."""
    network_service.refuse_voided(held.network.network)
    if held.membership.voided:
        raise voided()


async def _taken(session: AsyncSession, membership: NetworkMembership, error: asyncpg.UniqueViolationError) -> Conflict:
    there = await session.scalar(
        select(queries.columns.id).where(
            queries.columns.network_id == membership.network_id,
            queries.columns.institution_id == membership.institution_id,
            queries.columns.voided.is_(False),
        )
    )
    if there is None or error.constraint_name != "uq_network_membership_network_id_institution_id":
        return IdTaken.of(membership.id)
    return NetworkMembershipExists(
        Text(
            f"Catatannya {there}. Bergabung lagi: POST /v1/network-memberships/{there}/readmission; membetulkan: PATCH.",
            f"Its record is {there}. To come back: POST /v1/network-memberships/{there}/readmission; to correct: PATCH.",
        ),
        extra={"membership_id": str(there)},
    )


def _rejected() -> Fault:
    return Fault(
        "institution-rejected",
        Text("Pendaftaran lembaga ini ditolak.", "The registration of this institution was rejected."),
        Text("Pilih lembaga yang terdaftar.", "Choose one that is registered."),
        pointer="/institution_id",
    )
