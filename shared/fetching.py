"""Which record of each partition comes next for one consumer: by our own positions, never by Kafka's.

Two places a partition: the one that is applied, and the one up to which records have been handed out. A record is handed
out only if it begins exactly where the last one ended; anything else makes us read our positions again and seek.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.ext.asyncio import AsyncEngine

from shared import positions
from shared.positions import Place

SEE = "see `wahana rebuild`, of activities `wahana rebuild-copies`"
OUTSIDE = f"our position is outside the topic, which was recreated or truncated; {SEE}: {{}}"
Records = dict[TopicPartition, list[ConsumerRecord]]


class TopicReplaced(RuntimeError):
    """The topic is not the one our positions are about: recreated, truncated or restored from an older copy."""


@dataclass
class Fetching:
    """The places of one consumer's partitions. `bounds` end a replay: no record at or behind them is handed out."""

    engine: AsyncEngine
    bounds: Mapping[TopicPartition, int] = field(default_factory=dict)
    applied: dict[TopicPartition, Place] = field(default_factory=dict)
    _next: dict[TopicPartition, int] = field(default_factory=dict)
    _verify_anchor: set[TopicPartition] = field(default_factory=set)

    async def resume(self, consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition]) -> None:
        """Reads our positions of these partitions and seeks to them, one back where there is an anchor to compare.

        Raises TopicReplaced where a topic ends before our position: Kafka itself tells nothing to a reader that stands
        exactly at the new end. A replay begins where the log begins: what was deleted from it is republished, or shows when
        its numbers are compared. A worker that goes on never skips it.
        """
        wanted = sorted(partitions)
        begins = await consumer.beginning_offsets(wanted) if self.bounds and wanted else {}
        async with self.engine.begin() as connection:
            places = await positions.open_places(connection, wanted, begins)
        ends = await consumer.end_offsets(list(places)) if places else {}
        # A rebalance may have taken some away since they were asked for: one cannot seek what one does not have.
        mine = consumer.assignment()
        for partition, place in places.items():
            if partition not in mine:
                continue
            if ends[partition] < place.next_offset:
                end = f"{partition.topic}[{partition.partition}] ends at {ends[partition]}"
                raise TopicReplaced(OUTSIDE.format(f"{end}, we applied what came before {place.next_offset}"))
            self.applied[partition] = place
            self._next[partition] = start = place.next_offset
            self._verify_anchor.discard(partition)
            if place.anchor is not None and start > 0:
                self._verify_anchor.add(partition)
                start -= 1
            consumer.seek(partition, start)

    async def checked(
        self, consumer: AIOKafkaConsumer, fetched: Mapping[TopicPartition, list[ConsumerRecord]]
    ) -> Records:
        """The records that continue each partition; anything else is sought again. Raises TopicReplaced."""
        checked: Records = {}
        strangers: list[TopicPartition] = []
        for partition, records in fetched.items():
            if partition not in self._next or not records:
                strangers.append(partition)
                continue
            if partition in self._verify_anchor:
                records = self._past_anchor(partition, records)
            if partition in self.bounds:
                records = [record for record in records if record.offset < self.bounds[partition]]
            if records and records[0].offset != self._next[partition]:
                strangers.append(partition)
            elif records:
                checked[partition] = records
                self._next[partition] = records[-1].offset + 1
        if strangers:
            await self.resume(consumer, strangers)
        return checked

    def _past_anchor(self, partition: TopicPartition, records: list[ConsumerRecord]) -> list[ConsumerRecord]:
        place = self.applied[partition]
        if records[0].offset != place.next_offset - 1:
            return records
        found = positions.anchor_of(records[0])
        if found != place.anchor:
            raise TopicReplaced(
                f"{partition.topic}[{partition.partition}]@{records[0].offset} holds event {found}, we applied"
                f" {place.anchor} there: the topic was recreated or restored from an older copy; {SEE}"
            )
        self._verify_anchor.discard(partition)
        return records[1:]

    def moved(self) -> int:
        """How many records lie before the applied places."""
        return sum(place.next_offset for place in self.applied.values())

    def behind(self, ends: Mapping[TopicPartition, int]) -> list[TopicPartition]:
        """Partitions of which not all has been applied."""
        return [p for p, end in ends.items() if p not in self.applied or self.applied[p].next_offset < end]


class SeekOurs(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Seeks to our own positions on assignment. aiokafka swallows errors here: `Fetching.checked` catches what this misses."""

    def __init__(self, fetching: Fetching, consumer: AIOKafkaConsumer) -> None:
        self._fetching = fetching
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Nothing to give back: whoever comes next reads the positions from the database."""

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Seeks the assigned partitions."""
        await self._fetching.resume(self._consumer, assigned)
