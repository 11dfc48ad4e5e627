"""Earlier versions of an activity: each step's event keeps the public state, the audit trail what is never published."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import cast, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import PlaceOut
from services.activities.activities.models import Activity
from shared import changes, walls
from shared.audit import audit_entry
from shared.history import Change, HistoryEntry
from shared.outbox import outbox
from shared.problems import NotFound

UNPUBLISHED = ("place", "experience_id")
"""Columns that events do not carry; the audit trail tells them."""


class VersionOut(BaseModel):
    """An activity as it was after one step."""

    id: UUID
    sequence: Annotated[int, Field(description="The version.", examples=[2])]
    type: Annotated[str, Field(examples=["activities.activity.corrected.v1"])]
    at: datetime
    by: Annotated[str, Field(description="Token subject of the one who did it.", examples=["operator-1"])]
    reason: Annotated[str | None, Field(description="Why, in that person's words.", examples=["Salah ketik tanggal"])]
    state: Annotated[
        dict[str, Any],
        Field(
            description="The whole public state after the step, as the event that told it.",
            examples=[{"title": "Kerja bakti saluran air", "kind": "gotong_royong", "status": "selesai", "named": 30}],
        ),
    ]
    place: Annotated[PlaceOut | None, Field(description="Where in the village; never published.")]
    experience_id: Annotated[UUID | None, Field(description="The experience it was made after.")]


async def one(session: AsyncSession, id: UUID, sequence: int) -> VersionOut:
    """One version. The caller has checked that the activity may be seen. Raises NotFound."""
    async with walls.lifted(session):
        row = (
            await session.execute(select(outbox).where(outbox.c.subject_id == id, outbox.c.sequence == sequence))
        ).one_or_none()
    if row is None:
        raise NotFound
    beside: dict[str, Any] = dict.fromkeys(UNPUBLISHED)
    for _, after in await _told(session, id, sequence):
        beside |= after
    return VersionOut(
        id=id, sequence=sequence, type=row.type, at=row.time, by=row.actor, reason=row.reason,
        state=row.data, **beside,
    )  # fmt: skip


async def history(session: AsyncSession, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first, with what it changed of what is not published too."""
    entries = await changes.history(session, id)
    by_sequence = {entry.sequence: entry for entry in entries}
    before: dict[str, Any] = dict.fromkeys(UNPUBLISHED)
    for sequence, after in await _told(session, id):
        for name, value in after.items():
            if value != before[name] and sequence in by_sequence:
                by_sequence[sequence].changes[name] = Change(before=before[name], after=value)
        before |= after
    return entries


async def _told(session: AsyncSession, id: UUID, until: int | None = None) -> list[tuple[int, dict[str, Any]]]:
    """What the trail tells of the columns that are not published, by version, the oldest first."""
    after = cast(audit_entry.c.after, JSONB)
    statement = (
        select(audit_entry.c.sequence, after)
        .where(
            audit_entry.c.record_id == str(id),
            audit_entry.c.record_type == Activity.__tablename__,
            after.has_any(literal_column(f"ARRAY['{UNPUBLISHED[0]}', '{UNPUBLISHED[1]}']")),
        )
        .order_by(audit_entry.c.id)
    )
    if until is not None:
        statement = statement.where(audit_entry.c.sequence <= until)
    async with walls.lifted(session):
        rows = (await session.execute(statement)).all()
    return [(sequence, {name: told[name] for name in UNPUBLISHED if name in told}) for sequence, told in rows]
