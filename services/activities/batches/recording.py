"""Activities recorded in one go: neighbours in a batch are looked up together and stored together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities import drafting, referred
from services.activities.activities.drafting import Drafted
from services.activities.activities.models import Activity
from services.activities.activities.schemas import ActivityIn
from services.activities.attendance import sheets
from services.activities.attendance.models import Attendance
from services.activities.batches import refusals
from services.activities.batches.schemas import OperationIn
from services.activities.experiences import uses
from services.activities.village_reports import restating
from shared import database, outbox
from shared.auth import Principal, Right, demand
from shared.language import Language
from shared.problems import InvalidPayload, Problem
from shared.records import IdTaken

Outcome = dict[str, Any] | Problem
"""The result of an operation, or why it was refused."""
_TAKEN = """
    SELECT id FROM activity WHERE id = ANY($1::uuid[])
    UNION ALL SELECT id FROM attendance_sheet WHERE id = ANY($2::uuid[])
"""


async def record(
    session: AsyncSession, operations: Sequence[OperationIn], principal: Principal, now: datetime, language: Language
) -> list[Outcome]:
    """What became of each, in their order. In the caller's transaction, which holds nothing of a refused one.

    Raises asyncpg's UniqueViolationError if another request takes one of the ids meanwhile: nothing is stored then.
    """
    bodies = [_read(operation.body, principal) for operation in operations]
    driver = await database.driver(session)
    known = await referred.find(driver, [body for body in bodies if isinstance(body, ActivityIn)], principal)
    drafts = [
        _drafted(body, known, principal, now) if isinstance(body, ActivityIn) else body for body in bodies
    ]  # fmt: skip
    drafts = await _free(driver, drafts)
    made = [draft for draft in drafts if isinstance(draft, Drafted)]
    await _store(session, driver, made, principal, now)
    return [_result(draft, language) if isinstance(draft, Drafted) else draft for draft in drafts]


def _read(body: dict[str, Any], principal: Principal) -> ActivityIn | Problem:
    try:
        demand(principal, Right.ACT)
        return ActivityIn.model_validate(body)
    except ValidationError as error:
        return refusals.of_body(error, body)
    except Problem as refused:
        return refused


def _drafted(body: ActivityIn, known: referred.Referred, principal: Principal, now: datetime) -> Drafted | Problem:
    try:
        draft = drafting.drafted(body, known, principal, now)
    except Problem as refused:
        return refused
    return draft if isinstance(draft, Drafted) else InvalidPayload(errors=draft)


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


async def _store(
    session: AsyncSession, driver: asyncpg.Connection, made: Sequence[Drafted], principal: Principal, now: datetime
) -> None:
    await outbox.register_many(session, [draft.registration(principal, now) for draft in made])
    with_sheets = [(draft.sheet, draft.regions) for draft in made if draft.sheet]
    told = [sheets.registration(sheet, principal, now, regions) for sheet, regions in with_sheets]
    await outbox.register_many(session, told)
    pairs = [
        {"activity_id": sheet.activity_id, "person_id": person.person_id, "sheet_id": sheet.id}
        for sheet, _ in with_sheets
        for person in sheet.people
    ]
    await outbox.insert_many(session, Attendance.__table__, pairs)  # type: ignore[arg-type]  # mapped to a Table
    held: dict[UUID, set[date]] = defaultdict(set)
    for draft in made:
        if draft.activity.held_until:
            held[draft.region.id].add(draft.activity.held_until)
    for village in sorted(held):
        await restating.touched(session, village, *sorted(held[village]), by=principal, now=now, driver=driver)
    await uses.recorded(session, *(draft.activity.experience_id for draft in made), by=principal, now=now)


def _result(draft: Drafted, language: Language) -> dict[str, Any]:
    rows: list[Activity | Any] = [draft.activity, *([draft.sheet] if draft.sheet else [])]
    warnings = draft.answer(language).warnings if draft.warned else []
    return {
        "status": 201,
        "id": str(draft.activity.id),
        "position": ",".join(f"activities/{row.id}@{row.sequence}" for row in rows),
        "warnings": [warning.model_dump() for warning in warnings],
    }
