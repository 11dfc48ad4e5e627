"""What happened to an institution: its events, and of each what it changed, also of fields that events do not carry."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared import audit, changes
from shared.history import Change, HistoryEntry

UNPUBLISHED = {
    "contact": "contact",
    "latitude": "coordinates",
    "longitude": "coordinates",
    "extra": "extra",
    "extra_version": "extra_version",
    "funding_sources": "funding_sources",
    "closed_on": "closed_on",
}
"""Columns that events do not carry, or not whole, and the fields of the record that they are."""


async def history(session: AsyncSession, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first; that the contact changed is told, and not from what to what.

    The caller has checked that the record may be seen.
    """
    noted = {entry.sequence: entry.changes for entry in await audit.history(session, "institution", id)}
    return [
        entry.model_copy(update={"changes": entry.changes | _unpublished(noted.get(entry.sequence, {}))})
        for entry in await changes.history(session, id)
    ]


def _unpublished(noted: dict[str, Change]) -> dict[str, Change]:
    found: dict[str, Change] = {}
    for column, change in noted.items():
        field = UNPUBLISHED.get(column)
        if field is None or (change.before, change.after) in ((None, None), (None, [])):
            continue
        if field == column:
            found[field] = change
        else:  # one of several columns of a field: its part of it
            before, after = found.get(field, Change()).before or {}, found.get(field, Change()).after or {}
            found[field] = Change(before=_with(before, column, change.before), after=_with(after, column, change.after))
    return found


def _with(parts: dict[str, Any], name: str, value: Any) -> dict[str, Any] | None:
    return {**parts, name: value} if value is not None else parts or None
