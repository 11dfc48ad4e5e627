"""How far this database has applied each partition, and the records it could not read: the consumer's own tables.

They live beside what was applied, so that position and consequence are one transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database import NAMING

consumer_metadata = MetaData(naming_convention=NAMING)
"""Tables of a service that consumes: positions, parked events, watermarks."""

position = Table(
    "position",
    consumer_metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
    Column("anchor", Uuid, comment="Id of the event applied last; null if there is none to compare"),
)

parked_event = Table(
    "parked_event",
    consumer_metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("subject_id", Uuid, index=True, comment="If its header could be read"),
    Column("sequence", Integer),
    Column("headers", JSONB, nullable=False, comment="[[name, text], …] with undecodable bytes escaped"),
    Column("value", LargeBinary, comment="The original bytes"),
    Column("reason", Text, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("topic", "partition", "offset"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """The next offset to apply in a partition and the id of the event before it."""

    next_offset: int
    anchor: UUID | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A record to put aside."""

    topic: str
    partition: int
    offset: int
    subject_id: UUID | None
    sequence: int | None
    headers: list[list[str]]
    value: bytes | None
    reason: str

    @classmethod
    def of(cls, record: ConsumerRecord, reason: str) -> "Parked":
        """The record as it will lie in the table; takes what can be read of its headers."""
        found = {_legible(name.encode()): _legible(raw) for name, raw in record.headers if raw is not None}
        sequence = found.get("ce_sequence", "")
        return cls(
            record.topic, record.partition, record.offset, _uuid(found.get("ce_subject")),
            int(sequence) if sequence.isascii() and sequence.isdecimal() and len(sequence) < 10 else None,
            [list(item) for item in found.items()], record.value, reason.replace("\0", "\\x00")[:2000],
        )  # fmt: skip


class Moved(RuntimeError):
    """Somebody else has moved these positions since they were read."""


def anchor_of(record: ConsumerRecord) -> UUID | None:
    """The event id of a record, if it has one."""
    return _uuid((dict(record.headers).get("ce_id") or b"").decode(errors="replace"))


async def open_places(
    connection: AsyncConnection, partitions: Sequence[TopicPartition], begins: Mapping[TopicPartition, int]
) -> dict[TopicPartition, Place]:
    """The places of these partitions; new ones begin at offset 0 (the topics keep everything), or where `begins` says."""
    if not partitions:
        return {}
    rows = [{"topic": p.topic, "partition": p.partition, "next_offset": begins.get(p, 0)} for p in partitions]
    await connection.execute(upsert(position).values(rows).on_conflict_do_nothing())
    found = await connection.execute(select(position).where(position.c.topic.in_({p.topic for p in partitions})))
    places = {TopicPartition(r.topic, r.partition): Place(r.next_offset, r.anchor) for r in found}
    return {partition: places[partition] for partition in partitions}


_MOVE = text(
    "UPDATE position SET next_offset = moved.next_offset, anchor = moved.anchor"
    " FROM unnest(:topics, :partitions, :expected, :next_offsets, :anchors)"
    " AS moved (topic, partition, expected, next_offset, anchor)"
    " WHERE position.topic = moved.topic AND position.partition = moved.partition"
    " AND position.next_offset = moved.expected"
).bindparams(
    bindparam("topics", type_=ARRAY(Text)), bindparam("partitions", type_=ARRAY(Integer)),
    bindparam("expected", type_=ARRAY(BigInteger)), bindparam("next_offsets", type_=ARRAY(BigInteger)),
    bindparam("anchors", type_=ARRAY(Uuid)),
)  # fmt: skip


async def move(connection: AsyncConnection, moves: Mapping[TopicPartition, tuple[int, ConsumerRecord]]) -> None:
    """Moves every position past its last record, if it stands at the first one's offset. Raises Moved otherwise."""
    ordered = sorted(moves.items())
    result = await connection.execute(
        _MOVE,
        {
            "topics": [partition.topic for partition, _ in ordered],
            "partitions": [partition.partition for partition, _ in ordered],
            "expected": [expected for _, (expected, _) in ordered],
            "next_offsets": [last.offset + 1 for _, (_, last) in ordered],
            "anchors": [anchor_of(last) for _, (_, last) in ordered],
        },
    )
    if result.rowcount != len(ordered):
        raise Moved(", ".join(f"{p.topic}[{p.partition}]" for p, _ in ordered))


async def park(connection: AsyncConnection, records: Sequence[Parked]) -> None:
    """Puts records aside. A record parked before stays as it is."""
    rows = [
        {name: getattr(record, name) for name in Parked.__dataclass_fields__ if name != "cls"} for record in records
    ]
    await connection.execute(upsert(parked_event).on_conflict_do_nothing(), rows)


def _legible(raw: bytes) -> str:
    """Text that PostgreSQL can hold: it has no place for NUL, nor for what is not UTF-8."""
    return raw.decode(errors="backslashreplace").replace("\0", "\\x00")


def _uuid(text_form: str | None) -> UUID | None:
    try:
        return UUID(text_form or "")
    except ValueError:
        return None
