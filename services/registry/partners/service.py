"""What happens to partners: registered, changed, voided. Each is one event."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.institutions.review import voided
from services.registry.models import Region
from services.registry.partners import places, queries, states
from services.registry.partners.models import Partner, PartnerContact
from services.registry.partners.schemas import PartnerContent, PartnerIn, PartnerPatch
from services.registry.partnerships.models import Partnership
from services.registry.rights import OwnRecordOnly
from shared import database, outbox
from shared.auth import NATION, Principal
from shared.codes import PartnerKind
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict, Forbidden, InvalidPayload
from shared.records import IdTaken

POINTER = "/region"
VOIDED = Text("Data ini dibatalkan sebagai salah input. Daftarkan yang baru.", "It was voided as an entry error. Register a new one.")  # fmt: skip


class PartnerOfWiderArea(Forbidden):
    slug = "partner-of-wider-area"
    title = Text("Mitra ini dikelola wilayah yang lebih luas", "This partner is kept by a wider area")


class PartnerHasPartnerships(Conflict):
    slug = "partner-has-partnerships"
    title = Text("Mitra ini masih punya perjanjian", "The partner still has agreements")


async def register(session: AsyncSession, body: PartnerIn, *, by: Principal, now: datetime) -> tuple[Partner, Region]:
    """Registers a partner that belongs to a region in the caller's area; also that region.

    Raises InvalidPayload naming the field, IdTaken for an id that is in use, OwnRecordOnly for an institution's operator.
    """
    if by.own_record_only:
        raise OwnRecordOnly
    region = await _region(session, body.region, by)
    partner = draft(body, region, now)
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=told_to(region))
    try:
        await outbox.register(await database.driver(session), partner, states.state(partner), fact)
    except asyncpg.UniqueViolationError as error:
        raise IdTaken.of(partner.id) from error
    return partner, region


async def change(
    session: AsyncSession, id: UUID, patch: PartnerPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Partner, Region]:
    """Merges a patch into a partner of the caller's area; also its region. What changes nothing is no event.

    Raises NotFound, PartnerOfWiderArea, PreconditionFailed, NotChangeableNow, InvalidPayload naming the field.
    """
    partner, before = await _locked(session, id, by, precondition)
    wanted = patched(states.declared(partner), patch)
    region = before if wanted.region == before.code else await _region(session, wanted.region, by)
    values = {**_content(wanted), "region_id": region.id, "region_code": region.code}
    differing = {name: value for name, value in values.items() if getattr(partner, name) != value}
    if differing:
        for name, value in differing.items():
            setattr(partner, name, value)
        await _record(session, partner, "changed", (before, region), by=by, now=now)
    return partner, region


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> tuple[Partner, Region]:
    """Voids an entry error that no agreement names; also its region.

    Raises NotFound, PartnerOfWiderArea, PreconditionFailed, NotChangeableNow, PartnerHasPartnerships.
    """
    partner, region = await _locked(session, id, by, precondition)
    # Who registers an agreement holds a lock on the partner's row that excludes ours: none comes in between.
    standing = select(func.count()).where(Partnership.partner_id == id, Partnership.voided.is_(False))
    if count := await session.scalar(standing):
        raise PartnerHasPartnerships(
            Text(
                f"Ada {count} perjanjian. Perbaiki atau batalkan dulu: GET /v1/partnerships?partner={id}.",
                f"There are {count} agreements. Correct or void them first: GET /v1/partnerships?partner={id}.",
            )
        )
    partner.voided = True
    await _record(session, partner, "voided", (region,), by=by, now=now, reason=reason)
    return partner, region


def draft(body: PartnerIn, region: Region, now: datetime) -> Partner:
    """The row of a new partner. Pure."""
    return Partner(
        id=body.id or uuid7(),
        **_content(body),
        region_id=region.id,
        region_code=region.code,
        voided=False,
        registered_at=now,
        changed_at=now,
    )


def told_to(*regions: Region) -> set[UUID] | None:
    """The regions an event is told to: everybody, for a partner of the whole nation."""
    return None if any(region.code == NATION for region in regions) else {region.id for region in regions}


def _content(content: PartnerContent) -> dict[str, Any]:
    person = content.kind is PartnerKind.PERORANGAN
    said = content.contact.model_dump(exclude_none=True) if content.contact else {}
    words = "" if person else folded(content.name)
    return {
        "kind": content.kind,
        "name": None if person else content.name,
        "person_name": content.name if person else None,
        "contact": PartnerContact(**said) if said else None,
        "sort_name": words,
        "search_text": words,
    }


async def _region(session: AsyncSession, code: str, by: Principal) -> Region:
    region = (await places.known(session, [code])).get(code)
    if region is None:
        raise InvalidPayload(errors=[places.unknown(code, POINTER)])
    if not by.covers(code):
        raise InvalidPayload(errors=[places.outside(by, POINTER)])
    return region


async def _locked(session: AsyncSession, id: UUID, by: Principal, precondition: IfMatch) -> tuple[Partner, Region]:
    partner, region = await queries.locked(session, id, by)
    if by.own_record_only:
        raise OwnRecordOnly
    if not by.covers(partner.region_code):
        raise PartnerOfWiderArea(
            Text(
                f"Mitra ini milik wilayah {region.code} ({region.name}). Minta petugas wilayah itu mengubahnya.",
                f"This partner belongs to {region.code} ({region.name}). Ask an officer of that region to change it.",
            )
        )
    precondition.check(partner.sequence)
    if partner.voided:
        raise voided()
    return partner, region


async def _record(
    session: AsyncSession,
    partner: Partner,
    verb: str,
    regions: tuple[Region, ...],
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
) -> None:
    partner.changed_at = now
    fact = outbox.Fact(verb, by=by.subject, at=now, regions=told_to(*regions), reason=reason)
    await outbox.record(session, partner, states.state(partner), fact)
