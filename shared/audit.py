"""The audit trail: who changed which field of which row from what to what, when, why, and through which client.

An entry is written in the transaction of its change: by `shared.outbox` for the subjects of events, by `note` for the
rows that are none, and by `seen` when somebody was shown what identifies a person. Nobody can change or delete one: a
trigger refuses it, and the services' database role may only read and add (`shared/migrations/roles.py`). `shared.audit_seal`
chains the days, so that what is done behind the trigger's back is found.

Values of columns marked `info={"personal": True}`, and of all that hold bytes (what is encrypted, and what it is found
by), are never written: an entry says that they changed. `info={"personal": ("contact",)}` names members of a JSON column.
A column marked `info={"audited": False}` repeats what the entries themselves say, and is left out.
"""

import getpass
from collections.abc import Collection
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstanceState, Mapper

from shared import walls
from shared.audit_columns import audited
from shared.database import shared_metadata
from shared.history import Change, HistoryEntry

CLIENT: ContextVar[str] = ContextVar("client", default="wahana")
"""The OAuth client through which the changes of this task are made; `wahana` is the command line and the workers."""
REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The request that makes the changes of this task, as its answer's `X-Request-Id` names it."""
OPERATOR: ContextVar[str | None] = ContextVar("operator", default=None)
"""Who gives the command that makes the changes of this task: the machine's user. None in a request and in a worker."""

audit_entry = Table(
    "audit_entry",
    shared_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("record_type", Text, nullable=False, comment="Its table"),
    Column("record_id", Text(collation="C"), nullable=False),
    Column("sequence", Integer, comment="The version that came of it, if the record has versions"),
    Column("action", Text, nullable=False, comment="A past-tense verb: registered, changed, verified"),
    Column("before", JSON(none_as_null=True), comment="Changed columns as they were; null if it was created"),
    Column("after", JSON(none_as_null=True), comment="The same columns since; json keeps the text that is sealed"),
    Column("disclosed", ARRAY(Text), comment="Personal fields that were shown; nothing was changed then"),
    Column("actor", Text, nullable=False, comment="Who, by token subject"),
    Column("client", Text, nullable=False, comment="Through which OAuth client; wahana: a command"),
    Column("request_id", Text),
    Column("reason", Text, comment="Why, in the actor's words"),
    Column("region_ids", ARRAY(Uuid), comment="Regions it concerns, before and after: who may read it; null: all"),
    Index("ix_audit_entry_record_id", "record_id"),
    Index("ix_audit_entry_at_id", "at", "id"),
    Index("ix_audit_entry_of_all_at_id", "at", "id", postgresql_where=text("region_ids IS NULL")),
    Index("ix_audit_entry_region_ids", "region_ids", postgresql_using="gin"),
)


def operator() -> str:
    """Who gives a command: the user of this machine, or `system` for one that has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "system"


async def note(
    session: AsyncSession,
    row: Any,
    action: str,
    *,
    by: str,
    at: datetime,
    regions: Collection[UUID] | None,
    reason: str | None = None,
) -> None:
    """Writes the entry about the pending change of a mapped row that is no subject of events.

    Call it after the change and before the flush: what it was is in the mapper's history. A row that is not stored yet
    was created, one marked for deletion is removed. `at` is aware UTC; `regions` as in `outbox.Fact`.
    """
    # Inline: to give the new number back it would have to be theirs to see.
    written = insert(audit_entry).inline()
    await session.execute(written, [entry(row, action, by=by, at=at, regions=regions, reason=reason)])


async def seen(
    session: AsyncSession,
    row: Any,
    fields: Collection[str],
    *,
    by: str,
    at: datetime,
    regions: Collection[UUID] | None,
    reason: str | None = None,
) -> None:
    """Writes that somebody was shown these fields of a mapped row, which identify a person, with their values."""
    disclosure = _entry(row, "seen", None, None, by=by, at=at, regions=regions, reason=reason)
    await session.execute(insert(audit_entry).inline(), [{**disclosure, "disclosed": sorted(fields)}])


async def history(session: AsyncSession, record_type: str, id: object) -> list[HistoryEntry]:
    """Every step of one row that is no subject, oldest first. The caller has checked that it may be seen."""
    of_it = (audit_entry.c.record_id == str(id), audit_entry.c.record_type == record_type)
    async with walls.lifted(session):  # what was told of it while it lay elsewhere
        rows = await session.execute(select(audit_entry).where(*of_it).order_by(audit_entry.c.id))
    return [
        HistoryEntry(
            sequence=row.sequence or place, type=row.action, at=row.at, by=row.actor, reason=row.reason,
            changes=changes(row.before, row.after),
        )
        for place, row in enumerate(rows, start=1)
    ]  # fmt: skip


def changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Change]:
    """The columns an entry tells, with both values. Of a new row those that have one; a hidden value may look the same."""
    was, now = before or {}, after or {}
    told = {name: Change(before=was.get(name), after=now.get(name)) for name in {**was, **now}}
    return {name: change for name, change in told.items() if change.before is not None or change.after is not None}


def entry(
    row: Any, action: str, *, by: str, at: datetime, regions: Collection[UUID] | None, reason: str | None
) -> dict[str, Any]:
    """The entry about a row's pending change, by column."""
    before, after = pending(row)
    return _entry(row, action, before, after, by=by, at=at, regions=regions, reason=reason)


def pending(row: Any) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The columns that a mapped row's next flush changes, before and after: null before a creation, after a removal."""
    state: InstanceState[Any] = inspect(row)
    columns = audited(inspect(type(row)))
    if state.transient or state.pending:
        return None, {column.name: column.shown(getattr(row, column.key)) for column in columns}
    if state.session is not None and row in state.session.deleted:
        return {column.name: column.shown(getattr(row, column.key)) for column in columns}, None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for column in columns:
        changed = state.attrs[column.key].history
        if changed.added:
            before[column.name] = column.shown(changed.deleted[0] if changed.deleted else None)
            after[column.name] = column.shown(changed.added[0])
    return before, after


def _entry(
    row: Any,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    *,
    by: str,
    at: datetime,
    regions: Collection[UUID] | None,
    reason: str | None,
) -> dict[str, Any]:
    mapper: Mapper[Any] = inspect(type(row))
    return {
        "at": at,
        "record_type": str(mapper.local_table),
        "record_id": "/".join(map(str, mapper.primary_key_from_instance(row))),
        "sequence": getattr(row, "sequence", None),
        "action": action,
        "before": before,
        "after": after,
        "actor": OPERATOR.get() or by,
        "client": CLIENT.get(),
        "request_id": REQUEST_ID.get(),
        "reason": reason,
        "region_ids": None if regions is None else sorted(set(regions)),
    }
