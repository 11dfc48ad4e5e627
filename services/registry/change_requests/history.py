"""The way of a change request so far: the steps that were taken, who made it, and which steps are possible now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.change_requests.models import ChangeRequest, StepTaken
from services.registry.institutions import review
from services.registry.institutions.review import Step
from services.registry.models import Region
from shared import audit
from shared.auth import Principal
from shared.codes import Verification

PROPOSAL = "proposal"
"""The first step in a change request's history, and each later patch of it."""
MAKING = frozenset({PROPOSAL, Step.SUBMISSION.value})
CLOSED = frozenset({Verification.TERVERIFIKASI, Verification.DITOLAK})


async def add(
    session: AsyncSession, request: ChangeRequest, step: str, *, by: Principal, now: datetime, reason: str | None = None
) -> None:
    """Writes what was changed of a request as its next version, and the step that changed it."""
    request.steps = [*request.steps, StepTaken(step=step, at=now, by=by.subject, reason=reason)]
    request.sequence = request.sequence + 1
    request.changed_at = now
    action = "changed" if step == PROPOSAL else review.FACTS[Step(step)]
    await note(session, request, action, by=by, now=now, reason=reason)
    await session.flush()


async def note(
    session: AsyncSession, request: ChangeRequest, action: str, *, by: Principal, now: datetime, reason: str | None
) -> None:
    """Writes the audit entry about a request's pending change, for the areas of both seats."""
    seats = Region.code.in_([request.village_code, request.target_village_code])
    with session.no_autoflush:  # which would end what is pending
        regions = (await session.scalars(select(Region.id).where(seats))).all()
    await audit.note(session, request, action, by=by.subject, at=now, regions=regions, reason=reason)


def makers(request: ChangeRequest) -> set[str]:
    """Token subjects of all who proposed any of it or submitted it: they may not decide about it."""
    return {step.by for step in request.steps if step.step in MAKING}


def why(request: ChangeRequest) -> str | None:
    """The last reason that its makers gave."""
    return next((step.reason for step in reversed(request.steps) if step.step in MAKING and step.reason), None)


def possible_steps(request: ChangeRequest) -> list[Step]:
    """The steps that its state allows: none once it is withdrawn, verified or rejected."""
    if request.voided or request.verification in CLOSED:
        return []
    return [*review.possible(request.verification), Step.VOIDING]


def state(request: ChangeRequest) -> dict[str, str]:
    """Its state as problems name it."""
    return {"verification": request.verification, **({"voided": "true"} if request.voided else {})}
