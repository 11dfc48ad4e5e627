"""Topics as code and the clients' settings. Only this, the relay, the consumer and the watermark know aiokafka."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.structs import ConsumerRecord as ConsumerRecord
from aiokafka.structs import TopicPartition as TopicPartition

from shared.events import activities, registry
from shared.settings import SharedSettings

AWAY = (KafkaError, OSError, TimeoutError)
"""What a broker that is away raises."""
PARTITIONS = 12
"""For ever: another count would map the keys anew. Growth means a new topic version, filled by `republish`."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it must be. `config` holds only what differs from the broker's defaults."""

    name: str
    partitions: int = PARTITIONS
    config: dict[str, str] = field(default_factory=dict)


FACTS_CONFIG = {"cleanup.policy": "delete", "retention.ms": "-1", "max.message.bytes": "524288"}
"""Unlimited and not compacted: compaction keeps the last offset of a key, not the highest sequence."""
WATERMARK_CONFIG = {"cleanup.policy": "delete", "retention.ms": "3600000"}


def full_name(settings: SharedSettings, topic: str) -> str:
    """The topic's name in this installation: `wahana.registry.institution.v1`."""
    return f"{settings.kafka_topic_prefix}.{topic}"


def watermark_topic(service: str) -> str:
    """Where the relay of a service tells how far it has published; without the installation's prefix."""
    return f"{service}.watermark.v1"


def declared(settings: SharedSettings) -> list[Topic]:
    """Every topic of the installation, ordered by name."""
    facts = [
        Topic(full_name(settings, state.topic()), config=FACTS_CONFIG)
        for state in (*registry.STATES, *activities.STATES)
    ]
    marks = [Topic(full_name(settings, watermark_topic(s)), 1, WATERMARK_CONFIG) for s in ("registry", "activities")]
    return sorted([*facts, *marks], key=lambda topic: topic.name)


async def create_topics(settings: SharedSettings, replication: int = 1) -> list[str]:
    """Creates the declared topics that are missing; returns their names. Changes none that exists."""
    async with _admin(settings) as admin:
        existing = set(await admin.list_topics())
        missing = [topic for topic in declared(settings) if topic.name not in existing]
        if missing:
            answer = await admin.create_topics(
                [NewTopic(t.name, t.partitions, replication, topic_configs=t.config) for t in missing]
            )
            for name, code, *_ in answer.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    raise error(name)
        return [topic.name for topic in missing]


async def existing(settings: SharedSettings) -> set[str]:
    """The names of all topics that the broker has, of other installations too."""
    async with _admin(settings) as admin:
        return set(await admin.list_topics())


async def diff_topics(settings: SharedSettings) -> list[str]:
    """What differs between the declared topics and the broker's, one sentence each; empty if nothing does."""
    async with _admin(settings) as admin:
        wanted = declared(settings)
        described = {t["topic"]: t for t in await admin.describe_topics([t.name for t in wanted])}
        differences: list[str] = []
        for topic in wanted:
            found = described.get(topic.name)
            if found is None or found["error_code"]:
                differences.append(f"{topic.name}: missing")
                continue
            partitions = len(found["partitions"])
            if partitions != topic.partitions:
                differences.append(f"{topic.name}: {partitions} partitions, declared {topic.partitions}")
            differences.extend(await _config_differences(admin, topic))
        return differences


async def _config_differences(admin: AIOKafkaAdminClient, topic: Topic) -> Iterable[str]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name)])
    found = {entry[0]: entry[1] for answer in answers for entry in answer.resources[0][4]}
    return [
        f"{topic.name}: {key} is {found.get(key)}, declared {value}"
        for key, value in topic.config.items()
        if found.get(key) != value
    ]


@dataclass(frozen=True, slots=True)
class Copies:
    """How many brokers there are, and of the declared topics that exist: the fewest copies of a partition, those topics
    of which a copy is behind, and the smallest `min.insync.replicas`. Zeros where no topic exists."""

    brokers: int
    fewest: int
    behind: list[str]
    fewest_in_sync: int


async def copies(settings: SharedSettings) -> Copies:
    """How safely Kafka keeps what it was given."""
    async with _admin(settings) as admin:
        cluster = await admin.describe_cluster()
        described = [
            topic
            for topic in await admin.describe_topics([topic.name for topic in declared(settings)])
            if not topic["error_code"]
        ]
        partitions = [(topic["topic"], partition) for topic in described for partition in topic["partitions"]]
        in_sync = []
        if described:
            asked = [ConfigResource(ConfigResourceType.TOPIC, topic["topic"]) for topic in described]
            for answer in await admin.describe_configs(asked):
                for resource in answer.resources:
                    in_sync += [int(entry[1]) for entry in resource[4] if entry[0] == "min.insync.replicas"]
        return Copies(
            len(cluster["brokers"]),
            min((len(partition["replicas"]) for _, partition in partitions), default=0),
            sorted({name for name, partition in partitions if len(partition["isr"]) < len(partition["replicas"])}),
            min(in_sync, default=0),
        )


class _admin:  # noqa: N801  # reads as a function at its call: `async with _admin(settings)`
    def __init__(self, settings: SharedSettings) -> None:
        self._client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)

    async def __aenter__(self) -> AIOKafkaAdminClient:
        await self._client.start()
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()


def producer(settings: SharedSettings) -> AIOKafkaProducer:
    """An idempotent producer that waits for all replicas. No linger: the relay batches by itself."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        max_batch_size=131072,
        max_request_size=524288,
        compression_type="lz4",
        request_timeout_ms=15000,
    )


def consumer(settings: SharedSettings, group: str | None, topics: Sequence[str] = ()) -> AIOKafkaConsumer:
    """A consumer that never jumps by itself (`auto_offset_reset="none"`) and never commits by itself."""
    return AIOKafkaConsumer(
        *topics,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=1_048_576,
        session_timeout_ms=10_000,
        metadata_max_age_ms=30_000,
    )


Offsets = dict[TopicPartition, int]


async def bounds(settings: SharedSettings, partitions: Sequence[TopicPartition]) -> tuple[Offsets, Offsets]:
    """Where these partitions begin, and where they end. Raises what AWAY names.

    By a consumer of its own that has them assigned and reads nothing: one that has not learns where each topic lies by itself,
    one after the other, a tenth of a second each.
    """
    asking = consumer(settings, None)
    try:
        await asking.start()
        asking.assign(partitions)
        return dict(await asking.beginning_offsets(partitions)), dict(await asking.end_offsets(partitions))
    finally:
        await closed(asking)


async def closed(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Closes a client. Whoever is cancelled meanwhile is cancelled: aiokafka would take it for the end of its own tasks, which
    it awaits then, and its caller would go on as if nobody had asked it to end."""
    await asyncio.shield(asyncio.ensure_future(client.stop()))
