"""PostgreSQL is killed with SIGKILL, reporting's and the sources': what was acknowledged is there, workers heal."""

import asyncio
import signal
from collections.abc import Sequence
from functools import partial

import asyncpg
import pytest

from deploy.local.postgres import Cluster
from deploy.local.servers import Servers
from services.reporting.dossiers import PROJECTION_LOCK
from tests.faults import oracle
from tests.faults.armed import Open, arm, as_processes, logged, ready, struck
from tests.faults.workload import Request
from tests.house import House, until


@pytest.mark.fault("F12")
async def test_reporting_heals_when_its_database_was_killed_in_mid_batch(
    opened: Open, reporting_cluster: Cluster
) -> None:
    house, workload = await opened("registry", "activities")
    projector, done = await arm(house, "reporting", "consumer.before_commit", "SIGSTOP", skip=2)
    async with workload.running():
        await struck(done)
        await asyncio.to_thread(reporting_cluster.kill)
        try:
            projector.send(signal.SIGCONT)
            await ready(house, "reporting", 503)
            await workload.more(20)
        finally:
            await asyncio.to_thread(reporting_cluster.restart)
        await ready(house, "reporting", 200)
        await workload.more(20)
    assert workload.refusals == 0
    await oracle.check(house, workload)
    assert projector.is_alive, "the worker healed by itself"


@pytest.mark.fault("F11")
async def test_acknowledged_writes_survive_their_database_and_open_ones_are_whole_or_absent(
    opened: Open, servers: Servers
) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    relays = await as_processes(house, "registry", "activities")
    async with workload.running(writers=8):
        await workload.more(30)
        await asyncio.to_thread(servers.postgres.kill)
        try:
            await until(lambda: refused(workload.unanswered), "writes are refused")
        finally:
            await asyncio.to_thread(servers.postgres.restart)
        await ready(house, "registry", 200)
        await workload.more(30)
    assert workload.unanswered
    await oracle.check(house, workload)
    assert all(relay.is_alive for relay in relays), "the relays came back by themselves"


async def refused(requests: Sequence[Request]) -> bool:
    return len(requests) > 8


async def test_a_projector_whose_statement_is_cut_off_tries_its_batch_again(opened: Open) -> None:
    """As the statement timeout cuts it off while a rebuild compares, and as a restart does."""
    house, workload = await opened("registry", "activities")
    settings = house.settings("reporting")
    blocker = await asyncpg.connect(settings.driver_dsn)
    await blocker.execute("SELECT pg_advisory_lock($1, hashtext('live'))", PROJECTION_LOCK)
    (projector,) = await as_processes(house, "reporting")
    await workload.write(20)
    for times, cut in enumerate(("pg_cancel_backend", "pg_terminate_backend"), 1):
        (waiting,) = await until(partial(waits, house), "the projector waits inside its transaction")
        await house.fetch("reporting", f"SELECT {cut}($1)", waiting["pid"])
        await logged(projector, "consumer.retries", times)
    await blocker.close()
    await oracle.check(house, workload)
    assert "worker.starts_anew" not in projector.log.read_text()


async def waits(house: House) -> list[asyncpg.Record]:
    return await house.fetch(
        "reporting",
        "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()",
    )
