"""What happens to contributions: received, corrected, refunded in part or whole, voided.

Each function runs in the caller's transaction. The activity's row is locked before the contribution's; the sums that it
repeats are told with it, by one event of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known import partners
from services.activities.known.models import KnownRegion
from services.activities.resources import drafting, naming, queries, telling
from services.activities.resources.events import resource_state
from services.activities.resources.models import Resource
from services.activities.resources.schemas import RefundIn, ResourceCorrection, ResourceIn, contribution_of
from shared import database, outbox, preconditions, records
from shared.auth import Principal
from shared.clock import local_date
from shared.days import in_the_future, too_early
from shared.events.envelope import State
from shared.events.resources import Refund
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, InvalidPayload
from shared.records import IdTaken

MOST_REFUNDS = 200
"""As many as its event may carry."""


class RefundTooLarge(Conflict):
    slug = "refund-too-large"
    title = Text("Pengembalian melebihi sumbangannya", "More would go back than was contributed")


class RefundedTooOften(Conflict):
    slug = "refunded-too-often"
    title = Text("Sumbangan ini sudah terlalu sering dikembalikan", "The contribution was refunded too often")


class ResourceVoided(Conflict):
    slug = "resource-voided"
    title = Text("Sumbangan ini sudah dibatalkan", "The contribution is voided already")


@dataclass(frozen=True, slots=True)
class Made:
    """A contribution that is not stored yet, the receiver's name, and the activity it is made to, which is locked."""

    resource: Resource
    receiver_name: str | None
    activity: telling.Held | None

    def registration(self, by: Principal, now: datetime) -> tuple[Resource, State, outbox.Fact]:
        """What `outbox.register` and `register_many` store."""
        fact = outbox.Fact("contributed", by=by.subject, at=now, regions={self.resource.village_id})
        return self.resource, resource_state(self.resource), fact


def contributed(body: ResourceIn, referred: naming.Referred, *, by: Principal, now: datetime) -> Made:
    """A contribution to an activity or an organisation. Pure.

    Raises InvalidPayload naming the element, LeadOutsideYourArea, ActivityNotOpen, ReferenceNotArrived.
    """
    receiver = referred.receiver(body)
    known = referred.known(receiver, body.partner_id, by)
    activity = referred.activity(body.activity_id) if body.activity_id else None
    resource = drafting.drafted(body, receiver, known, by, now)
    if isinstance(resource, list):
        raise InvalidPayload(errors=resource)
    return Made(resource, known.receiver_name, activity)


async def contribute(session: AsyncSession, body: ResourceIn, *, by: Principal, now: datetime) -> Made:
    """Records a contribution. Raises as `contributed`, and IdTaken."""
    made = contributed(body, await naming.find(session, [body], by), by=by, now=now)
    resource, state, fact = made.registration(by, now)
    try:
        await outbox.register(await database.driver(session), resource, state, fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(resource.id) from error
    if made.activity:
        await telling.tell(session, [made.activity], by=by, now=now)
    return made


async def store_each(session: AsyncSession, made: Sequence[Made], *, by: Principal, now: datetime) -> None:
    """Stores contributions, no two to one activity.

    Raises EventTooLarge, and the database's IntegrityError for an id that is taken.
    """
    await outbox.register_many(session, [one.registration(by, now) for one in made])
    await telling.tell(session, [one.activity for one in made if one.activity], by=by, now=now)


@dataclass(slots=True)
class Held:
    """A contribution that this transaction holds, its activity before it, and the local date where it lies."""

    resource: Resource
    activity: telling.Held | None
    today: date


async def held(session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime) -> Held:
    """The contribution, to be changed. Raises NotFound, PreconditionFailed, ResourceVoided."""
    belongs_to = await queries.activity_of(session, id, by)
    activity = await telling.held(session, belongs_to) if belongs_to else None
    resource = await records.locked(session, Resource, id, queries.visible(by))
    precondition.check(resource.sequence)
    if resource.voided:
        raise ResourceVoided
    zone = await session.scalar(select(KnownRegion.time_zone).where(KnownRegion.id == resource.village_id))
    return Held(resource, activity, local_date(now, str(zone)))


async def correct(session: AsyncSession, held: Held, body: ResourceCorrection, *, by: Principal, now: datetime) -> None:
    """Corrects what was contributed. A patch that changes nothing is no event.

    Raises InvalidPayload naming the element, RefundTooLarge when less would be left than went back.
    """
    resource = held.resource
    current = contribution_of(resource)
    wanted = preconditions.patched(current, body.change())
    if wanted == current:
        return
    found = await partners.find(session, [wanted.partner_id]) if wanted.partner_id else {}
    partner = found.get(wanted.partner_id) if wanted.partner_id else None
    faults = drafting.contribution_faults(wanted, current, partner, held.today)
    if resource.refunds and wanted.received_on > (first := min(refund.on for refund in resource.refunds)):
        faults.append(naming.after_refund(first))
    if faults:
        raise InvalidPayload(errors=faults)
    if resource.refunded > (wanted.worth or 0):
        raise _too_large(resource.refunded, wanted.worth or 0)
    for name, value in drafting.said(wanted).items():
        setattr(resource, name, value)
    await _record(session, held, "corrected", by=by, now=now, reason=body.reason)


async def refund(session: AsyncSession, held: Held, body: RefundIn, *, by: Principal, now: datetime) -> None:
    """Something of it went back: a negative correction of the same contribution.

    Raises InvalidPayload for a day before it was received or to come, RefundTooLarge naming what is left, RefundedTooOften.
    """
    resource = held.resource
    if body.on > held.today:
        raise InvalidPayload(errors=[in_the_future(held.today, "on")])
    if body.on < resource.received_on:
        raise InvalidPayload(errors=[too_early(resource.received_on, "on")])
    if body.value > (left := (resource.value or 0) - resource.refunded):
        raise _too_large(body.value, left)
    if len(resource.refunds) >= MOST_REFUNDS:
        raise RefundedTooOften
    resource.refunds = [*resource.refunds, Refund(on=body.on, value=body.value)]
    resource.refunded += body.value
    await _record(session, held, "refunded", by=by, now=now, reason=body.reason)


async def void(session: AsyncSession, held: Held, *, by: Principal, now: datetime, reason: str) -> None:
    """Marks it as an entry error: it counts nowhere."""
    held.resource.voided = True
    await _record(session, held, "voided", by=by, now=now, reason=reason)


async def _record(session: AsyncSession, held: Held, verb: str, *, by: Principal, now: datetime, reason: str) -> None:
    resource = held.resource
    await records.record(
        session, resource, resource_state(resource), verb, by=by, now=now, regions={resource.village_id}, reason=reason
    )
    if held.activity is not None:
        await telling.tell(session, [held.activity], by=by, now=now)


def _too_large(wanted: int, left: int) -> RefundTooLarge:
    return RefundTooLarge(
        Text(
            f"Dikembalikan Rp{wanted}, padahal paling banyak Rp{left}. Hanya nilai yang tercatat dapat dikembalikan.",
            f"Rp{wanted} would have gone back; Rp{left} at most. Only a value that was stated can go back.",
        ),
        extra={"available": left},
    )
