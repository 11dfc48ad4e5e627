"""The outbox: every change of a subject and the event that tells it, in one transaction, in one order.

With it goes the entry of the audit trail (`shared.audit`), which tells of the row what the event does not publish.
The order matters: the subject's row is locked and its sequence raised *before* the outbox id is drawn. Drawn earlier,
two versions of one subject could stand in the outbox the wrong way round. `record`, `record_many`,
`register` and `register_many` are the only ways in.
"""

from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    insert,
    inspect,
    text,
)
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapper
from uuid_utils.compat import uuid7

from shared import audit
from shared.database import shared_metadata
from shared.events.envelope import LARGEST, State
from shared.language import Text as Message
from shared.problems import Conflict, InvalidPayload
from shared.registrations import EVENT, as_json, of, of_told, written

_EVENTS = "uq_outbox_subject_id_sequence"
_TOLD_BEFORE = text(
    "SELECT subject_id, max(sequence) AS sequence FROM outbox WHERE subject_id = ANY(:ids) GROUP BY subject_id"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
TRACE: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""W3C trace context of what causes the changes of this task; events carry it."""

outbox = Table(
    "outbox",
    shared_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False, comment="Without the installation's prefix: registry.institution.v1"),
    Column("subject_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("time", DateTime(timezone=True), nullable=False),
    Column("data", JSON(none_as_null=True), nullable=False, comment="json, not jsonb: a retry sends the same bytes"),
    Column("dataschema", Text, nullable=False),
    Column("region_ids", ARRAY(Uuid), comment="Regions it concerns, before and after: the feed's scope; null: all"),
    Column("actor", Text, nullable=False, comment="Who did it, by token subject; never published"),
    Column("reason", Text, comment="Why, in the actor's words; never published"),
    Column("traceparent", Text),
    Column("pending", Boolean, nullable=False, server_default=text("true")),
    Column("feed_position", BigInteger, unique=True, comment="Gap-free, given by the relay when it publishes"),
    UniqueConstraint("subject_id", "sequence"),
    CheckConstraint(f"octet_length(data::text) <= {LARGEST}", name="data_size"),
    Index("ix_outbox_pending", "id", postgresql_where=text("pending")),
)


class EventTooLarge(InvalidPayload):
    slug = "record-too-large"
    title = Message("Data terlalu besar untuk satu catatan", "The record is too large")


class LostInRestore(Conflict):
    """A record of this id was registered once and lost: its service was restored from an older backup."""

    slug = "id-lost-in-restore"
    title = Message(
        "Data dengan id ini hilang saat pemulihan dari cadangan; kirim lagi dengan id baru",
        "The record with this id was lost in a restore from a backup; send it again with a new id",
    )


class Subject(Protocol):
    """A mapped row that events are about."""

    id: Any
    sequence: Any


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened: a past-tense verb of the subject's contract, by whom, when, where and why.

    `at` is aware UTC. `regions` are the ids of all regions that it concerns: those of the subject before and after it,
    so that the people of a region are also told that a record left it. None means everybody; it is never left out.
    """

    verb: str
    by: str
    at: datetime
    regions: Collection[UUID] | None
    reason: str | None = None


async def record(session: AsyncSession, subject: Subject, state: State, fact: Fact) -> None:
    """Writes the subject's pending changes with its sequence raised by one, the event that tells them, and the entry.

    The caller loaded the row `FOR UPDATE`. Runs in the caller's transaction. Raises EventTooLarge.
    """
    data = _checked(state)
    subject.sequence = subject.sequence + 1
    entry = audit.entry(subject, fact.verb, by=fact.by, at=fact.at, regions=fact.regions, reason=fact.reason)
    await session.flush()
    # Inline: to give the new number back the row would have to be theirs to see, and it may tell those of elsewhere.
    await session.execute(insert(outbox).inline(), [_row(subject, state, fact, data)])
    await session.execute(insert(audit.audit_entry).inline(), [entry])


async def record_many(session: AsyncSession, changes: Sequence[tuple[Subject, State, Fact]]) -> None:
    """As `record`, for many subjects that one act changes; their events stand in the order in which they are given.

    The caller loaded the rows `FOR UPDATE`. Runs in the caller's transaction. Raises EventTooLarge.
    """
    checked = [_checked(state) for _, state, _ in changes]
    entries = []
    for subject, _, fact in changes:
        subject.sequence = subject.sequence + 1
        entries.append(
            audit.entry(subject, fact.verb, by=fact.by, at=fact.at, regions=fact.regions, reason=fact.reason)
        )
    await session.flush()
    told = zip(changes, checked, strict=True)
    await insert_many(session, outbox, [_row(subject, state, fact, data) for (subject, state, fact), data in told])
    await insert_many(session, audit.audit_entry, entries)


async def register(driver: asyncpg.Connection, subject: Subject, state: State, fact: Fact) -> None:
    """Inserts a new subject (sequence 1), its first event and its first entry in one statement and one round trip.

    `subject` is a transient mapped instance; it joins no session. Runs in the caller's transaction, on the bare driver's
    connection: this is the hot path. Raises EventTooLarge, and asyncpg's UniqueViolationError for an id that is taken.
    """
    await register_together(driver, [(subject, state, fact)])


async def register_together(
    driver: asyncpg.Connection, registrations: Sequence[tuple[Subject, State, Fact]], beside: str = ""
) -> None:
    """As `register`, for a few new subjects of different tables that belong together: still one statement.

    `beside` is a statement that inserts what is no subject, reading the new rows as `subject0`, `subject1` …
    """
    statement = of(tuple(type(subject) for subject, _, _ in registrations), beside)
    caller = (audit.OPERATOR.get(), audit.CLIENT.get(), audit.REQUEST_ID.get())
    values: list[Any] = []
    for (subject, state, fact), columns in zip(registrations, statement.columns, strict=True):
        data = _checked(state)
        subject.sequence = 1
        event = _row(subject, state, fact, data)
        event["data"] = orjson.dumps(data).decode()
        values += [bind(getattr(subject, key)) for key, bind in columns]
        values += [*(event[name] for name in EVENT), fact.verb, *caller]
    try:
        await driver.execute(statement.statement, *values)
    except asyncpg.UniqueViolationError as error:
        # Its row was free: the key of the subject itself is looked at first.
        if error.constraint_name == _EVENTS:
            raise LostInRestore from error
        raise


async def register_many(session: AsyncSession, registrations: Sequence[tuple[Subject, State, Fact]]) -> None:
    """Inserts many new subjects of one table, then their first events and entries in that order.

    Subjects are transient mapped instances; they do not join the session. Runs in the caller's transaction. What was lost
    in a restore, such as a region whose id is made of its code, goes on with its sequence. Raises EventTooLarge, and the database's IntegrityError for a broken constraint.
    """
    if not registrations:
        return
    before = await _told_before(session, [subject.id for subject, _, _ in registrations])
    for subject, _, _ in registrations:
        subject.sequence = before.get(subject.id, 0) + 1
    mapper: Mapper[Any] = inspect(type(registrations[0][0]))
    columns = [(name, key, as_json(kind)) for name, key, kind in written(mapper)]
    subjects = [{name: kept(getattr(subject, key)) for name, key, kept in columns} for subject, *_ in registrations]
    events = [_row(subject, state, fact, _checked(state)) for subject, state, fact in registrations]
    await insert_many(session, cast(Table, mapper.local_table), subjects)
    told = {"rows": _json(events), **_caller()}
    await session.execute(of_told(mapper), told)


async def _told_before(session: AsyncSession, ids: Sequence[Any]) -> dict[Any, int]:
    """The sequences at which new subjects were told already: those that were lost in a restore."""
    rows = await session.execute(_TOLD_BEFORE, {"ids": list(ids)})
    return {UUID(str(row.subject_id)): row.sequence for row in rows}


def _caller() -> dict[str, str | None]:
    return {"client": audit.CLIENT.get(), "request_id": audit.REQUEST_ID.get(), "operator": audit.OPERATOR.get()}


async def insert_many(session: AsyncSession, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts rows that have the same columns, in their order: one JSON parameter, many times faster than a row each.

    For bulk statements about what belongs to subjects; subjects themselves go through `register_many`.
    """
    if not rows:
        return
    columns = ", ".join(rows[0])
    statement = text(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns}"  # noqa: S608  # names of our own tables and columns
        f" FROM json_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS json))"
    )
    await session.execute(statement, {"rows": _json(rows)})


def _json(rows: Sequence[dict[str, Any]]) -> str:
    # Ids that were read from the database are of the driver's own class, which orjson does not know.
    return orjson.dumps(rows, default=str).decode()


def _checked(state: State) -> dict[str, Any]:
    data = state.model_dump(mode="json")
    size = len(orjson.dumps(data))  # as the database stores and counts it: `shared.database` writes JSON by orjson too
    if size > LARGEST:
        raise EventTooLarge(
            Message(
                f"Catatan ini {size} bita; paling banyak {LARGEST}. Pisahkan isinya.",
                f"This record takes {size} bytes; at most {LARGEST}. Split its content.",
            )
        )
    return data


def _row(subject: Subject, state: State, fact: Fact, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "event_id": uuid7(),
        "topic": state.topic(),
        "subject_id": subject.id,
        "sequence": subject.sequence,
        "type": state.event_type(fact.verb),
        "time": fact.at,
        "data": data,
        "dataschema": state.schema_uri(),
        "region_ids": None if fact.regions is None else sorted(set(fact.regions)),
        "actor": fact.by,
        "reason": fact.reason,
        "traceparent": TRACE.get(),
    }


REPUBLISH = text(
    "UPDATE outbox SET pending = true FROM (SELECT DISTINCT ON (subject_id) id FROM outbox"
    " WHERE CAST(:topic AS text) IS NULL OR topic = :topic ORDER BY subject_id, sequence DESC) newest"
    " WHERE outbox.id = newest.id AND NOT outbox.pending"
)


async def republish(session: AsyncSession, topic: str | None = None) -> int:
    """Marks the newest event of every subject (of one topic) pending again; returns how many.

    Heals a lost topic. Harmless to repeat: consumers ignore a sequence they have.
    """
    result = await session.execute(REPUBLISH, {"topic": topic})
    return cast(int, result.rowcount)  # type: ignore[attr-defined]  # a CursorResult, which AsyncSession types as Result
