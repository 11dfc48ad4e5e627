"""Clients that hang up in mid-request: no transaction stays open, no connection of the pool is lost."""

import asyncio
import contextlib
import random
import uuid

import pytest

from tests.faults import oracle
from tests.faults.armed import Open
from tests.faults.workload import Request, Workload
from tests.house import House, until

POOL = 8


async def hang_up(house: House, request: Request, chance: random.Random) -> None:
    """Sends a request, or a part of it, and cuts the connection off before or while it is answered."""
    headers = {**request.headers, "Host": "localhost", "Content-Length": str(len(request.body))}
    head = f"POST {request.path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
    data = head.encode() + request.body
    port = int(house.url(request.service).rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data if chance.random() < 0.7 else data[: chance.randrange(len(data))])
    await writer.drain()
    await asyncio.sleep(chance.random() * 0.03)
    transport = writer.transport
    transport.abort()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@pytest.mark.fault("F25")
async def test_clients_that_hang_up_leave_no_open_transaction_and_no_half_write(
    opened: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    house, workload = await opened("registry", "activities", "reporting")
    requests = [workload.registration(uuid.uuid4()) for _ in range(200)]
    for start in range(0, len(requests), 20):
        await asyncio.gather(*(hang_up(house, request, workload.random) for request in requests[start : start + 20]))
    workload.unanswered.extend(requests)

    async def quiet() -> bool:
        open_ones = await house.fetch(
            "registry",
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid()",
        )
        return not open_ones

    await until(quiet, "no transaction is open")
    assert "request.failed" not in capsys.readouterr().out, "a client that hangs up is no failure of ours"
    await all_of_the_pool_serves(house, workload)
    stored = (await house.fetch("registry", "SELECT count(*) AS n FROM institution"))[0]["n"]
    assert 0 < stored - len(workload.leads) < len(requests), "some were stored, some were not"
    await oracle.check(house, workload)
    after = (await house.fetch("registry", "SELECT count(*) AS n FROM institution"))[0]["n"]
    assert after - len(workload.leads) == len(requests), "asked again, each is stored once"


async def all_of_the_pool_serves(house: House, workload: Workload) -> None:
    """Twice as many requests at once as the pool has connections."""
    client = house.client("registry", "integration", "32.04")
    answers = await asyncio.gather(*(client.get("/v1/institutions?limit=1") for _ in range(2 * POOL)))
    assert [answer.status_code for answer in answers] == [200] * (2 * POOL)
