"""A service's worker with one fault armed: `python -m tests.faults.faulty_worker <service>`.

FAULT_POINT names the point, FAULT_SIGNAL the signal the process sends itself there, FAULT_SKIP how often it passes first.
It strikes once: FAULT_DONE is a file that is made as it strikes, so a process started anew is sound. FAULT_REGIONS makes
the portions small in which reporting lets the numbers follow regions that moved. FAULT_PATIENCE makes everybody as
impatient as that many seconds: a relay over its sends and its lease, a consumer that makes no progress, and all over a
database that says nothing.
"""

import importlib
import os
import signal
import sys
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from services.reporting import moving
from shared import consumer, database, kafka, relay, worker


def strike(point: str) -> None:
    """Sends this process the signal at the armed point."""
    global passed
    done = Path(os.environ["FAULT_DONE"])
    if point != os.environ["FAULT_POINT"] or done.exists():
        return
    passed += 1
    if passed > int(os.environ.get("FAULT_SKIP", "0")):
        done.touch()
        os.kill(os.getpid(), signal.Signals[os.environ["FAULT_SIGNAL"]])


async def no_gauges() -> None:
    """These workers serve no metrics."""


passed = 0


def impatient(*topics: str, **settings: Any) -> AIOKafkaConsumer:
    """A consumer whose death Kafka notices as soon as it can, and that notices other topics at once: tests wait for it."""
    return AIOKafkaConsumer(*topics, **(settings | {"session_timeout_ms": 6000, "metadata_max_age_ms": 1000}))


if __name__ == "__main__":
    kafka.AIOKafkaConsumer = impatient  # type: ignore[attr-defined]
    if patience := float(os.environ.get("FAULT_PATIENCE", "0")):
        relay.SEND_TIMEOUT, relay.LEASE, consumer.STUCK_AFTER = patience, 1.5 * patience, 4 * patience
        relay.STATEMENT_TIMEOUT = database.ANSWERED_WITHIN = patience
    moving.REGIONS = int(os.environ.get("FAULT_REGIONS", moving.REGIONS))
    service = sys.argv[1]
    settings = importlib.import_module(f"services.{service}.settings").Settings()
    parts = importlib.import_module(f"services.{service}.worker").parts(settings, fault=strike)
    worker.run(settings, parts, no_gauges)
