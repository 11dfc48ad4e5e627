"""What happens to experiences: told, changed, endorsed, withdrawn.

Each function runs in the caller's transaction; a state change is one event.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from services.activities.exchange import answering, postings, scope
from services.activities.exchange.postings import Drafted, Held
from services.activities.experiences import naming
from services.activities.experiences.models import Endorsement, Experience
from services.activities.experiences.queries import TABLE
from services.activities.experiences.schemas import EndorsementIn, ExperienceIn
from services.activities.experiences.states import EXPERIENCE
from shared import audit
from shared.auth import Principal
from shared.codes import PostingState
from shared.language import Text
from shared.preconditions import IfMatch
from shared.problems import Conflict, NotFound
from shared.records import IdTaken

MOST = 500
"""Endorsements that may stand: an event carries all of them and has to fit (`semantics.md` §2.2)."""


class EndorsedAlready(Conflict):
    slug = "endorsed-already"
    title = Text("Lembaga ini sudah mendukungnya", "This organisation has endorsed it already")


class TooManyEndorsements(Conflict):
    slug = "too-many-endorsements"
    title = Text("Sudah terlalu banyak dukungan", "There are too many endorsements already")


class EndorsementWithdrawn(Conflict):
    slug = "endorsement-withdrawn"
    title = Text("Dukungan ini sudah ditarik", "The endorsement was withdrawn already")


async def tell(session: AsyncSession, body: ExperienceIn, principal: Principal, now: datetime) -> Drafted[Experience]:
    """Tells an experience. Raises InvalidPayload, ReferenceNotArrived, IdTaken."""
    faults = await naming.faults(session, body.poster.party, body.cultural_value_ids, body.activity_id)
    return await postings.post(session, EXPERIENCE, body, principal, now, faults)


async def change(
    session: AsyncSession, id: UUID, patch: Any, principal: Principal, now: datetime, if_match: IfMatch
) -> Held[Experience]:
    """Changes an experience. A patch that changes nothing is no event. Raises as `postings.change`."""

    async def more(current: Any, wanted: Any, held: Held[Any]) -> Any:
        values = [one for one in wanted.cultural_value_ids if one not in current.cultural_value_ids]
        activity = wanted.activity_id if wanted.activity_id != current.activity_id else None
        return await naming.faults(session, held.row.poster, values, activity)

    return await postings.change(session, EXPERIENCE, id, patch, principal, now, if_match, more)


async def endorse(
    session: AsyncSession, id: UUID, body: EndorsementIn, principal: Principal, now: datetime
) -> tuple[Held[Experience], Endorsement]:
    """Endorses an experience. Raises NotFound, PostingClosed, PostingVoided, InvalidPayload, EndorsedAlready, IdTaken."""
    held = await postings.locked(session, EXPERIENCE, id, principal, now)
    experience, party = held.row, body.by.party
    postings.refuse_over(experience)
    await answering.refuse_party(session, TABLE, experience, party, principal)
    if party in experience.endorsed_by:
        raise EndorsedAlready
    if len(experience.endorsed_by) >= MOST:
        raise TooManyEndorsements
    row = Endorsement(
        id=body.id or uuid7(), experience_id=id, by_kind=party.organisation, by_id=party.id, on_date=held.today,
        recorded_at=now, withdrawn_at=None,
    )  # fmt: skip
    try:
        async with session.begin_nested():
            await audit.note(session, row, "endorsed", by=principal.subject, at=now, regions=held.regions)
            session.add(row)
    except IntegrityError as error:
        raise IdTaken.of(row.id) from error
    await _endorsed_by(session, held, [*experience.endorsed_by, party], "endorsed", principal, now)
    return held, row


async def withdraw_endorsement(
    session: AsyncSession, id: UUID, endorsement_id: UUID, principal: Principal, now: datetime, if_match: IfMatch
) -> Held[Experience]:
    """Takes an endorsement back, also of what the caller no longer reads.

    Raises NotFound, PreconditionFailed, PostedByOthers, EndorsementWithdrawn.
    """
    given = Endorsement.__table__.c
    mine = select(given.experience_id).where(given.id == endorsement_id, scope.kept(given.by_id, principal))
    held = await postings.locked(session, EXPERIENCE, id, principal, now, seen=Experience.id.in_(mine))
    if_match.check(held.row.sequence)
    row = await session.scalar(
        select(Endorsement).where(Endorsement.id == endorsement_id, Endorsement.experience_id == id)
    )
    if row is None:
        raise NotFound
    if not await postings.acts_for(session, row.by, principal):
        raise postings.PostedByOthers
    if row.withdrawn_at is not None:
        raise EndorsementWithdrawn
    row.withdrawn_at = now
    await audit.note(session, row, "withdrawn", by=principal.subject, at=now, regions=held.regions)
    left = [one for one in held.row.endorsed_by if one != row.by]
    await _endorsed_by(session, held, left, "endorsement_withdrawn", principal, now)
    return held


async def withdraw(
    session: AsyncSession, held: Held[Experience], reason: str | None, principal: Principal, now: datetime
) -> None:
    """Tells it no longer: only those who act for its poster read it. Raises PostingVoided, PostingClosed."""
    postings.refuse_over(held.row)
    held.row.state = PostingState.DITUTUP
    await held.record(session, "withdrawn", principal, now, reason)


async def _endorsed_by(
    session: AsyncSession, held: Held[Experience], organisations: list[Any], verb: str, principal: Principal, now: datetime
) -> None:  # fmt: skip
    held.row.endorsed_by, held.row.endorsements = organisations, len(organisations)
    await held.record(session, verb, principal, now)
