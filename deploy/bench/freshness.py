"""Freshness: from the commit of a POST to the commit that makes it visible in the numbers, through every real part.

Both commits are in one PostgreSQL server, whose commit times are compared row by row: no polling, one clock. The limit is
Kafka alone: send to receive on the same broker at the same rate.
"""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

from deploy.bench import events, load
from deploy.bench.figures import Goal, Measured, Row, percentile
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from shared import kafka
from shared.codes import ActivityKind
from shared.events.activities import Activity
from shared.settings import SharedSettings

GOALS = {
    100: (Goal(10, 5, most=True), Goal(30, 12, most=True)),
    500: (Goal(15, 7, most=True), Goal(60, 16, most=True)),
}
"""Milliseconds, p50 and p99, by writes per second."""
LEADS = 2000
BODIES = 4000
CONNECTIONS = 64

COMMITTED = """
    SELECT id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at FROM activity WHERE recorded_at >= $1
"""
VISIBLE = """
    SELECT subject_id AS id, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 AS at FROM dossier
    WHERE subject_id = ANY($1) AND sequence > 0
"""


def prepare(wahana: Installation) -> list[str]:
    """Verified institutions known to activities and reporting; POSTs of activities that were held, led by them."""
    villages = {identity: code for code, identity in wahana.stage.villages()}
    told = events.institutions(LEADS, list(villages), seed=2)
    events.publish(wahana.settings("activities"), [(one.state, one.event()) for one in told])
    for service, query in (
        ("activities", "SELECT count(*) FROM known_institution"),
        ("reporting", "SELECT count(*) FROM dossier WHERE noun = 'institution' AND sequence > 0"),
    ):
        wahana.until(partial(_knows_all, wahana, service, query), f"{service} knows the institutions")
    chance = random.Random(3)  # noqa: S311  # made-up data
    token = wahana.stage.token("integration")
    return [
        _post(chance, token, chance.choice(told).subject, chance.choice(list(villages.values()))) for _ in range(BODIES)
    ]


def _knows_all(wahana: Installation, service: str, query: str) -> bool:
    return bool(wahana.fetch(service, query)[0][0] >= LEADS)


def _post(chance: random.Random, token: str, lead: UUID, village: str) -> str:
    day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 60))).isoformat()
    return load.request("POST", "/v1/activities", token, {
        "title": f"Kerja bakti {chance.randrange(1000)}", "kind": chance.choice(list(ActivityKind)),
        "strategy": "pemberdayaan", "objective": "Saluran bersih sebelum musim hujan", "target_group": {"members": True},
        "village": village, "lead_institution_id": str(lead),
        "completion": {
            "held_from": day, "held_until": day, "invited": {"total": 30},
            "attended": {"total": 25, "by_sex": {"female": 15, "male": 10}},
        },
    })  # fmt: skip


def run(stage: Stage) -> list[Row]:
    """p50 and p99 in milliseconds at each rate."""
    size = stage.size
    figures: dict[int, list[tuple[float, float]]] = {rate: [] for rate in size.rates}
    limits: dict[int, list[tuple[float, float]]] = {rate: [] for rate in size.rates}
    posts: dict[int, list[load.Outcome]] = {rate: [] for rate in size.rates}
    with installed(stage, "activities", "reporting") as wahana:
        wahana.start("activities", "activities-worker", "reporting-worker")
        requests = prepare(wahana)
        for _ in range(size.rounds):
            for rate in size.rates:
                limits[rate].append(asyncio.run(_kafka_alone(wahana.settings("activities"), rate, size.seconds)))
                posts[rate].append(_post_at(wahana, requests, rate, figures[rate]))
    return [row for rate in size.rates for row in _rows(rate, figures[rate], limits[rate], posts[rate])]


def _rows(
    rate: int, figures: list[tuple[float, float]], limits: list[tuple[float, float]], posts: list[load.Outcome]
) -> list[Row]:
    achieved = Measured.of([post.rate for post in posts])
    goals = GOALS.get(rate, (None, None))
    rows = [
        Row(
            f"commit to visible at {rate}/s, {name}" if place == 0 else f"… {name}",
            Measured.of([figure[place] for figure in figures], "ms"),
            Measured.of([limit[place] for limit in limits], "ms Kafka"),
            goal=goals[place],
        )
        for place, name in enumerate(("p50", "p99"))
    ]
    return [*rows, Row(f"… POST p99 (answered {achieved}/s)", Measured.of([post.p99 for post in posts], "ms"))]


def _post_at(wahana: Installation, requests: list[str], rate: int, figures: list[tuple[float, float]]) -> load.Outcome:
    size, began = wahana.stage.size, datetime.now(UTC)
    outcome = wahana.load("activities", requests, connections=CONNECTIONS, rate=rate)
    committed = {row["id"]: row["at"] for row in wahana.fetch("activities", COMMITTED, began)}

    def all_visible() -> dict[UUID, float] | None:
        found = {row["id"]: row["at"] for row in wahana.fetch("reporting", VISIBLE, list(committed))}
        return found if len(found) == len(committed) else None

    visible = wahana.until(all_visible, "reporting shows all activities", within=120) or {}
    warm = min(committed.values()) + size.warm_up
    delays = [(visible[one] - at) * 1000 for one, at in committed.items() if at >= warm]
    figures.append((percentile(delays, 0.5), percentile(delays, 0.99)))
    return outcome


async def _kafka_alone(settings: SharedSettings, rate: int, seconds: float) -> tuple[float, float]:
    """p50 and p99 of send to receive in milliseconds, with the clients' settings of the relay and the consumer."""
    apart = settings.model_copy(update={"kafka_topic_prefix": f"{settings.kafka_topic_prefix}-alone"})
    await kafka.create_topics(apart)
    partition = TopicPartition(kafka.full_name(apart, Activity.topic()), 0)
    producer, consumer = kafka.producer(settings), kafka.consumer(settings, None)
    await producer.start()
    await consumer.start()
    delays: list[float] = []
    try:
        consumer.assign([partition])
        consumer.seek(partition, (await consumer.end_offsets([partition]))[partition])
        count = int(rate * seconds)
        sending = asyncio.ensure_future(_send(producer, partition.topic, rate, count))
        while len(delays) < count:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                now = time.perf_counter()
                delays += [(now - float(record.value[:32])) * 1000 for record in records]
        await sending
    finally:
        await consumer.stop()
        await producer.stop()
    return percentile(delays, 0.5), percentile(delays, 0.99)


async def _send(producer: AIOKafkaProducer, topic: str, rate: int, count: int) -> None:
    """Messages as large as ours, at their times, each with the instant it was sent."""
    due = time.perf_counter()
    for _ in range(count):
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        await producer.send(topic, f"{time.perf_counter():<600}".encode(), partition=0)
        due += 1 / rate
