"""What happened: the change feed over the outbox, and the history of one record from the same rows."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared import walls
from shared.history import Change as Change
from shared.history import HistoryEntry as HistoryEntry
from shared.history import differences
from shared.outbox import outbox


class EventOut(BaseModel):
    """One event, as CloudEvents JSON with its place in the feed."""

    position: Annotated[int, Field(description="Gap-free number in this service's feed.", examples=[1042])]
    id: UUID
    source: Annotated[str, Field(examples=["registry"])]
    type: Annotated[str, Field(examples=["registry.institution.verified.v1"])]
    subject: UUID
    sequence: Annotated[int, Field(description="The subject's version, also its ETag.", examples=[4])]
    time: datetime
    dataschema: Annotated[str, Field(examples=["urn:wahana:schema:registry.institution.v1"])]
    data: Annotated[
        dict[str, Any],
        Field(
            description="The subject's whole public state after the event, as its `dataschema` says.",
            examples=[{"type": "ARS", "name": "Arisan Melati RW 05", "verification": "terverifikasi"}],
        ),
    ]


class Feed(BaseModel):
    """Events after a position, oldest first. Ask again with `after` = `next`."""

    items: list[EventOut]
    next: Annotated[int, Field(description="Position to ask after next time.", examples=[1042])]


async def feed(
    session: AsyncSession, *, after: int, limit: int, topic: str | None, visible: ColumnElement[bool]
) -> Feed:
    """Published events after a position that the condition lets the caller see, oldest first."""
    # Read first: what is published between the two statements must not be passed over.
    end: int = (await session.execute(select(func.newest_feed_position()))).scalar_one()
    statement = (
        select(outbox).where(outbox.c.feed_position > after, visible).order_by(outbox.c.feed_position).limit(limit)
    )
    if topic:
        statement = statement.where(outbox.c.topic == topic)
    rows = (await session.execute(statement)).all()
    items = [
        EventOut(
            position=row.feed_position, id=row.event_id, source=row.topic.partition(".")[0], type=row.type,
            subject=row.subject_id, sequence=row.sequence, time=row.time, dataschema=row.dataschema, data=row.data,
        )
        for row in rows
    ]  # fmt: skip
    # A page that is not full has seen all there was: the caller need not scan it again.
    last = items[-1].position if items else after
    return Feed(items=items, next=last if len(items) == limit else max(last, end))


async def history(session: AsyncSession, subject: UUID) -> list[HistoryEntry]:
    """Every step of one record, oldest first. The caller has checked that it may be seen."""
    async with walls.lifted(session):  # what was told of it while it lay elsewhere
        rows = (
            await session.execute(select(outbox).where(outbox.c.subject_id == subject).order_by(outbox.c.sequence))
        ).all()
    entries: list[HistoryEntry] = []
    before: dict[str, Any] = {}
    for row in rows:
        after: dict[str, Any] = row.data
        entries.append(
            HistoryEntry(
                sequence=row.sequence, type=row.type, at=row.time, by=row.actor, reason=row.reason,
                changes=differences(before, after),
            )
        )  # fmt: skip
        before = after
    return entries
