"""The projector is killed, stopped, doubled and joined by others; each event counts once."""

import signal
from functools import partial

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from tests.faults import oracle
from tests.faults.armed import Open, arm, as_processes, ended, logged, struck
from tests.house import House, until


@pytest.mark.fault("F4")
@pytest.mark.parametrize("point", ["consumer.before_commit", "consumer.after_commit"])
async def test_a_projector_killed_at_its_commit_leaves_nothing_out_and_counts_nothing_twice(
    opened: Open, point: str
) -> None:
    house, workload = await opened("registry", "activities")
    projector, done = await arm(house, "reporting", point, skip=2)
    async with workload.running():
        await struck(done)
        assert await ended(projector) == -signal.SIGKILL
        await house.start_process("reporting")
        await workload.more(20)
    await oracle.check(house, workload)


@pytest.mark.fault("F5")
async def test_a_stopped_projector_that_wakes_after_another_took_over_is_refused(opened: Open) -> None:
    """It is stopped in mid-transaction. PostgreSQL ends that transaction after a minute; the test does it at once."""
    house, workload = await opened("registry", "activities")
    zombie, done = await arm(house, "reporting", "consumer.before_commit", "SIGSTOP", skip=1)
    async with workload.running():
        await struck(done)
        await house.fetch(
            "reporting",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            " AND datname = current_database()",
        )
        await house.start_process("reporting")
        await workload.more(30)
    await house.caught_up("reporting")
    zombie.send(signal.SIGCONT)
    await logged(zombie, "consumer.position_moved_by_another")
    await workload.write(20)
    await oracle.check(house, workload)


async def test_projectors_that_share_the_partitions_may_come_and_go(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    first = await as_processes(house, "reporting", "reporting", "reporting")
    await until(partial(members, house, 3), "three projectors share the partitions")
    async with workload.running():
        await workload.more(20)
        first[0].kill()
        await house.start_process("reporting")
        await workload.more(40)
    await oracle.check(house, workload)
    assert [worker.is_alive for worker in first[1:]] == [True, True]


async def members(house: House, count: int) -> bool:
    """Whether that many workers hold partitions of reporting's group."""
    admin = AIOKafkaAdminClient(bootstrap_servers=house.servers.bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_consumer_groups([f"{house.prefix}.reporting"])
        ((_, _, state, _, _, found, *_),) = answer.groups
        return bool(state == "Stable" and len(found) == count)
    finally:
        await admin.close()
