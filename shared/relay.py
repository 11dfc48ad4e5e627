"""The relay: publishes pending outbox rows in id order, marks them after Kafka's acknowledgement, sends the watermark.

One per database, held by an advisory lock on the connection that reads and marks: a relay that lost the lock has lost
the connection with it and can mark nothing. Crash-only: on a timeout or a failed send the process ends, because a
producer whose batch timed out may still deliver it minutes later; consumers ignore what they have already.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import RecordMetadata, TopicPartition

from shared import database, kafka, restoration, rewound, telemetry, tracing
from shared.events import activities, envelope, registry
from shared.settings import ServiceSettings
from shared.waker import CHANNEL

log = structlog.get_logger(__name__)

LOCK = 0x57414841
"""Key of the advisory lock: at most one relay per database."""
BATCH = 1000
POLL = 0.25
SEND_TIMEOUT = 30.0
STATEMENT_TIMEOUT = 15.0
LEASE = 45.0
"""Seconds without a statement after which PostgreSQL ends a relay's connection, and with it its lock: one that was stopped,
or whose machine is gone, leads no longer than this. Longer than a send may take."""
WATERMARK_EVERY = 1.0

PENDING = """
    SELECT id, event_id, topic, subject_id, sequence, type, time, data::text AS data, dataschema, traceparent
    FROM outbox WHERE pending ORDER BY id LIMIT $1
"""
MARK = """
    UPDATE outbox SET pending = false, feed_position = coalesce(outbox.feed_position, $1 + sent.place)
    FROM unnest($2::bigint[]) WITH ORDINALITY AS sent (id, place) WHERE outbox.id = sent.id
"""
# A republished row keeps its number, so places are counted over the new rows only.
NUMBERED = (
    "SELECT id FROM unnest($1::bigint[]) AS sent (id) JOIN outbox USING (id) WHERE feed_position IS NULL ORDER BY id"
)


class RelayLost(RuntimeError):
    """The relay cannot go on with this producer or connection: end the process and start anew."""


async def connect(settings: ServiceSettings) -> asyncpg.Connection:
    """The connection of a relay, on which it leads; the database ends it when nothing is heard of it for as long as the lease."""
    lease = f"{LEASE * 1000:.0f}"
    return await asyncpg.connect(
        settings.driver_dsn, command_timeout=STATEMENT_TIMEOUT, timeout=10,
        server_settings={
            "application_name": f"wahana-{settings.service}-relay",
            "idle_session_timeout": lease, "idle_in_transaction_session_timeout": lease, "transaction_timeout": lease,
            **database.VANISHED,
        },
    )  # fmt: skip


@dataclass
class Relay:
    """One relay. `fault` is called at named points; tests end the process there."""

    settings: ServiceSettings
    fault: Callable[[str], None] = lambda point: None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _next_offsets: dict[str, dict[int, int]] = field(default_factory=dict)
    _last_watermark: float = 0.0

    async def run(self) -> None:
        """Publishes until cancelled. Raises RelayLost when it must be started anew."""
        connection = await connect(self.settings)
        try:
            await self._become_leader(connection)
            async with _open(kafka.producer(self.settings)) as producer:
                await self._learn_offsets(connection)
                await connection.add_listener(CHANNEL, lambda *_: self._news.set())
                while True:
                    await self._pass(connection, producer)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            raise RelayLost(str(error) or type(error).__name__) from error
        finally:
            connection.terminate()

    async def _become_leader(self, connection: asyncpg.Connection) -> None:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            log.info("relay.waits_for_leadership")
            telemetry.relay_leading.set(0)
            await asyncio.sleep(1)
        telemetry.relay_leading.set(1)

    async def _learn_offsets(self, connection: asyncpg.Connection) -> None:
        """Where each of our partitions ends now; from here on the acknowledgements tell.

        Raises Rewound, RestoreUnfinished: what this database would publish, nobody would take for new.
        """
        await restoration.refuse_unfinished(connection, self.settings.service)
        states = {"registry": registry.STATES, "activities": activities.STATES}[self.settings.service]
        names = [kafka.full_name(self.settings, state.topic()) for state in states]
        partitions = [TopicPartition(name, number) for name in names for number in range(kafka.PARTITIONS)]
        begins, ends = await kafka.bounds(self.settings, partitions)
        async with _open(kafka.consumer(self.settings, None)) as consumer:
            written = {partition: end for partition, end in ends.items() if end > begins[partition]}
            await rewound.refuse(connection, consumer, self.settings.service, written)
        for partition, offset in ends.items():
            self._next_offsets.setdefault(partition.topic, {})[partition.partition] = offset

    async def _pass(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> None:
        self._news.clear()
        through: datetime = await connection.fetchval("SELECT clock_timestamp()")
        rows = await connection.fetch(PENDING, BATCH)
        if rows:
            began = time.time_ns()
            events = await self._publish(producer, rows)
            self.fault("relay.after_acknowledgement")
            await self._mark(connection, [row["id"] for row in rows])
            _tell(events, began)
        telemetry.relay_passed.set_to_current_time()
        if len(rows) < BATCH:
            await self._watermark(producer, through)
            await self._rest()

    async def _publish(self, producer: AIOKafkaProducer, rows: list[asyncpg.Record]) -> list[envelope.Event]:
        async with asyncio.timeout(SEND_TIMEOUT):
            sent: list[Awaitable[RecordMetadata]] = []
            events: list[envelope.Event] = []
            for row in rows:
                event = envelope.Event(
                    id=row["event_id"], type=row["type"], subject=row["subject_id"], sequence=row["sequence"],
                    time=row["time"], data=row["data"].encode(), schema=row["dataschema"], traceparent=row["traceparent"],
                )  # fmt: skip
                events.append(event)
                sent.append(
                    await producer.send(
                        kafka.full_name(self.settings, row["topic"]),
                        key=str(event.subject).encode(),
                        value=event.data,
                        headers=envelope.headers(event),
                    )
                )
            for acknowledgement in await self._acknowledged(sent):
                self._learn(acknowledgement)
        return events

    def _learn(self, acknowledgement: RecordMetadata) -> None:
        """Where the partition ends now. Raises RelayLost when it ends earlier than it did: it is another topic.

        Otherwise the watermark would for ever promise offsets that do not exist. An offset of −1 tells a duplicate.
        """
        ends = self._next_offsets.setdefault(acknowledgement.topic, {})
        known = ends.get(acknowledgement.partition, 0)
        if 0 <= acknowledgement.offset < known:
            raise RelayLost(f"{acknowledgement.topic} was recreated: offset {acknowledgement.offset} after {known - 1}")
        ends[acknowledgement.partition] = max(acknowledgement.offset + 1, known)

    async def _acknowledged(self, sent: list[Awaitable[RecordMetadata]]) -> list[RecordMetadata]:
        try:
            return await asyncio.gather(*sent)
        except Exception as error:
            # aiokafka#1017: after one failed batch later ones of the partition are refused; never go on with it.
            raise RelayLost(f"Kafka refused a batch: {error!r}") from error

    async def _mark(self, connection: asyncpg.Connection, ids: list[int]) -> None:
        async with connection.transaction():
            new = [row["id"] for row in await connection.fetch(NUMBERED, ids)]
            last = await connection.fetchval("SELECT coalesce(max(feed_position), 0) FROM outbox")
            await connection.execute(MARK, last, new)
            if len(new) < len(ids):
                await connection.execute("UPDATE outbox SET pending = false WHERE id = ANY($1::bigint[])", ids)

    async def _watermark(self, producer: AIOKafkaProducer, through: datetime) -> None:
        if time.monotonic() - self._last_watermark < WATERMARK_EVERY:
            return
        self._last_watermark = time.monotonic()
        message = {
            "through": through,
            "next_offsets": {t: {str(p): n for p, n in ends.items()} for t, ends in self._next_offsets.items()},
        }
        async with asyncio.timeout(SEND_TIMEOUT):
            await producer.send_and_wait(
                kafka.full_name(self.settings, kafka.watermark_topic(self.settings.service)), orjson.dumps(message)
            )

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(POLL):
                await self._news.wait()
        except TimeoutError:
            return


def _tell(events: list[envelope.Event], began: int) -> None:
    telemetry.published.inc(len(events))
    tracing.sent(events, began)
    seconds = round((time.time_ns() - began) / 1e9, 6)
    log.info("relay.sent", events=len(events), seconds=seconds, traces=tracing.trace_ids(events))


@contextlib.asynccontextmanager
async def _open(client: Any) -> AsyncIterator[Any]:
    """A Kafka client, started; closed when the block ends or is cancelled, left as it is when the block fails.

    A failed producer may hang in its own shutdown (aiokafka#1101), and the process is about to end. A start that is
    cancelled is waited for: aiokafka cannot close what it is just connecting.
    """
    starting = asyncio.ensure_future(client.start())
    try:
        await asyncio.shield(starting)
        yield client
    except asyncio.CancelledError:
        with contextlib.suppress(TimeoutError, KafkaError):
            async with asyncio.timeout(3):
                await starting
                await kafka.closed(client)
        raise
    await kafka.closed(client)
