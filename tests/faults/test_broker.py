"""Kafka is killed under write load: writes go on, the numbers say how old they are, and everything arrives."""

import asyncio
import math
import re
import signal
from datetime import UTC, datetime

import psutil
import pytest

from deploy.local.children import Child
from deploy.local.servers import Servers
from tests.faults import oracle
from tests.faults.armed import Open, as_processes, ended, impatient, logged, scaled
from tests.house import SERVICES, House, until

OUTAGE = 600.0
"""Seconds that Kafka is away in the long run."""
MEGABYTES = 32
"""By which a worker may grow meanwhile."""


async def lag(house: House) -> float:
    """What reporting says about the age of registry's facts, in seconds by the machine's clock; infinite if unheard."""
    house.clock.instant = datetime.now(UTC)
    page = (await house.client("reporting").get("/metrics")).text
    found = re.search(r'^wahana_lag_seconds\{source="registry"\} (\S+)$', page, re.MULTILINE)
    return float(found.group(1)) if found else math.inf


@pytest.mark.fault("F6")
async def test_writes_are_accepted_while_kafka_is_down_and_everything_arrives_afterwards(
    opened: Open, servers: Servers
) -> None:
    house, workload = await opened("registry", "activities")
    _, activities, _ = await as_processes(house, *SERVICES)

    async def heard() -> bool:
        return await lag(house) < math.inf

    await until(heard, "reporting knows the age of registry's facts")
    async with workload.running():
        await workload.more(20)
        await asyncio.to_thread(servers.kafka.kill)
        try:
            await workload.more(30)
            earlier = await lag(house)
            await workload.more(30)
            assert await lag(house) > earlier
            for service in SERVICES:
                assert (await house.client(service).get("/readyz")).status_code == 200
            activities.send(signal.SIGTERM)
            # Without Kafka it starts anew again and again: it may be told while it has no ear for it yet.
            assert await ended(activities) in (0, -signal.SIGTERM)
            await house.start_process("activities")
            await workload.more(30)
        finally:
            await asyncio.to_thread(servers.kafka.restart)
        await workload.more(20)
    assert workload.refusals == 0
    await oracle.check(house, workload)

    async def young() -> bool:
        return await lag(house) < earlier

    await until(young, "the numbers are young again")


@pytest.mark.fault("F8")
async def test_a_broker_that_is_stopped_and_wakes_up_delivers_late_what_was_given_up_and_nothing_is_harmed(
    opened: Open, servers: Servers
) -> None:
    house, workload = await opened("registry", "activities")
    for service in ("registry", "activities"):
        await house.stop_worker(service)
    patience = scaled(6, 30)
    relay, *others = [await impatient(house, service, patience) for service in SERVICES]
    async with workload.running():
        await workload.more(20)
        servers.kafka.pause()
        try:
            await workload.more(20)
            await logged(relay, "worker.starts_anew")
            await asyncio.sleep(scaled(0, 45))
        finally:
            servers.kafka.resume()
        await workload.more(20)
    assert workload.refusals == 0
    await oracle.check(house, workload)
    assert [worker.is_alive for worker in (relay, *others)] == [True] * 3


@pytest.mark.long
@pytest.mark.fault("F7")
async def test_ten_minutes_without_a_broker_grow_the_outbox_and_no_process(opened: Open, servers: Servers) -> None:
    house, workload = await opened("registry", "activities")
    workers = await as_processes(house, *SERVICES)
    await workload.write(40)
    await house.caught_up()
    await asyncio.to_thread(servers.kafka.kill)
    try:
        await asyncio.sleep(30)
        before = [resident(worker) for worker in workers]
        ends = asyncio.get_running_loop().time() + OUTAGE
        while asyncio.get_running_loop().time() < ends:
            await workload.write(8)
            for service in SERVICES:
                assert (await house.client(service).get("/readyz")).status_code == 200
            await asyncio.sleep(5)
        grown = [resident(worker) - then for worker, then in zip(workers, before, strict=True)]
    finally:
        await asyncio.to_thread(servers.kafka.restart)
    assert max(grown) < MEGABYTES * 2**20, grown
    await oracle.check(house, workload)


def resident(worker: Child) -> int:
    """Bytes of memory that a worker holds."""
    return int(psutil.Process(worker.pid).memory_info().rss)
