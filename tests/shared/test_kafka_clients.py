"""The clients of Kafka, as everybody here opens and closes them."""

import asyncio
import contextlib

import pytest
from aiokafka import AIOKafkaConsumer

from shared import kafka
from tests.house import House


async def test_who_is_cancelled_while_a_client_closes_is_cancelled(
    registry_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing = asyncio.Event()

    class Held(AIOKafkaConsumer):  # type: ignore[misc]  # aiokafka is untyped
        async def stop(self) -> None:
            closing.set()
            with contextlib.suppress(asyncio.CancelledError):  # as aiokafka does while it waits for tasks of its own
                await asyncio.sleep(1)
            await super().stop()

    monkeypatch.setattr(kafka, "AIOKafkaConsumer", Held)
    asking = asyncio.create_task(kafka.bounds(registry_api.settings("registry"), []))
    await closing.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(1.1)  # until it is closed
