"""Workers end in peace when they are told to, under load: exit code 0, nothing lost."""

import signal

from tests.faults import oracle
from tests.faults.armed import Open, as_processes, ended, logged
from tests.house import SERVICES


async def test_a_worker_told_to_stop_ends_in_peace_and_loses_nothing(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    workers = await as_processes(house, *SERVICES)
    async with workload.running():
        await workload.more(20)
        for service, worker in zip(SERVICES, workers, strict=True):
            worker.send(signal.SIGTERM)
            assert await ended(worker) == 0, (service, worker.last_lines())
            await logged(await house.start_process(service), "worker.started")
        await workload.more(20)
    await oracle.check(house, workload)
