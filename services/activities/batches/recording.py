"""Activities recorded in one go: neighbours in a batch are looked up together and stored together."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import drafting, referred
from services.activities.activities.drafting import Drafted
from services.activities.activities.schemas import ActivityIn
from services.activities.attendance import recording as attending
from services.activities.batches import neighbours
from services.activities.batches.neighbours import Outcome
from services.activities.batches.schemas import OperationIn
from services.activities.experiences import uses
from services.activities.village_reports import restating
from shared import database, outbox
from shared.auth import Principal
from shared.language import Language
from shared.outbox import Subject
from shared.problems import InvalidPayload, Problem
from shared.records import IdTaken

_TAKEN = """
    SELECT id FROM activity WHERE id = ANY($1::uuid[])
    UNION ALL SELECT ids_taken($2::uuid[])
"""


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order. In the caller's transaction, which holds nothing of a refused one.

    Raises asyncpg's UniqueViolationError if another request takes one of the ids meanwhile: nothing is stored then.
    """
    bodies = [neighbours.read(operation, ActivityIn, principal) for operation in operations]
    driver = await database.driver(session)
    known = await referred.find(driver, [body for body in bodies if isinstance(body, ActivityIn)], principal)
    drafts = await _free(driver, neighbours.each(bodies, lambda body: _drafted(body, known, principal, now)))
    made = [draft for draft in drafts if isinstance(draft, Drafted)]
    await _store(session, made, principal, now)
    return [_result(draft, language) if isinstance(draft, Drafted) else draft for draft in drafts]


def _drafted(body: ActivityIn, known: referred.Referred, principal: Principal, now: datetime) -> Drafted:
    draft = drafting.drafted(body, known, principal, now)
    if isinstance(draft, Drafted):
        return draft
    raise InvalidPayload(errors=draft)


async def _free(driver: asyncpg.Connection, drafts: Sequence[Drafted | Problem]) -> list[Drafted | Problem]:
    """The drafts; those whose ids are taken, by what is stored or by one before them, are refused."""
    made = [draft for draft in drafts if isinstance(draft, Drafted)]
    first = [draft.sheet.id for draft in made if draft.sheet]
    taken = {row["id"] for row in await driver.fetch(_TAKEN, [draft.activity.id for draft in made], first)}
    found: list[Drafted | Problem] = []
    for draft in drafts:
        ids = _ids(draft)
        if clash := next((one for one in ids if one in taken), None):
            found.append(IdTaken.of(clash))
        else:
            taken.update(ids)
            found.append(draft)
    return found


def _ids(draft: Drafted | Problem) -> list[UUID]:
    if isinstance(draft, Problem):
        return []
    return [draft.activity.id, *([draft.sheet.id] if draft.sheet else [])]


async def _store(session: AsyncSession, made: Sequence[Drafted], principal: Principal, now: datetime) -> None:
    await outbox.register_many(session, [draft.registration(principal, now) for draft in made])
    first = [(draft.sheet, draft.regions) for draft in made if draft.sheet]
    await attending.store_each(session, first, by=principal, now=now)
    held = [(draft.region.id, draft.activity.held_until) for draft in made]
    await restating.touched_each(session, held, by=principal, now=now)
    await uses.recorded(session, *(draft.activity.experience_id for draft in made), by=principal, now=now)


def _result(draft: Drafted, language: Language) -> Outcome:
    subjects: list[Subject] = [draft.activity, *([draft.sheet] if draft.sheet else [])]
    return neighbours.told(201, subjects, draft.warned, language)
