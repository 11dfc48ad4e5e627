"""A consumer that hangs says so, and a position never moves back."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reporting import worker
from shared import consumer as consuming
from shared import database, positions
from shared.arrived import Arrived
from shared.kafka import TopicPartition
from tests.house import House, until


async def test_a_transaction_that_hangs_is_heard_of(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database does not answer: the round never returns, and yet the worker must end and start anew."""
    await house.caught_up("activities")
    await house.stop_worker("reporting")
    await house.execute("reporting", "UPDATE position SET next_offset = 0, anchor = NULL")
    monkeypatch.setattr(consuming, "STUCK_AFTER", 2.0)
    settings = house.settings("reporting")
    engine = database.open_engine(settings, schema="live")

    async def hang(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
        await asyncio.Event().wait()
        return len(arrived)

    with pytest.raises(consuming.Stuck, match="nothing moves"):
        await consuming.Consumer(settings, engine, worker.CONTRACTS, hang).run()
    await engine.dispose()


async def test_a_broker_that_is_silent_when_the_worker_starts_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections and says nothing, for longer than the watchdog's first look: nothing is wrong with the worker."""
    monkeypatch.setattr(consuming, "STUCK_AFTER", 0.2)
    connections: list[asyncio.StreamWriter] = []
    broker = await asyncio.start_server(lambda _, writer: connections.append(writer), "127.0.0.1", 0)
    silent = f"127.0.0.1:{broker.sockets[0].getsockname()[1]}"
    settings = house.settings("reporting").model_copy(update={"kafka_bootstrap_servers": silent})
    engine = database.open_engine(settings, schema="live")
    running = asyncio.create_task(worker.consumer(settings, engine).run())
    await until(lambda: _true(connections), "the worker has reached the broker")
    done, _ = await asyncio.wait([running], timeout=20 * consuming.STUCK_AFTER)
    assert not done
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    broker.close()
    for connection in connections:
        connection.close()
    await engine.dispose()


async def _true(found: Sequence[object]) -> bool:
    return bool(found)


async def test_a_position_is_moved_only_from_where_its_batch_began(house: House) -> None:
    """Somebody else was faster and further: the batch that comes late must not take the position back."""
    await house.caught_up()
    await house.stop_worker("reporting")
    (ahead,) = await house.fetch(
        "reporting", "SELECT * FROM position WHERE next_offset > 1 ORDER BY next_offset LIMIT 1"
    )
    settings = house.settings("reporting")
    engine = database.open_engine(settings, schema="live")
    applied: list[int] = []

    async def overtaken(connection: AsyncConnection, arrived: Sequence[Arrived]) -> int:
        if not applied:
            await house.execute("reporting", "UPDATE position SET next_offset = next_offset + 1000")
            # What the rebalance listener does meanwhile when the partition comes back: our expectation is the new place.
            for partition, place in consumer.fetching.applied.items():
                consumer.fetching.applied[partition] = positions.Place(place.next_offset + 1000, None)
        applied.append(len(arrived))
        return 0

    await house.execute(
        "reporting", f"UPDATE position SET next_offset = 0, anchor = NULL WHERE topic = '{ahead['topic']}'"
    )
    consumer = consuming.Consumer(settings, engine, worker.CONTRACTS, overtaken)
    running = asyncio.create_task(consumer.run())

    async def tried() -> bool:
        return bool(applied) or running.done()

    await until(tried, "a batch was tried")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    rows = await house.fetch("reporting", "SELECT min(next_offset) AS lowest FROM position")
    assert rows[0]["lowest"] >= 1000
    async with engine.begin() as connection:
        place = TopicPartition(ahead["topic"], ahead["partition"])
        assert (await positions.open_places(connection, [place], {}))[place].next_offset >= 1000
    await engine.dispose()
