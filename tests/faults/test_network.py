"""Networks that fail: what was sent is cut off, held back, late or reset; what was acknowledged arrives all the same."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from shared import database
from tests.faults import oracle
from tests.faults.armed import SEED, Open, events, impatient, logged, ready, scaled
from tests.faults.proxy import Proxy
from tests.faults.workload import Workload
from tests.house import SERVICES, House, until


@pytest.fixture
async def to_kafka(servers: Servers) -> AsyncIterator[Proxy]:
    """The way to Kafka: its clients are sent here by the broker itself."""
    assert servers.kafka.behind_proxy is not None
    async with Proxy.to(servers.kafka.behind_proxy, servers.kafka.proxy, seed=SEED) as proxy:
        yield proxy


async def drained(house: House) -> None:
    """Waits until all that is recorded by now is published and applied, however the network is."""
    last = {
        service: (await house.fetch(service, "SELECT max(id) AS id FROM outbox"))[0]["id"]
        for service in ("registry", "activities")
    }

    async def published() -> bool:
        waiting = [
            await house.fetch(service, "SELECT 1 FROM outbox WHERE pending AND id <= $1 LIMIT 1", id_)
            for service, id_ in last.items()
        ]
        return not any(waiting)

    await until(published, "what was recorded until now is published", within=120)
    ends = await house.ends()

    async def applied() -> bool:
        rows = await house.fetch("reporting", "SELECT topic, partition, next_offset FROM position")
        places = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        return all(places.get(key, 0) >= end for key, end in ends.items() if "watermark" not in key[0])

    await until(applied, "what was recorded until now is applied", within=120)


@pytest.mark.fault("F9", "F10")
async def test_whatever_the_network_to_kafka_does_to_workers_nothing_is_lost_and_they_come_back(
    opened: Open, to_kafka: Proxy
) -> None:
    house, workload = await opened("registry", "activities")
    for service in SERVICES:
        await house.stop_worker(service)
    way = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{to_kafka.port}"}
    workers = [await impatient(house, service, scaled(6, 30), **way) for service in SERVICES]
    relay = workers[0]
    async with workload.running():
        await workload.more(20)
        await drained(house)
        to_kafka.cut()
        await workload.more(20)
        to_kafka.heal()
        await drained(house)
        so_far = events(relay).count("worker.starts_anew")
        to_kafka.hold()
        await workload.more(20)
        await logged(relay, "worker.starts_anew", so_far + 1)
        to_kafka.heal()
        await drained(house)
        to_kafka.hinder(delay=scaled(0.1, 0.5), resets=0.05)
        await workload.more(20)
        await drained(house)
        assert to_kafka.broken > 0, "no connection was reset"
        to_kafka.heal()
    assert workload.refusals == 0, "the APIs answer without Kafka"
    await oracle.check(house, workload)
    assert all(worker.is_alive for worker in workers)


@pytest.mark.fault("F9")
async def test_services_whose_database_is_unreachable_or_silent_say_so_and_come_back(
    opened: Open, servers: Servers, reporting_cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ANSWERED_WITHIN", scaled(3, 15))
    async with Proxy.to(servers.postgres.port) as sources, Proxy.to(reporting_cluster.port) as numbers:
        through = {"registry": sources.port, "activities": sources.port, "reporting": numbers.port}
        house, workload = await opened("registry", "activities", through=through)
        for service in ("registry", "activities"):
            await house.stop_worker(service)
        workers = [await impatient(house, service, scaled(6, 15)) for service in SERVICES]
        async with workload.running():
            await workload.more(20)
            for proxy in (sources, numbers):
                proxy.cut()
            for service in SERVICES:
                await ready(house, service, 503)
            for proxy in (sources, numbers):
                proxy.heal()
            for service in SERVICES:
                await ready(house, service, 200)
            await workload.more(20)
            for proxy in (sources, numbers):
                proxy.hold()
            await until(partial(says_unready, house), "every API says that it cannot serve", within=60)
            refusals = workload.refusals
            await until(lambda: _more(lambda: workload.refusals, refusals), "writes are refused, not left hanging", 120)
            for proxy in (sources, numbers):
                proxy.forget()
            for service in SERVICES:
                await ready(house, service, 200)
            await until(partial(sound, workload), "every connection that was forgotten has been given up", within=120)
        await oracle.check(house, workload)
        assert all(worker.is_alive for worker in workers)


async def says_unready(house: House) -> bool:
    answers = await asyncio.gather(*(house.client(service).get("/readyz") for service in SERVICES))
    return all(answer.status_code == 503 for answer in answers)


async def _more(count: Callable[[], int], than: int) -> bool:
    return count() > than


async def sound(workload: Workload) -> bool:
    """Whether as many writes at once as there are connections are all answered."""
    refused = workload.refusals
    await workload.write(32, writers=32)
    return workload.refusals == refused
