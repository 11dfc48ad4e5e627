"""The worker process: relay, consumer and watermark side by side, with /livez and /metrics, crash-only.

A part that must start anew (a lost relay, a stuck consumer) replaces the whole process by itself, so that no half-dead
client survives. A bug in a handler, a replaced topic or a run of unreadable events ends the process for good: somebody
must look.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
import uvicorn
from aiokafka.errors import KafkaError
from fastapi import FastAPI

from shared import database, health, process, telemetry, tracing
from shared.consumer import Stuck, TooManyUnreadable
from shared.fetching import TopicReplaced
from shared.relay import RelayLost
from shared.restoration import RestoreUnfinished
from shared.rewound import Rewound
from shared.settings import ServiceSettings

log = structlog.get_logger(__name__)

Part = Callable[[], Awaitable[None]]
START_ANEW = (RelayLost, Stuck, KafkaError, OSError, TimeoutError)
STOP = (TopicReplaced, TooManyUnreadable, RestoreUnfinished, Rewound)
PAUSE = (0.5, 2.0)
TOLD = (signal.SIGTERM, signal.SIGINT)
"""How a worker is told to stop."""


def run(settings: ServiceSettings, parts: Mapping[str, Part], gauges: Callable[[], Awaitable[None]]) -> None:
    """Runs the parts until SIGTERM or SIGINT. Exits 1 when a part failed for good."""
    telemetry.configure(settings.service, "worker")
    tracing.configure(settings.service, "worker")
    process.tune_collection()
    # Not `asyncio.run`, and no orderly exit: both would wait for ever for a client that hangs in its own shutdown
    # (aiokafka#1101) and for a thread that looks up a name nobody answers for, as that of a broker that is away.
    outcome = asyncio.new_event_loop().run_until_complete(_supervised(settings, parts, gauges))
    tracing.shut_down()
    if outcome == "anew":
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606  # our own command line again, without a shell
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1 if outcome == "failed" else 0)


async def _supervised(
    settings: ServiceSettings, parts: Mapping[str, Part], gauges: Callable[[], Awaitable[None]]
) -> str:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in TOLD:
        loop.add_signal_handler(number, stop.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD)
    tasks: dict[asyncio.Future[Any], str] = {asyncio.ensure_future(part()): name for name, part in parts.items()}
    tasks[asyncio.ensure_future(_serve_metrics(settings, gauges))] = "metrics"
    stopped: asyncio.Future[Any] = asyncio.ensure_future(stop.wait())
    log.info("worker.started", parts=sorted(parts))
    done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    outcomes = {_outcome(tasks[task], task.exception()) for task in done - {stopped}}
    outcome = "failed" if "failed" in outcomes else "anew" if outcomes else "stopped"
    for task in tasks:
        task.cancel()
    # Clients may hang in their own shutdown: they are not waited for longer than this. (`gather` would wait for them.)
    await asyncio.wait(tasks, timeout=5)
    if outcome == "anew":
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(random.uniform(*PAUSE)):  # noqa: S311  # spreads restarts, hides nothing
                await stop.wait()
        # From here until the new process can hear it, what it is told is kept for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD)
        outcome = "stopped" if stop.is_set() else "anew"
    return outcome


def _outcome(name: str, error: BaseException | None) -> str:
    if isinstance(error, STOP):
        log.critical("worker.stops", part=name, error=error)
        return "failed"
    if isinstance(error, START_ANEW) or (error is not None and database.transient(error)):
        log.warning("worker.starts_anew", part=name, error=error)
        return "anew"
    log.critical("worker.part_failed", part=name, exc_info=error)
    return "failed"


async def _serve_metrics(settings: ServiceSettings, gauges: Callable[[], Awaitable[None]]) -> None:
    """Serves the worker's /livez and /metrics on loopback or the container's interface, if a port is set."""
    if settings.worker_port is None:
        await asyncio.Event().wait()
    app = FastAPI(openapi_url=None)
    app.state.gauges = lambda _: gauges()
    app.include_router(health.metrics_router)
    server = uvicorn.Server(
        uvicorn.Config(app, host=settings.worker_host, port=settings.worker_port or 0, log_level="error")
    )
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # ours are installed
    with contextlib.suppress(SystemExit):
        await server.serve()
