"""Planned activities that were held, told in one go: locked together, looked up together and stored together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import completing, queries
from services.activities.activities.queries import Locked
from services.activities.activities.schemas import CompletionIn
from services.activities.batches import neighbours
from services.activities.batches.neighbours import Outcome
from services.activities.batches.schemas import OperationIn
from shared.auth import Principal
from shared.language import Language
from shared.outbox import Subject
from shared.problems import Problem

_Told = tuple[OperationIn, CompletionIn]


async def complete(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order; no two are about one activity. In the caller's transaction, which holds nothing
    of a refused one.

    Raises EventTooLarge, and the database's IntegrityError for an id of a sheet that is taken: nothing is stored then.
    """
    bodies = [neighbours.read(operation, CompletionIn, principal) for operation in operations]
    ids = {one.at for one, body in zip(operations, bodies, strict=True) if one.at and isinstance(body, CompletionIn)}
    found = await queries.locked_each(session, ids, principal)

    def held(one: tuple[OperationIn, CompletionIn | Problem]) -> tuple[Locked, CompletionIn]:
        operation, body = one
        if isinstance(body, Problem):
            raise body
        locked = found.get(operation.at) if operation.at else None
        return queries.to_change(locked, neighbours.version(operation)), body

    ready = neighbours.each(zip(operations, bodies, strict=True), held)
    told = [(one[0].activity, one[1]) for one in ready if not isinstance(one, Problem)]
    known = await completing.find(session, told)

    def completed(one: tuple[Locked, CompletionIn]) -> Locked:
        locked, body = one
        completing.completed(locked, body, known, principal, now)
        return locked

    done = neighbours.each(ready, completed)
    await completing.store_each(session, [one for one in done if isinstance(one, Locked)], principal, now)
    return [one if isinstance(one, Problem) else _result(one, language) for one in done]


def _result(done: Locked, language: Language) -> Outcome:
    subjects: list[Subject] = [done.activity, *([done.sheet] if done.sheet else [])]
    return neighbours.told(200, subjects, done.warned, language)
