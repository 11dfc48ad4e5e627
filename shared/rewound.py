"""Whether a database is older than what was published of it: restored from a backup or a snapshot, or a standby that took
over without the last transactions, and not brought level since (`wahana restore finish`).

A relay that went on from there would give out sequences again that consumers hold already: they would ignore what it says,
silently. So it looks at the last event of each of its partitions before it begins: a database that does not know one of
them is older than its topics. Only the service writes there.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from shared.events.envelope import Event, Unreadable, read

WITHIN = 20.0
"""Seconds in which the last events must be there; Kafka is away otherwise."""
_UNKNOWN = """
    SELECT subject_id, sequence, (SELECT max(sequence) FROM outbox WHERE outbox.subject_id = given.subject_id) AS ours
    FROM unnest($1::uuid[], $2::int[], $3::uuid[]) AS given (subject_id, sequence, event_id)
    WHERE NOT EXISTS (SELECT FROM outbox WHERE outbox.subject_id = given.subject_id
        AND outbox.sequence = given.sequence AND outbox.event_id = given.event_id)
        -- Somebody served it before it was brought level: another event has that place, and the record was raised above it.
        AND NOT EXISTS (SELECT FROM outbox WHERE outbox.subject_id = given.subject_id
            AND outbox.sequence > given.sequence AND outbox.type LIKE '%.restored.v%')
    LIMIT 1
"""


class Rewound(RuntimeError):
    """The database does not know what was published of it."""


async def refuse(
    connection: asyncpg.Connection, consumer: AIOKafkaConsumer, service: str, ends: Mapping[TopicPartition, int]
) -> None:
    """Raises Rewound, and TimeoutError while Kafka does not give the last events. `consumer` is started;
    `ends` are those of partitions that hold something."""
    last = [event for event in await _last_events(consumer, ends) if event.source == service]
    unknown = await connection.fetchrow(
        _UNKNOWN,
        [event.subject for event in last],
        [event.sequence for event in last],
        [event.id for event in last],
    )
    if unknown is not None:
        raise Rewound(
            f"the database is older than what {service} has published: the topics know {unknown['subject_id']} at"
            f" {unknown['sequence']}, the database {'at ' + str(unknown['ours']) if unknown['ours'] else 'not at all'}."
            f" It was restored, or a standby took over that lagged: wahana restore finish {service}"
        )


async def _last_events(consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> list[Event]:
    """The last readable event of each of these partitions, which all hold something."""
    waited = set(ends)
    if not waited:
        return []
    consumer.assign(list(waited))
    for partition in waited:
        consumer.seek(partition, ends[partition] - 1)
    found: list[Event] = []
    async with asyncio.timeout(WITHIN):
        while waited:
            fetched: Mapping[TopicPartition, list[Any]] = await consumer.getmany(timeout_ms=500)
            for partition, records in fetched.items():
                waited.discard(partition)
                try:
                    found.append(read(records[0].headers, records[0].value))
                except Unreadable:
                    continue  # nobody of ours wrote that
    return found
