"""What happens to families: registered, changed, voided as an entry error, card shown unmasked. Each change is one event."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.families import members, queries, states
from services.registry.families.models import Family
from services.registry.families.schemas import FamilyContent, FamilyIn, FamilyMemberIn, FamilyPatch
from services.registry.people.content import opened
from services.registry.people.keys import Keyring
from services.registry.people.service import hold
from services.registry.people.villages import village_of
from shared import audit, database, outbox, records, walls
from shared.auth import Principal
from shared.clock import local_date
from shared.language import Text
from shared.preconditions import IfMatch, merge
from shared.problems import Conflict, InvalidPayload
from shared.validation import faults_of


class FamilyAlreadyRegistered(Conflict):
    slug = "family-already-registered"
    title = Text("Keluarga dengan nomor KK ini sudah terdaftar", "A family with this card is registered already")


class FamilyVoided(Conflict):
    slug = "family-voided"
    title = Text("Keluarga ini dibatalkan sebagai salah input", "This family was voided as an entry error")


async def register(session: AsyncSession, body: FamilyIn, *, by: Principal, keyring: Keyring, now: datetime) -> Family:
    """Registers a family. Raises InvalidPayload naming the field, IdTaken, FamilyAlreadyRegistered, InAnotherFamily."""
    village = await village_of(session, body.village, by)
    placed = await members.checked(session, body.members, by, local_date(now, village.time_zone))
    id = body.id or uuid7()
    family = Family(
        id=id, village_id=village.id, village_code=village.code, **await _carded(session, id, body.card, by, keyring),
        members=placed, voided=False, registered_at=now, changed_at=now,
    )  # fmt: skip
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=(village.id,))
    try:
        await outbox.register(await database.driver(session), family, states.state(family), fact)
    except asyncpg.UniqueViolationError as error:
        raise records.IdTaken.of(family.id) from error
    await members.place(session, family, by)
    return family


async def change(
    session: AsyncSession,
    id: UUID,
    patch: FamilyPatch,
    *,
    by: Principal,
    keyring: Keyring,
    precondition: IfMatch,
    now: datetime,
) -> Family:
    """Merges a patch into a record. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, FamilyVoided, InvalidPayload naming the field, FamilyAlreadyRegistered,
    InAnotherFamily.
    """
    family = await _changeable(session, id, by, precondition)
    wanted = _merged(family, patch, keyring)
    village = await village_of(session, wanted.village, by, known=family.village_id)
    today = local_date(now, village.time_zone)
    values: dict[str, Any] = {
        "village_id": village.id,
        "village_code": village.code,
        "members": await members.checked(session, wanted.members, by, today, known=family.members),
    }
    values = {name: value for name, value in values.items() if getattr(family, name) != value}
    if opened(family, "card", keyring) != wanted.card:
        values |= await _carded(session, id, wanted.card, by, keyring)
    if values:
        before = {family.village_id}
        for name, value in values.items():
            setattr(family, name, value)
        await _record(session, family, "changed", by=by, now=now, regions=before)
        await members.place(session, family, by)
    return family


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Family:
    """Takes a family that should never have been out of everything; its people are free for another. Raises NotFound,
    PreconditionFailed, FamilyVoided."""
    family = await _changeable(session, id, by, precondition)
    family.voided = True
    await _record(session, family, "voided", by=by, now=now, regions=(), reason=reason)
    await members.place(session, family, by)
    return family


async def disclose(session: AsyncSession, id: UUID, *, by: Principal, now: datetime, reason: str) -> Family:
    """A family whose card's number is to be shown unmasked; it stands in the audit trail. Raises NotFound."""
    family = await records.read(session, Family, id, queries.visible(by))
    shown = ["card"] if family.card is not None else []
    await audit.seen(session, family, shown, by=by.subject, at=now, regions=(family.village_id,), reason=reason)
    return family


async def forget_cards(session: AsyncSession, person: UUID, *, by: Principal, now: datetime, reason: str) -> None:
    """Takes the card's number from each family of an erased person of which nobody is left who was not erased."""
    async with walls.lifted(session):  # wherever it lives, and whoever else is in it
        for family in await session.scalars(queries.of_erased(person).with_for_update(of=Family)):
            family.card = family.card_index = None
            await _record(session, family, "changed", by=by, now=now, regions=(), reason=reason)


async def _changeable(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch) -> Family:
    family = await records.locked(session, Family, id, queries.visible(by))
    precondition.check(family.sequence)
    if family.voided:
        raise FamilyVoided
    return family


def _merged(family: Family, patch: FamilyPatch, keyring: Keyring) -> FamilyContent:
    known = FamilyContent(
        village=family.village_code,
        card=opened(family, "card", keyring),
        members=[FamilyMemberIn(**member.model_dump()) for member in family.members],
    )
    change = patch.model_dump(mode="json", exclude_unset=True)
    try:
        return FamilyContent.model_validate(merge(known.model_dump(mode="json", exclude_none=True), change))
    except ValidationError as error:
        raise InvalidPayload(errors=faults_of(error)) from error


async def _carded(
    session: AsyncSession, id: UUID, card: str | None, by: Principal, keyring: Keyring
) -> dict[str, str | None]:
    """The columns of a card's number. Raises FamilyAlreadyRegistered when the caller can see a family with it."""
    if card is None:
        return {"card": None, "card_index": None}
    indexes = keyring.indexes("card", card)
    await hold(session, indexes)
    same = await queries.with_card(session, indexes, by, but=id)
    if same is not None:
        raise FamilyAlreadyRegistered(
            Text(f"Pakai data itu: GET /v1/families/{same}.", f"Use that record: GET /v1/families/{same}."),
            extra={"family_id": str(same)},
        )
    return {"card": keyring.seal(id, "card", card), "card_index": indexes[0]}


async def _record(
    session: AsyncSession,
    family: Family,
    verb: str,
    *,
    by: Principal,
    now: datetime,
    regions: Collection[UUID],
    reason: str | None = None,
) -> None:
    told = {*regions, family.village_id}
    await records.record(session, family, states.state(family), verb, by=by, now=now, regions=told, reason=reason)
