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
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared import database, kafka, positions, telemetry
from shared.arrived import Arrived, understand
from shared.events.envelope import State, Unreadable
from shared.positions import Moved, Place
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

POLL_MS = 500
BATCH = 2000
COURTESY_EVERY = 5.0
STUCK_AFTER = 60.0
UNREADABLE_IN_A_ROW = 20
OUTSIDE = "our position is outside the topic, which was recreated or truncated; see `wahana rebuild`: {}"


Handler = Callable[[AsyncConnection, Sequence[Arrived]], Awaitable[int]]
"""Applies a batch in the given transaction and returns how many events changed something.

It is called first in the transaction, also with an empty batch when only positions move: a handler's locks then cover
the positions too.
"""


class TopicReplaced(RuntimeError):
    """The topic is not the one our positions are about: recreated, truncated or restored from an older copy."""


class TooManyUnreadable(RuntimeError):
    """Several records in a row could not be understood: the fault is ours, not the data's."""


class Stuck(RuntimeError):
    """There are events to apply and nothing has been applied for a while."""


@dataclass
class Consumer:
    """One worker's consumer. `fault` is called at named points; tests end the process there."""

    settings: ServiceSettings
    engine: AsyncEngine
    contracts: Mapping[str, type[State]]
    """The state class of each topic, by the topic's name without the installation's prefix."""
    handle: Handler
    fault: Callable[[str], None] = lambda point: None
    _expected: dict[TopicPartition, Place] = field(default_factory=dict)
    _verify_anchor: set[TopicPartition] = field(default_factory=set)
    _bounds: Mapping[TopicPartition, int] = field(default_factory=dict)
    _unreadable_in_a_row: int = 0
    _progress_at: float = field(default_factory=time.monotonic)
    _courtesy_at: float = 0.0

    async def run(self) -> None:
        """Consumes until cancelled. Raises TopicReplaced, TooManyUnreadable, Stuck, or what a faulty handler raised."""
        topics = [kafka.full_name(self.settings, name) for name in self.contracts]
        consumer = kafka.consumer(self.settings, self.group)
        consumer.subscribe(topics, listener=_SeekOurs(self, consumer))
        # Side by side: a transaction that hangs must not keep the watchdog from being heard.
        tasks = [asyncio.create_task(self._rounds(consumer)), asyncio.create_task(self._watch(consumer))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except OffsetOutOfRangeError as error:
            raise TopicReplaced(OUTSIDE.format(error)) from error
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=5)
            await consumer.stop()

    async def _rounds(self, consumer: AIOKafkaConsumer) -> None:
        await consumer.start()
        while True:
            await self._round(consumer)

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
            self._bounds = bounds = {partition: min(bound, ends[partition]) for partition, bound in bounds.items()}
            await self.resume(consumer, list(bounds))
            begun = before = self._moved()
            while any(self._expected[partition].next_offset < bound for partition, bound in bounds.items()):
                await self._round(consumer)
                progress(self._moved() - before)
                before = self._moved()
            return before - begun
        except OffsetOutOfRangeError as error:
            raise TopicReplaced(OUTSIDE.format(error)) from error
        finally:
            await consumer.stop()

    def _moved(self) -> int:
        return sum(place.next_offset for place in self._expected.values())

    @property
    def group(self) -> str:
        """The Kafka consumer group of this service's workers."""
        return f"{self.settings.kafka_topic_prefix}.{self.settings.service}"

    async def _round(self, consumer: AIOKafkaConsumer) -> None:
        try:
            fetched = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
        except NoOffsetForPartitionError:
            await self.resume(consumer, consumer.assignment())
            return
        records = await self._checked(consumer, fetched)
        if records:
            await self._apply(consumer, records)

    async def resume(self, consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition] | frozenset[Any]) -> None:
        """Reads our positions of these partitions and seeks to them, one back where there is an anchor to compare."""
        async with self.engine.begin() as connection:
            places = await positions.open_places(connection, sorted(partitions))
        # A rebalance may have taken some away since they were asked for: one cannot seek what one does not have.
        mine = consumer.assignment()
        for partition, place in places.items():
            if partition not in mine:
                continue
            self._expected[partition] = place
            self._verify_anchor.discard(partition)
            start = place.next_offset
            if place.anchor is not None and start > 0:
                self._verify_anchor.add(partition)
                start -= 1
            consumer.seek(partition, start)

    async def _checked(
        self, consumer: AIOKafkaConsumer, fetched: Mapping[TopicPartition, list[ConsumerRecord]]
    ) -> dict[TopicPartition, list[ConsumerRecord]]:
        """The records that begin exactly at our positions; anything else is sought again."""
        checked: dict[TopicPartition, list[ConsumerRecord]] = {}
        strangers: list[TopicPartition] = []
        for partition, records in fetched.items():
            place = self._expected.get(partition)
            if place is None or not records:
                strangers.append(partition)
                continue
            if partition in self._verify_anchor:
                records = self._past_anchor(partition, place, records)
            bound = self._bounds.get(partition)
            if bound is not None:
                records = [record for record in records if record.offset < bound]
            if records and records[0].offset != place.next_offset:
                strangers.append(partition)
            elif records:
                checked[partition] = records
        if strangers:
            await self.resume(consumer, strangers)
        return checked

    def _past_anchor(
        self, partition: TopicPartition, place: Place, records: list[ConsumerRecord]
    ) -> list[ConsumerRecord]:
        if records[0].offset != place.next_offset - 1:
            return records
        found = positions.anchor_of(records[0])
        if found != place.anchor:
            raise TopicReplaced(
                f"{partition.topic}[{partition.partition}]@{records[0].offset} holds event {found}, we applied"
                f" {place.anchor} there: the topic was recreated or restored from an older copy; see `wahana rebuild`"
            )
        self._verify_anchor.discard(partition)
        return records[1:]

    async def _apply(self, consumer: AIOKafkaConsumer, records: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        arrived, unreadable = self._understood(records)
        # From the records, not from what we expect now: a rebalance may have changed that meanwhile.
        moves = {partition: (batch[0].offset, batch[-1]) for partition, batch in records.items()}
        pause = 0.1
        while True:
            try:
                with telemetry.batch_seconds.time():
                    changed = await self._transaction(moves, arrived, unreadable)
                break
            except Moved as moved:
                log.warning("consumer.position_moved_by_another", partitions=str(moved))
                await self.resume(consumer, list(records))
                return
            except database.TROUBLE as error:
                if not database.transient(error):
                    raise
                log.warning("consumer.retries", error=str(error)[:300], pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
        self._progress_at = time.monotonic()
        telemetry.applied.inc(changed)
        telemetry.ignored.inc(len(arrived) - changed)
        for partition, (_, last) in moves.items():
            self._expected[partition] = Place(last.offset + 1, positions.anchor_of(last))
        await self._courtesy(consumer)

    def _understood(
        self, records: dict[TopicPartition, list[ConsumerRecord]]
    ) -> tuple[list[Arrived], list[positions.Parked]]:
        arrived: list[Arrived] = []
        unreadable: list[positions.Parked] = []
        prefix = len(self.settings.kafka_topic_prefix) + 1
        for partition, batch in records.items():
            contract = self.contracts[partition.topic[prefix:]]
            for record in batch:
                try:
                    arrived.append(understand(contract, record.headers, record.value))
                    self._unreadable_in_a_row = 0
                except Unreadable as reason:
                    unreadable.append(positions.Parked.of(record, str(reason)))
                    self._unreadable_in_a_row += 1
                    log.error("consumer.parks", topic=record.topic, partition=record.partition, offset=record.offset)
                    if self._unreadable_in_a_row > UNREADABLE_IN_A_ROW:
                        raise TooManyUnreadable(str(reason)) from reason
        return arrived, unreadable

    async def _transaction(
        self,
        moves: Mapping[TopicPartition, tuple[int, ConsumerRecord]],
        arrived: Sequence[Arrived],
        unreadable: Sequence[positions.Parked],
    ) -> int:
        async with self.engine.begin() as connection:
            changed = await self.handle(connection, arrived)
            if unreadable:
                await positions.park(connection, unreadable)
                telemetry.parked.inc(len(unreadable))
            await positions.move(connection, moves)
            self.fault("consumer.before_commit")
        self.fault("consumer.after_commit")
        return changed

    async def _courtesy(self, consumer: AIOKafkaConsumer) -> None:
        """Commits to the group for lag monitors; failure does not matter."""
        if self._bounds or time.monotonic() - self._courtesy_at < COURTESY_EVERY:
            return  # a replay has no group
        self._courtesy_at = time.monotonic()
        mine = consumer.assignment()
        try:
            await consumer.commit({p: place.next_offset for p, place in self._expected.items() if p in mine})
        except KafkaError as error:
            log.info("consumer.courtesy_commit_failed", error=repr(error))

    async def _watch(self, consumer: AIOKafkaConsumer) -> None:
        """Raises Stuck when the topics hold more than we have applied and nothing has moved for a while."""
        while True:
            await asyncio.sleep(STUCK_AFTER / 4)
            try:
                async with asyncio.timeout(10):
                    ends = await consumer.end_offsets(list(consumer.assignment()))
            except (KafkaError, TimeoutError, OSError):
                continue  # Kafka is away: not our fault, and it heals by itself
            behind = [p for p, end in ends.items() if p not in self._expected or self._expected[p].next_offset < end]
            if not behind:
                self._progress_at = time.monotonic()
            elif time.monotonic() - self._progress_at > STUCK_AFTER:
                raise Stuck(f"{len(behind)} partitions are behind and nothing moves, first {behind[0]}")


class _SeekOurs(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Seeks to our own positions on assignment. aiokafka swallows errors here: `_checked` catches what this misses."""

    def __init__(self, owner: Consumer, consumer: AIOKafkaConsumer) -> None:
        self._owner = owner
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Nothing to give back: whoever comes next reads the positions from the database."""

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Seeks the assigned partitions."""
        await self._owner.resume(self._consumer, assigned)
