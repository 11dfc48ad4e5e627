"""The embedded Kafka: messages outlive a kill -9 and a pause; damaged jars are fetched again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import jars
from deploy.local.kafka import Broker

TOPIC = "wahana.test.kept.v1"


@pytest.fixture
def broker(folder: Path) -> Iterator[Broker]:
    made = Broker(folder / "kafka")
    made.start()
    yield made
    made.remove()


async def _send(broker: Broker, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True) as producer:
        for value in values:
            await producer.send_and_wait(TOPIC, value)


async def _receive(broker: Broker, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest")
    async with consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_messages_outlive_a_kill_and_a_pause(broker: Broker) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    await _send(broker, b"before the kill")
    before = broker.pid
    await asyncio.to_thread(broker.kill)
    await asyncio.to_thread(broker.restart)
    assert broker.pid != before
    await _send(broker, b"after the kill")
    broker.pause()
    sending = asyncio.create_task(_send(broker, b"through the pause"))
    await asyncio.sleep(0.3)
    assert not sending.done()
    broker.resume()
    await sending
    await asyncio.to_thread(broker.restart)
    assert await _receive(broker, 3) == [b"before the kill", b"after the kill", b"through the pause"]


def test_a_cluster_id_may_begin_with_a_dash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.kafka.uuid.uuid4", lambda: UUID(int=0xF8 << 120))
    made = Broker(folder / "kafka")
    made._format(jars.folder())
    assert (made.folder / "log" / "meta.properties").exists()


def test_a_damaged_jar_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = jars.folder()
    copy = tmp_path / whole.name
    copy.mkdir()
    for jar in whole.glob("*.jar"):
        (copy / jar.name).hardlink_to(jar) if jar.stat().st_dev == copy.stat().st_dev else (copy / jar.name).symlink_to(
            jar
        )
    victim = next(copy.glob("slf4j-api-*.jar"))
    content = victim.read_bytes()
    victim.unlink()
    victim.write_bytes(content[:1000])
    monkeypatch.setenv("WAHANA_CACHE", str(tmp_path))
    told = []
    jars.folder(progress=lambda done, of: told.append((done, of)))
    assert victim.read_bytes() == content
    assert told[-1] == (1, 1)
