"""Arms a worker process with a fault, and waits for it to strike."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson

from deploy.local.children import Child
from tests.faults.workload import Workload
from tests.house import House, until

LONG = bool(os.environ.get("CHAOS_LONG"))
"""Whether this is a long run, by hand: faults last as long as in life."""
SEED = int(os.environ.get("CHAOS_SEED", "1"))
"""What decides the choices of a run."""
Open = Callable[..., Awaitable[tuple[House, Workload]]]
"""The fixture `opened`."""


async def as_processes(house: House, *services: str) -> list[Child]:
    """From now on the workers of these services run as processes of their own, not in the test's event loop."""
    for service in services:
        await house.stop_worker(service)
    processes = [await house.start_process(service) for service in services]
    for process in processes:
        await logged(process, "worker.started")
    return processes


async def arm(
    house: House, service: str, point: str, signal: str = "SIGKILL", skip: int = 0, **environment: str
) -> tuple[Child, Path]:
    """A worker that sends itself the signal when it passes the point for the `skip + 1`th time; and the file it makes."""
    number = len(house.processes)
    done = house.servers.kafka.folder.parent / f"{house.prefix}-{number}-{service}-{point}-{signal}-{skip}.done"
    process = await house.start_process(
        service, f"tests.faults.faulty_worker {service}",
        FAULT_POINT=point, FAULT_SIGNAL=signal, FAULT_SKIP=str(skip), FAULT_DONE=str(done),
        **environment,
    )  # fmt: skip
    return process, done


async def impatient(house: House, service: str, patience: float = 6.0, **environment: str) -> Child:
    """A worker that gives up after that many seconds what it otherwise waits for half a minute or longer."""
    process, _ = await arm(house, service, "nowhere", "SIGKILL", 0, FAULT_PATIENCE=str(patience), **environment)
    return process


async def struck(done: Path) -> None:
    """Waits until the fault has struck."""

    async def made() -> bool:
        return done.exists()  # noqa: ASYNC240  # a local file, at once

    await until(made, f"the fault {done.name} strikes")


def scaled(quick: float, real: float) -> float:
    """How long a fault lasts, in seconds: as long as in life when the long run asks for it, else for a moment."""
    return real if LONG else quick


async def ended(process: Child, within: float = 60.0) -> int:
    """Waits until a process has ended; its exit code, −n for a signal."""

    async def over() -> bool:
        return not process.is_alive

    await until(over, f"{process.name} ends", within)
    return int(process.process.returncode)


def events(process: Child) -> list[str]:
    """What a process has logged so far, by the names of the events."""
    lines = process.log.read_bytes().splitlines() if process.log.exists() else []
    return [str(orjson.loads(line).get("event")) for line in lines if line.startswith(b"{") and line.endswith(b"}")]


async def logged(process: Child, event: str, times: int = 1) -> None:
    """Waits until a process has logged an event that often."""

    async def said() -> bool:
        return events(process).count(event) >= times

    await until(said, f"{process.log.name} says {event}")


async def ready(house: House, service: str, status: int) -> None:
    """Waits for an API to answer /readyz with this status; it stays alive whatever it says."""

    async def said() -> bool:
        assert (await house.client(service).get("/livez")).status_code == 200
        return (await house.client(service).get("/readyz")).status_code == status

    await until(said, f"{service} answers /readyz with {status}")
