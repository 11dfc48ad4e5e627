"""Contributions recorded in one go: what they name is looked up together, and their activities are locked together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.batches import neighbours
from services.activities.batches.neighbours import Outcome
from services.activities.batches.schemas import OperationIn
from services.activities.resources import naming, service
from services.activities.resources.schemas import ResourceIn
from services.activities.resources.service import Made
from shared.auth import Principal
from shared.language import Language
from shared.problems import Problem


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order; no two are made to one activity. In the caller's transaction, which holds
    nothing of a refused one.

    Raises EventTooLarge, and the database's IntegrityError for an id that is taken: nothing is stored then.
    """
    bodies = [neighbours.read(operation, ResourceIn, principal) for operation in operations]
    referred = await naming.find(session, [body for body in bodies if isinstance(body, ResourceIn)], principal)
    made = neighbours.each(bodies, lambda body: service.contributed(body, referred, by=principal, now=now))
    await service.store_each(session, [one for one in made if isinstance(one, Made)], by=principal, now=now)
    return [one if isinstance(one, Problem) else neighbours.told(201, [one.resource], [], language) for one in made]
