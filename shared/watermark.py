"""How old the answers are: the relay's watermarks and what of them this database has reached (`semantics.md` §7.2)."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import orjson
import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import TopicPartition
from sqlalchemy import Column, DateTime, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from shared import database, kafka
from shared.positions import consumer_metadata
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

watermark = Table(
    "watermark",
    consumer_metadata,
    Column("source", Text, primary_key=True),
    Column("through", DateTime(timezone=True), primary_key=True, comment="Everything committed before is published"),
    Column("next_offsets", JSONB, nullable=False, comment="{topic: {partition: first offset not needed}}"),
)

REACHED = text("""
    SELECT source, max(through) AS through FROM watermark
    WHERE NOT EXISTS (
        SELECT FROM jsonb_each(next_offsets) AS topic (name, ends), jsonb_each_text(topic.ends) AS ended (number, next)
        WHERE ended.next::bigint > coalesce((
            SELECT position.next_offset FROM position
            WHERE position.topic = topic.name AND position.partition = ended.number::int), 0)
    )
    GROUP BY source
""")
FORGET = text("DELETE FROM watermark WHERE source = :source AND through < :reached")
THIN = text("""
    DELETE FROM watermark mark USING (
        SELECT through, row_number() OVER (ORDER BY through) AS place, count(*) OVER () AS marks
        FROM watermark WHERE source = :source
    ) AS numbered
    WHERE mark.source = :source AND mark.through = numbered.through AND numbered.marks > 240 AND numbered.place % 2 = 0
""")
"""A database that is hours behind keeps ever coarser marks, not ever more of them."""


async def reached(database: AsyncSession | AsyncConnection) -> dict[str, datetime]:
    """Per source, the instant up to which everything it committed has been applied here; a source never heard is absent."""
    return {row.source: row.through for row in await database.execute(REACHED)}


def age(marks: dict[str, datetime], sources: Sequence[str], now: datetime) -> tuple[datetime | None, float | None]:
    """`as_of` (the older of the sources) and `lag_seconds`; both None while a source has never been heard.

    `as_of` is by the clock of the source's database, `now` by this process's; clocks that differ never make a lag below 0.
    """
    if any(source not in marks for source in sources):
        return None, None
    as_of = min(marks[source] for source in sources)
    return as_of, max((now - as_of).total_seconds(), 0.0)


async def follow(
    settings: ServiceSettings, engine: AsyncEngine, sources: Sequence[str], contracts: Iterable[str]
) -> None:
    """Keeps the newest watermarks of the sources until cancelled. Every worker does; repeating is harmless.

    A watermark is only about age: it is read from the end of its topic and has no position of its own. Of its offsets
    those of `contracts` are kept, the topics this service reads: what it never reads does not age its answers.
    """
    read = {kafka.full_name(settings, topic) for topic in contracts}
    topics = {kafka.full_name(settings, kafka.watermark_topic(source)): source for source in sources}
    partitions = [TopicPartition(topic, 0) for topic in topics]
    while True:
        consumer = kafka.consumer(settings, None)
        try:
            await consumer.start()
            consumer.assign(partitions)
            await _seek_last(consumer, partitions)
            while True:
                for partition, records in (await consumer.getmany(timeout_ms=1000)).items():
                    await _keep(engine, topics[partition.topic], records[-1].value, read)
        except (NoOffsetForPartitionError, OffsetOutOfRangeError, KafkaError, *database.TROUBLE) as error:
            log.info("watermark.restarts", error=error)
            await asyncio.sleep(1)
        finally:
            await kafka.closed(consumer)


async def _seek_last(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]) -> None:
    begins = await consumer.beginning_offsets(partitions)
    for partition, end in (await consumer.end_offsets(partitions)).items():
        consumer.seek(partition, max(end - 1, begins[partition]))


async def _keep(engine: AsyncEngine, source: str, value: bytes, read: Collection[str]) -> None:
    mark = orjson.loads(value)
    ends = {topic: ends for topic, ends in mark["next_offsets"].items() if topic in read}
    row = {"source": source, "through": datetime.fromisoformat(mark["through"]), "next_offsets": ends}
    async with engine.begin() as connection:
        await connection.execute(upsert(watermark).on_conflict_do_nothing(), [row])
        marks = await reached(connection)
        if source in marks:
            await connection.execute(FORGET, {"source": source, "reached": marks[source]})
        await connection.execute(THIN, {"source": source})
