"""Arms a worker process with a fault, and waits for it to strike."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.children import Child
from tests.faults.workload import Workload
from tests.house import House, until

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
    done = house.servers.kafka.folder.parent / f"{house.prefix}-{service}-{point}-{signal}-{skip}.done"
    process = await house.start_process(
        service, f"tests.faults.faulty_worker {service}",
        FAULT_POINT=point, FAULT_SIGNAL=signal, FAULT_SKIP=str(skip), FAULT_DONE=str(done),
        **environment,
    )  # fmt: skip
    return process, done


async def struck(done: Path) -> None:
    """Waits until the fault has struck."""

    async def made() -> bool:
        return done.exists()  # noqa: ASYNC240  # a local file, at once

    await until(made, f"the fault {done.name} strikes")


async def ended(process: Child, within: float = 60.0) -> int:
    """Waits until a process has ended; its exit code, −n for a signal."""

    async def over() -> bool:
        return not process.is_alive

    await until(over, f"{process.name} ends", within)
    return int(process.process.returncode)


async def logged(process: Child, event: str, times: int = 1) -> None:
    """Waits until a process has logged an event that often."""

    async def said() -> bool:
        return process.log.read_text(errors="replace").count(f'"event": "{event}"') >= times

    await until(said, f"{process.log.name} says {event}")
