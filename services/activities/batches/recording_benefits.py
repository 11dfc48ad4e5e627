"""Benefits recorded in one go, as a distribution hands them out: neighbours in a batch are looked up and stored together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.batches import refusals
from services.activities.batches.recording import Outcome
from services.activities.batches.schemas import OperationIn
from services.activities.benefits import drafts, service
from services.activities.benefits.drafts import Draft, Known
from services.activities.benefits.models import Benefit
from services.activities.benefits.schemas import BenefitIn
from shared.auth import Principal, Right, demand
from shared.language import Language
from shared.problems import Problem
from shared.records import IdTaken


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order. In the caller's transaction, which holds nothing of a refused one.

    Raises the database's IntegrityError if another request stores one of the ids, or one alike, meanwhile.
    """
    bodies = [_read(operation.body, principal) for operation in operations]
    wanted = [body for body in bodies if isinstance(body, BenefitIn)]
    known = await drafts.known(session, wanted, principal)
    taken = await _taken(session, [body.id for body in wanted if body.id])
    found = [_drafted(body, known, taken, principal, now) if isinstance(body, BenefitIn) else body for body in bodies]
    await service.register_many(session, [one for one in found if isinstance(one, Draft)], by=principal, now=now)
    return [_result(one, language) if isinstance(one, Draft) else one for one in found]


def _read(body: dict[str, Any], principal: Principal) -> BenefitIn | Problem:
    try:
        demand(principal, Right.KEEP_BENEFITS)
        return BenefitIn.model_validate(body)
    except ValidationError as error:
        return refusals.of_body(error, body)
    except Problem as refused:
        return refused


async def _taken(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    return set(await session.scalars(select(Benefit.id).where(Benefit.id.in_(ids)))) if ids else set()


def _drafted(body: BenefitIn, known: Known, taken: set[UUID], principal: Principal, now: datetime) -> Draft | Problem:
    """The draft, noted among what is taken; or why it is refused."""
    try:
        draft = drafts.drafted(body, known, principal, now)
    except Problem as refused:
        return refused
    if draft.benefit.id in taken:
        return IdTaken.of(draft.benefit.id)
    taken.add(draft.benefit.id)
    known.note(draft)
    return draft


def _result(draft: Draft, language: Language) -> dict[str, Any]:
    return {
        "status": 201,
        "id": str(draft.benefit.id),
        "position": f"activities/{draft.benefit.id}@{draft.benefit.sequence}",
        "warnings": [WarningOut.of(one, language).model_dump() for one in draft.warned],
    }
