"""Merging an institution into another: at once by a verifier who wrote none of either, by others as a change request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests import proposals
from services.registry.change_requests.models import ChangeRequest
from services.registry.institutions import absorption, references, service
from services.registry.institutions.review import Step
from services.registry.institutions.schemas import Merger
from services.registry.models import Institution, Region
from shared.auth import Principal, Right
from shared.clock import local_date
from shared.preconditions import IfMatch

SUCCESSOR = "/successor_id"


async def merge(
    session: AsyncSession, id: UUID, body: Merger, *, by: Principal, precondition: IfMatch, now: datetime
) -> tuple[Institution, Region, ChangeRequest | None]:
    """Merges a verified institution into another one; also gives its village, and the request if it waits as one.

    Raises NotFound, PreconditionFailed, WrongState naming the steps that are possible, ChangeRequestOpen,
    BegunAfterMerger, InvalidPayload: `institution-unknown` also for a successor outside the caller's area.
    """
    await absorption.lock(session, {id, body.successor_id})
    institution, village = await service.ready(session, id, Step.MERGER, by, precondition)
    successor, _ = await references.found(session, body.successor_id, by, SUCCESSOR, lock=True)
    changes = absorption.values(institution, successor, body.on, local_date(now, village.time_zone))
    if not by.may(Right.VERIFY) or by.subject in {*institution.makers, *successor.makers}:
        request = await proposals.propose_step(
            session, institution, Step.MERGER, body.on, changes, by=by, now=now, reason=body.reason
        )
        return institution, village, request
    await absorption.absorb(session, institution, village, successor, changes, by=by, now=now, reason=body.reason)
    return institution, village, None
