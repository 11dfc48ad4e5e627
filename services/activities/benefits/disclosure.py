"""Whoever is shown a kind of PPKS that is protected most, of somebody, is noted in the audit trail each time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.benefits import kinds, queries
from services.activities.benefits.states import kinds_of
from shared import audit
from shared.auth import Principal
from shared.changes import HistoryEntry

FIELD = "ppks_kinds"


async def shown(session: AsyncSession, rows: Sequence[Any], by: Principal, now: datetime) -> None:
    """Notes that the caller was shown the kinds of these benefits or referrals, as far as they are kept back."""
    for row in rows:
        if kinds.kept_back(kinds_of(row.ppks_kinds)):
            await _note(session, row, by, now)


async def history_shown(
    session: AsyncSession, row: Any, entries: Sequence[HistoryEntry], by: Principal, now: datetime
) -> None:
    """The same of every kind that somebody was ever said to be of."""
    told = [change for entry in entries if (change := entry.changes.get(FIELD))]
    if any(kinds.kept_back(kinds_of([*(change.before or []), *(change.after or [])])) for change in told):
        await _note(session, row, by, now)


async def _note(session: AsyncSession, row: Any, by: Principal, now: datetime) -> None:
    concerned = await queries.regions(session, [row])
    await audit.seen(session, row, [FIELD], by=by.subject, at=now, regions=concerned)
