"""A rebuild in small steps that is killed after the first of them: `python -m tests.faults.faulty_rebuild`."""

import asyncio
import os
import signal

from services.reporting import rebuild
from services.reporting.settings import Settings
from shared import consumer


def killed(step: str, done: int, of: int) -> None:
    """Sends this process SIGKILL: the transaction that was just committed is the last."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    consumer.BATCH = 25
    rebuild.CLOSE_ENOUGH = 50
    asyncio.run(rebuild.rebuild(Settings(), progress=killed))
