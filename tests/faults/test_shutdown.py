"""Processes end in peace when they are told to, under load: within 20 seconds, nothing lost, no 5xx."""

import asyncio
import signal

import pytest

from deploy.local import ports
from tests.faults import oracle
from tests.faults.armed import Open, as_processes, ended, logged
from tests.house import SERVICES, until

SERVED = "uvicorn services.registry.app:create_app --factory --host 127.0.0.1 --no-access-log"
"""As an API is started by the local platform and in the images."""
GRACE = "--timeout-graceful-shutdown 5 --http shared.connection:Connection"


@pytest.mark.fault("F24")
async def test_workers_and_an_api_told_to_stop_end_in_peace_and_lose_nothing(opened: Open) -> None:
    house, workload = await opened("registry", "activities")
    workers = await as_processes(house, *SERVICES)
    port = ports.free()
    role = house.environment("registry", "api")
    api = await house.start_process("registry", f"{SERVED} {GRACE} --port {port}", **role)
    await until(lambda: answers(port), "the API answers")
    workload.send_to("registry", f"http://127.0.0.1:{port}")
    async with workload.running():
        await workload.more(20)
        for service, worker in zip(SERVICES, workers, strict=True):
            worker.send(signal.SIGTERM)
            assert await ended(worker) == 0, (service, worker.last_lines())
            await logged(await house.start_process(service), "worker.started")
        half = await half_sent(port)
        api.send(signal.SIGTERM)
        # uvicorn ends by the signal it was sent, once it has answered what it had begun.
        assert await ended(api, within=20) == -signal.SIGTERM, api.last_lines()
        half.close()
        await house.start_process("registry", f"{SERVED} {GRACE} --port {port}", **role)
        await until(lambda: answers(port), "the API answers again")
        await workload.more(20)
    assert workload.refusals == 0, "refused connections, but no answer of 5xx"
    await oracle.check(house, workload)


async def answers(port: int) -> bool:
    return await asyncio.to_thread(ports.answers, port)


async def half_sent(port: int) -> asyncio.StreamWriter:
    """A client that sends the half of a request and then nothing: nobody waits for it to end."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v1/institutions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    return writer
