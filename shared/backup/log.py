"""What Kafka knows of a service that its restored database does not: read from its topics, from their begin to their end.

Kafka keeps every event that was published. Those that the database lacks were published after the backup; they lie in
tables of the schema `restore` until they are told anew (`shared.backup.telling`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from shared import kafka
from shared.arrived import understand
from shared.backup.tools import BackupFailed
from shared.events import envelope
from shared.events.envelope import Event, State, Unreadable
from shared.kafka import TopicPartition
from shared.settings import ServiceSettings

BATCH = 4000
STAGE = """
    DROP SCHEMA IF EXISTS restore CASCADE;
    CREATE SCHEMA restore;
    CREATE UNLOGGED TABLE restore.seen (subject_id uuid PRIMARY KEY, top int NOT NULL);
    CREATE UNLOGGED TABLE restore.divergent (subject_id uuid PRIMARY KEY);
    CREATE UNLOGGED TABLE restore.event (subject_id uuid, sequence int, event_id uuid, topic text, type text,
        time timestamptz, data text, dataschema text, traceparent text, region_ids uuid[] DEFAULT '{}', PRIMARY KEY (subject_id, sequence));
"""
UNSTAGE = "DROP SCHEMA IF EXISTS restore CASCADE"
# An event of the same subject and sequence, but of another id: somebody has served this database since the backup.
_SEEN = """
    WITH given AS (
        SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[]) WITH ORDINALITY AS g (subject_id, sequence, event_id, place)
    ), highest AS (
        INSERT INTO restore.seen AS known SELECT subject_id, max(sequence) FROM given GROUP BY subject_id
        ON CONFLICT (subject_id) DO UPDATE SET top = greatest(known.top, excluded.top)
    ), another AS (
        INSERT INTO restore.divergent SELECT DISTINCT subject_id FROM given JOIN outbox USING (subject_id, sequence)
        WHERE outbox.event_id <> given.event_id ON CONFLICT DO NOTHING
    )
    SELECT place - 1 FROM given WHERE NOT EXISTS (
        SELECT FROM outbox WHERE outbox.subject_id = given.subject_id AND outbox.sequence = given.sequence
    ) ORDER BY place
"""
_KEEP = """
    INSERT INTO restore.event (subject_id, sequence, event_id, topic, type, time, data, dataschema, traceparent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
"""


WITHIN = 60.0
"""Seconds in which more must be read; Kafka is away otherwise."""


class KafkaAway(BackupFailed):
    """Kafka cannot be asked what was published since the backup: the restore is finished later."""


@dataclass
class Topics:
    """What was read: how many records the topics hold, where each partition ended, what could not be read or is missing."""

    records: int = 0
    ends: dict[TopicPartition, int] = field(default_factory=dict)
    unreadable: int = 0
    missing: list[str] = field(default_factory=list)


async def read(
    settings: ServiceSettings, connection: asyncpg.Connection, states: Sequence[type[State]],
    read_so_far: Callable[[int, int], None],
) -> Topics:  # fmt: skip
    """Reads the topics of these states into the staging tables, which it makes anew. **Raises** KafkaAway."""
    await connection.execute(STAGE)
    contracts = {kafka.full_name(settings, state.topic()): state for state in states}
    try:
        existing = await kafka.existing(settings)
        topics = Topics(missing=sorted(contracts.keys() - existing))
        consumer = kafka.consumer(settings, None)
        await consumer.start()
        try:
            partitions = [TopicPartition(n, p) for n in contracts.keys() & existing for p in range(kafka.PARTITIONS)]
            consumer.assign(partitions)
            begins = await consumer.beginning_offsets(partitions) if partitions else {}
            topics.ends = await consumer.end_offsets(partitions) if partitions else {}
            for partition, begin in begins.items():
                consumer.seek(partition, begin)
            # All that were ever there, also if their first have been deleted since.
            topics.records = sum(topics.ends.values())
            left = {p: end for p, end in topics.ends.items() if begins[p] < end}
            done, of = sum(begins.values()), topics.records
            heard = time.monotonic()
            while left:
                if time.monotonic() - heard > WITHIN:
                    raise TimeoutError(f"no record for {WITHIN:.0f} s, {len(left)} partitions are left")
                for partition, records in (await consumer.getmany(timeout_ms=1000, max_records=BATCH)).items():
                    topics.unreadable += await _keep(connection, contracts[partition.topic], records)
                    done, heard = done + len(records), time.monotonic()
                    if records[-1].offset + 1 >= left.get(partition, 0):
                        left.pop(partition, None)
                read_so_far(min(done, of), of)
        finally:
            await kafka.closed(consumer)
    except kafka.AWAY as error:
        raise KafkaAway(f"Kafka at {settings.kafka_bootstrap_servers} cannot be read: {error!r}") from error
    return topics


async def ends(settings: ServiceSettings, known: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Where these partitions end now. **Raises** KafkaAway."""
    try:
        return (await kafka.bounds(settings, list(known)))[1] if known else {}
    except kafka.AWAY as error:
        raise KafkaAway(f"Kafka at {settings.kafka_bootstrap_servers} cannot be read: {error!r}") from error


async def _keep(connection: asyncpg.Connection, contract: type[State], records: Sequence[kafka.ConsumerRecord]) -> int:
    """Stages what the database lacks of these records; how many nobody can read."""
    readable: list[tuple[Event, kafka.ConsumerRecord]] = []
    for record in records:
        try:
            event = envelope.read(record.headers, record.value)
        except Unreadable:
            continue
        readable.append((event, record))
    unreadable = len(records) - len(readable)
    lacking = await connection.fetch(
        _SEEN,
        [event.subject for event, _ in readable],
        [event.sequence for event, _ in readable],
        [event.id for event, _ in readable],
    )
    kept: list[tuple[UUID, int, UUID, str, str, datetime, str, str, str | None]] = []
    for (place,) in lacking:
        event, record = readable[place]
        try:
            understand(contract, record.headers, record.value)
        except Unreadable:
            unreadable += 1
            continue
        kept.append(
            (event.subject, event.sequence, event.id, contract.topic(), event.type, event.time, event.data.decode(),
             event.schema, event.traceparent)
        )  # fmt: skip
    await connection.executemany(_KEEP, kept)
    return unreadable
