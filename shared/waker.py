"""Wakes the relay after commits that recorded an event, so that nobody waits for its next poll."""

import asyncio
import contextlib
from typing import Any

import asyncpg
import structlog

log = structlog.get_logger(__name__)

CHANNEL = "wahana_outbox"
"""The PostgreSQL channel on which the relay listens."""


class Waker:
    """Tells the relay that something was committed, at most once per few milliseconds, on a connection of its own.

    A NOTIFY inside the business transaction would serialise all commits of the database (`design.md` §2).
    Losing a notification is harmless: the relay also polls.
    """

    PAUSE = 0.005

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Call after a commit that recorded an event."""
        self._news.set()

    async def run(self) -> None:
        """Notifies until cancelled; reconnects after an error."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, server_settings={"synchronous_commit": "off"})
                try:
                    await self._notify(connection)
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("waker.reconnects", error=error)
                await asyncio.sleep(1)

    async def _notify(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await connection.execute(f"NOTIFY {CHANNEL}", timeout=5)
            await asyncio.sleep(self.PAUSE)


async def cancelled(task: "asyncio.Task[Any]") -> None:
    """Cancels a background task and waits until it is gone."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
