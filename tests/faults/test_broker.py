"""Kafka is killed under write load: writes go on, the numbers say how old they are, and everything arrives."""

import asyncio
import math
import re
import signal
from datetime import UTC, datetime

from deploy.local.servers import Servers
from tests.faults import oracle
from tests.faults.armed import Open, as_processes, ended
from tests.house import SERVICES, House, until


async def lag(house: House) -> float:
    """What reporting says about the age of registry's facts, in seconds by the machine's clock; infinite if unheard."""
    house.clock.instant = datetime.now(UTC)
    page = (await house.client("reporting").get("/metrics")).text
    found = re.search(r'^wahana_lag_seconds\{source="registry"\} (\S+)$', page, re.MULTILINE)
    return float(found.group(1)) if found else math.inf


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
            assert await ended(activities) == 0
            await house.start_process("activities")
            await workload.more(30)
        finally:
            await asyncio.to_thread(servers.kafka.restart)
        await workload.more(20)
    assert workload.unanswered == []
    await oracle.check(house, workload)

    async def young() -> bool:
        return await lag(house) < earlier

    await until(young, "the numbers are young again")
