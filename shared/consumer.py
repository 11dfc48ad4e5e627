"""Applies Kafka's events to this database, each once, whatever crashes.

What happens to a record:
- new: applied in one transaction with the partition's position, which is moved by compare-and-set;
- duplicate or stale: no effect, because handlers guard by the subject's sequence;
- the position was moved by somebody else (a zombie, or a newer owner): rolled back, positions read again, sought;
- transient trouble (database away, serialisation, deadlock): the batch is tried again with back-off, order kept;
- unreadable (no envelope, unknown schema): parked with reason and original bytes in the same transaction, the position
  moves on; several in a row mean that the fault is ours, so the process stops;
- a bug in a handler: the process stops. Nothing is ever skipped.

The Kafka group only spreads partitions over workers; its committed offsets are a courtesy to lag monitors.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared import behind, database, kafka, positions, telemetry, tracing
from shared.arrived import Arrived, understand
from shared.events.envelope import State, Unreadable
from shared.fetching import OUTSIDE, Fetching, Records, SeekOurs, TopicReplaced
from shared.positions import Moved, Place
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

POLL_MS = 500
BATCH = 2000
COURTESY_EVERY = 5.0
STUCK_AFTER = 60.0
UNREADABLE_IN_A_ROW = 20


Handler = Callable[[AsyncConnection, Sequence[Arrived]], Awaitable[int]]
"""Applies a batch in the given transaction and returns how many events changed something.

It is called first in the transaction, also with an empty batch when only positions move: a handler's locks then cover
the positions too.
"""


class TooManyUnreadable(RuntimeError):
    """Several records in a row could not be understood: the fault is ours, not the data's."""


class Stuck(RuntimeError):
    """There are events to apply and nothing has been applied for a while."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Fetched records that continue our partitions, read: what was understood and what was not."""

    records: Records
    arrived: list[Arrived]
    unreadable: list[positions.Parked]

    @property
    def moves(self) -> dict[TopicPartition, tuple[int, ConsumerRecord]]:
        """From which offset past which record each position goes."""
        return {partition: (batch[0].offset, batch[-1]) for partition, batch in self.records.items()}


@dataclass
class Consumer:
    """One worker's consumer. `fault` is called at named points; tests end the process there."""

    settings: ServiceSettings
    engine: AsyncEngine
    contracts: Mapping[str, type[State]]
    """The state class of each topic, by the topic's name without the installation's prefix."""
    handle: Handler
    fault: Callable[[str], None] = lambda point: None
    fetching: Fetching = field(init=False)
    _unreadable_in_a_row: int = 0
    _progress_at: float = field(default_factory=time.monotonic)
    _courtesy_at: float = 0.0
    _told_at: float = 0.0

    def __post_init__(self) -> None:
        self.fetching = Fetching(self.engine)

    async def run(self) -> None:
        """Consumes until cancelled. Raises TopicReplaced, TooManyUnreadable, Stuck, or what a faulty handler raised."""
        topics = [kafka.full_name(self.settings, name) for name in self.contracts]
        consumer = kafka.consumer(self.settings, self.group)
        consumer.subscribe(topics, listener=SeekOurs(self.fetching, consumer))
        tasks: list[asyncio.Task[None]] = []
        try:
            await consumer.start()
            # Side by side: a transaction that hangs must not keep the watchdog from being heard.
            tasks = [asyncio.create_task(self._rounds(consumer)), asyncio.create_task(self._watch(consumer))]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except OffsetOutOfRangeError as error:
            raise TopicReplaced(OUTSIDE.format(error)) from error
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=5)
            await kafka.closed(consumer)

    async def replay(
        self, bounds: Mapping[TopicPartition, int], progress: Callable[[int], None] = lambda count: None
    ) -> int:
        """Applies what lies between this database's positions and the bounds, without a group; returns how many records.

        For a rebuild. `progress` is told how many records each transaction has moved past. A topic that ends before its
        bound (it was recreated) is applied as far as it goes.
        """
        consumer = kafka.consumer(self.settings, None)
        await consumer.start()
        try:
            consumer.assign(list(bounds))
            ends = await consumer.end_offsets(list(bounds))
            self.fetching.bounds = {partition: min(bound, ends[partition]) for partition, bound in bounds.items()}
            await self.fetching.resume(consumer, bounds)
            begun = before = self.fetching.moved()
            while self.fetching.behind(self.fetching.bounds):
                if batch := await self._fetch(consumer):
                    await self._apply(consumer, batch)
                progress(self.fetching.moved() - before)
                before = self.fetching.moved()
            return before - begun
        except OffsetOutOfRangeError as error:
            raise TopicReplaced(OUTSIDE.format(error)) from error
        finally:
            await kafka.closed(consumer)

    @property
    def group(self) -> str:
        """The Kafka consumer group of this service's workers."""
        return f"{self.settings.kafka_topic_prefix}.{self.settings.service}"

    async def _rounds(self, consumer: AIOKafkaConsumer) -> None:
        """Reads the next batch while the database works on the last one; applies one at a time, in order."""
        applying: asyncio.Task[None] | None = None
        try:
            while True:
                batch = await self._fetch(consumer)
                if applying:
                    await applying
                applying = asyncio.create_task(self._apply(consumer, batch)) if batch else None
        finally:
            if applying:
                applying.cancel()
                await asyncio.wait([applying], timeout=5)

    async def _fetch(self, consumer: AIOKafkaConsumer) -> _Batch | None:
        try:
            fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        except NoOffsetForPartitionError:
            await self.fetching.resume(consumer, consumer.assignment())
            return None
        records = await self.fetching.checked(consumer, fetched)
        return self._read(records) if records else None

    def _read(self, records: Records) -> _Batch:
        batch = _Batch(records, [], [])
        prefix = len(self.settings.kafka_topic_prefix) + 1
        for partition, found in records.items():
            contract = self.contracts[partition.topic[prefix:]]
            for record in found:
                try:
                    batch.arrived.append(understand(contract, record.headers, record.value))
                    self._unreadable_in_a_row = 0
                except Unreadable as reason:
                    batch.unreadable.append(positions.Parked.of(record, str(reason)))
                    self._unreadable_in_a_row += 1
                    log.error("consumer.parks", topic=record.topic, partition=record.partition, offset=record.offset)
                    if self._unreadable_in_a_row > UNREADABLE_IN_A_ROW:
                        raise TooManyUnreadable(str(reason)) from reason
        return batch

    async def _apply(self, consumer: AIOKafkaConsumer, batch: _Batch) -> None:
        pause = 0.1
        events = [arrived.event for arrived in batch.arrived]
        began = time.perf_counter()
        while True:
            try:
                with telemetry.batch_seconds.time(), tracing.batch(events) as place:
                    tracing.bind(place)
                    changed = await self._transaction(batch)
                break
            except Moved as moved:
                log.warning("consumer.position_moved_by_another", partitions=str(moved))
                await self.fetching.resume(consumer, batch.records)
                return
            except database.TROUBLE as error:
                if not database.transient(error):
                    raise
                log.warning("consumer.retries", error=error, pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
        self._progress_at = time.monotonic()
        telemetry.applied.inc(changed)
        telemetry.ignored.inc(len(batch.arrived) - changed)
        for partition, (_, last) in batch.moves.items():
            self.fetching.applied[partition] = Place(last.offset + 1, positions.anchor_of(last))
        log.info(
            "consumer.applied", events=len(events), changed=changed, parked=len(batch.unreadable),
            seconds=round(time.perf_counter() - began, 6), traces=tracing.trace_ids(events),
        )  # fmt: skip
        self._tell(consumer)
        await self._courtesy(consumer)

    async def _transaction(self, batch: _Batch) -> int:
        async with self.engine.begin() as connection:
            changed = await self.handle(connection, batch.arrived)
            if batch.unreadable:
                await positions.park(connection, batch.unreadable)
                telemetry.parked.inc(len(batch.unreadable))
            # From where the batch began, not from what we expect now: a rebalance may have changed that meanwhile.
            await positions.move(connection, batch.moves)
            self.fault("consumer.before_commit")
        self.fault("consumer.after_commit")
        return changed

    def _tell(self, consumer: AIOKafkaConsumer) -> None:
        """How far this is from the ends that were last seen, as metrics, once a second at most."""
        if self.fetching.bounds or time.monotonic() - self._told_at < 1:
            return
        self._told_at = time.monotonic()
        mine = consumer.assignment()
        ends = {partition: end for partition in mine if (end := consumer.highwater(partition))}
        behind.tell(self.settings.kafka_topic_prefix, mine, ends, self.fetching.applied)

    async def _courtesy(self, consumer: AIOKafkaConsumer) -> None:
        """Commits to the group for lag monitors; failure does not matter."""
        if self.fetching.bounds or time.monotonic() - self._courtesy_at < COURTESY_EVERY:
            return  # a replay has no group
        self._courtesy_at = time.monotonic()
        mine = consumer.assignment()
        try:
            await consumer.commit({p: place.next_offset for p, place in self.fetching.applied.items() if p in mine})
        except KafkaError as error:
            log.info("consumer.courtesy_commit_failed", error=error)

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Raises Stuck when the topics hold more than we have applied and nothing has moved for a while."""
        while True:
            await asyncio.sleep(STUCK_AFTER / 4)
            try:
                async with asyncio.timeout(10):
                    ends = await consumer.end_offsets(list(consumer.assignment()))
            except (KafkaError, TimeoutError, OSError):
                continue  # Kafka is away: not our fault, and it heals by itself
            behind.tell(self.settings.kafka_topic_prefix, consumer.assignment(), ends, self.fetching.applied)
            rest = self.fetching.behind(ends)
            if not rest:
                self._progress_at = time.monotonic()
            elif time.monotonic() - self._progress_at > STUCK_AFTER:
                raise Stuck(f"{len(rest)} partitions are behind and nothing moves, first {rest[0]}")
