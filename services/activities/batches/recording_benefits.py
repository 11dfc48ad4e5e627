"""Benefits recorded in one go, as a distribution hands them out: neighbours in a batch are looked up and stored together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.batches import neighbours
from services.activities.batches.neighbours import Outcome
from services.activities.batches.schemas import OperationIn
from services.activities.benefits import drafts, service
from services.activities.benefits.drafts import Draft, Known
from services.activities.benefits.schemas import BenefitIn
from shared.auth import Principal
from shared.language import Language
from shared.records import IdTaken

_TAKEN = text("SELECT ids_taken(:ids)").bindparams(bindparam("ids", type_=ARRAY(Uuid)))
"""Wherever it is that has the id: a function of the database knows."""


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order. In the caller's transaction, which holds nothing of a refused one.

    Raises the database's IntegrityError if another request stores one of the ids, or one alike, meanwhile.
    """
    bodies = [neighbours.read(operation, BenefitIn, principal) for operation in operations]
    wanted = [body for body in bodies if isinstance(body, BenefitIn)]
    known = await drafts.known(session, wanted, principal)
    taken = await _taken(session, [body.id for body in wanted if body.id])
    found = neighbours.each(bodies, lambda body: _drafted(body, known, taken, principal, now))
    await service.register_many(session, [one for one in found if isinstance(one, Draft)], by=principal, now=now)
    return [_result(one, language) if isinstance(one, Draft) else one for one in found]


async def _taken(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    return set(await session.scalars(_TAKEN, {"ids": list(ids)})) if ids else set()


def _drafted(body: BenefitIn, known: Known, taken: set[UUID], principal: Principal, now: datetime) -> Draft:
    """The draft, noted among what is taken."""
    draft = drafts.drafted(body, known, principal, now)
    if draft.benefit.id in taken:
        raise IdTaken.of(draft.benefit.id)
    taken.add(draft.benefit.id)
    known.note(draft)
    return draft


def _result(draft: Draft, language: Language) -> Outcome:
    return neighbours.told(201, [draft.benefit], draft.warned, language)
