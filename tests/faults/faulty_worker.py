"""A service's worker with one fault armed: `python -m tests.faults.faulty_worker <service>`.

FAULT_POINT names the point, FAULT_SIGNAL the signal the process sends itself there, FAULT_SKIP how often it passes first.
It strikes once: FAULT_DONE is a file that is made as it strikes, so a process started anew is sound.
"""

import importlib
import os
import signal
import sys
from pathlib import Path

from shared import worker


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

if __name__ == "__main__":
    service = sys.argv[1]
    settings = importlib.import_module(f"services.{service}.settings").Settings()
    parts = importlib.import_module(f"services.{service}.worker").parts(settings, fault=strike)
    worker.run(settings, parts, no_gauges)
