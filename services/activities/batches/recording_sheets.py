"""Sheets of who came, recorded in one go: their activities are locked together, and people looked up together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.attendance import service
from services.activities.attendance.queries import Held
from services.activities.attendance.schemas import SheetIn
from services.activities.batches import neighbours
from services.activities.batches.neighbours import Outcome
from services.activities.batches.schemas import OperationIn
from shared.auth import Principal
from shared.language import Language
from shared.problems import Problem


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order; no two are of one activity. In the caller's transaction, which holds nothing of
    a refused one.

    Raises EventTooLarge, and the database's IntegrityError for an id that is taken: nothing is stored then.
    """
    bodies = [neighbours.read(operation, SheetIn, principal) for operation in operations]
    known = await service.find(session, [body for body in bodies if isinstance(body, SheetIn)], principal)
    made = neighbours.each(bodies, lambda body: service.recorded(body, known, now))
    await service.store_each(session, [one for one in made if isinstance(one, Held)], by=principal, now=now)
    return [one if isinstance(one, Problem) else _result(one, language) for one in made]


def _result(made: Held, language: Language) -> Outcome:
    return neighbours.told(201, [made.sheet, made.activity.activity], made.activity.warned, language)
