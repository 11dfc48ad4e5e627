"""What happens to communities: registered, changed, voided as an entry error. Each is one event."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.registry.communities import queries, states
from services.registry.communities.models import Community
from services.registry.communities.schemas import CommunityContent, CommunityIn, CommunityPatch
from services.registry.people.villages import village_of
from services.registry.regions.service import Village
from shared import database, outbox, records
from shared.auth import Principal
from shared.fields import folded
from shared.language import Text
from shared.preconditions import IfMatch, patched
from shared.problems import Conflict

_PLAIN = ("kind", "name", "households", "people")


class CommunityVoided(Conflict):
    slug = "community-voided"
    title = Text("Komunitas ini dibatalkan sebagai salah input", "This community was voided as an entry error")


async def register(session: AsyncSession, body: CommunityIn, *, by: Principal, now: datetime) -> Community:
    """Registers a community. Raises InvalidPayload naming the field, IdTaken for an id that is in use."""
    village = await village_of(session, body.village, by)
    community = Community(
        id=body.id or uuid7(), **_columns(body, village), voided=False, registered_at=now, changed_at=now
    )
    fact = outbox.Fact("registered", by=by.subject, at=now, regions=(village.id,))
    try:
        await outbox.register(await database.driver(session), community, states.state(community), fact)
    except asyncpg.UniqueViolationError as error:
        raise records.IdTaken.of(community.id) from error
    return community


async def change(
    session: AsyncSession, id: UUID, patch: CommunityPatch, *, by: Principal, precondition: IfMatch, now: datetime
) -> Community:
    """Merges a patch into a record. A patch that changes nothing leaves everything as it is, and no event.

    Raises NotFound, PreconditionFailed, CommunityVoided, InvalidPayload naming the field.
    """
    community = await locked(session, id, by)
    precondition.check(community.sequence)
    refuse_voided(community)
    known = CommunityContent(**{name: getattr(community, name) for name in _PLAIN}, village=community.village_code)
    wanted = patched(known, patch)
    village = await village_of(session, wanted.village, by, known=community.village_id)
    values = {n: value for n, value in _columns(wanted, village).items() if getattr(community, n) != value}
    if values:
        before = {community.village_id}
        for name, value in values.items():
            setattr(community, name, value)
        await record(session, community, "changed", by=by, now=now, regions=before)
    return community


async def void(
    session: AsyncSession, id: UUID, *, by: Principal, precondition: IfMatch, now: datetime, reason: str
) -> Community:
    """Takes a community that should never have been out of everything. Raises NotFound, PreconditionFailed,
    CommunityVoided."""
    community = await locked(session, id, by)
    precondition.check(community.sequence)
    refuse_voided(community)
    community.voided = True
    await record(session, community, "voided", by=by, now=now, reason=reason)
    return community


async def locked(session: AsyncSession, id: UUID, by: Principal) -> Community:
    """A community, locked until the transaction ends. Raises NotFound."""
    return await records.locked(session, Community, id, queries.visible(by))


def refuse_voided(community: Community) -> None:
    """Raises CommunityVoided."""
    if community.voided:
        raise CommunityVoided


async def record(
    session: AsyncSession,
    community: Community,
    verb: str,
    *,
    by: Principal,
    now: datetime,
    regions: Collection[UUID] = (),
    reason: str | None = None,
) -> None:
    """Writes a locked community's changes and the event that tells them to the villages of before and after."""
    told = {*regions, community.village_id}
    state = states.state(community)
    await records.record(session, community, state, verb, by=by, now=now, regions=told, reason=reason)


def _columns(content: CommunityContent, village: Village) -> dict[str, Any]:
    return {
        **{name: getattr(content, name) for name in _PLAIN},
        "sort_name": folded(content.name),
        "village_id": village.id,
        "village_code": village.code,
    }
