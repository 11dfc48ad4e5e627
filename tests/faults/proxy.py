"""A TCP proxy between Wahana's parts and what they talk to, which can be made as bad as a network can be.

    async with Proxy.to(port) as proxy:          # listens on proxy.port of 127.0.0.1
        proxy.cut()                              # all connections end, new ones are refused
        proxy.hold()                             # half-open: connections stand, new ones too, and nothing passes
        proxy.forget()                           # what stands is half-open for ever; new connections pass
        proxy.hinder(delay=0.5, resets=0.05)     # each chunk is late; of each connection's chunks some end it
        proxy.heal()

Kafka's clients go where the broker tells them to: its second listener advertises a proxy's port (`Broker(through=…)`).
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self

from deploy.local import ports

CHUNK = 65536


@dataclass
class Proxy:
    """One listener on a port, passing on to another. Chances are seeded."""

    port: int
    upstream: int
    seed: int = 1
    delay: float = 0.0
    resets: float = 0.0
    passed: int = 0
    """Chunks passed on."""
    broken: int = 0
    """Connections that were reset."""
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _refusing: bool = False
    _connections: int = 0
    _forgotten: int = 0
    """Connections up to this one are forgotten."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311  # to be repeatable, not secret
        self._flows.set()

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, upstream: int, port: int | None = None, seed: int = 1) -> AsyncIterator[Self]:
        """A proxy to a port, open for the block."""
        proxy = cls(port or ports.free(), upstream, seed)
        await proxy._listen()
        try:
            yield proxy
        finally:
            await proxy._close()

    def cut(self) -> None:
        """Every connection is reset, and new ones as soon as they come."""
        self._refusing = True
        self._abort()

    def hold(self) -> None:
        """Nothing passes, and nobody is told: connections stay as they are."""
        self._flows.clear()

    def forget(self) -> None:
        """As a firewall that lost its table: of connections that stand nothing passes any more, and neither end hears that
        the other is gone. New ones pass."""
        self._forgotten = self._connections
        self.heal()

    def hinder(self, delay: float = 0.0, resets: float = 0.0) -> None:
        """Every chunk is late by `delay` seconds, and with a chance of `resets` ends its connection."""
        self.delay, self.resets = delay, resets

    def heal(self) -> None:
        """As it was. What was held back meanwhile passes."""
        self.delay = self.resets = 0.0
        self._refusing = False
        self._flows.set()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accepted, ports.HOST, self.port)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _abort(self) -> None:
        for writer in list(self._writers):
            transport = writer.transport
            transport.abort()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(ports.HOST, self.upstream)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._writers |= pair
        self._connections += 1
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.ensure_future(self._pass(source, sink, pair, self._connections))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, pair: set[asyncio.StreamWriter], number: int
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                await self._flows.wait()
                if number <= self._forgotten:
                    continue
                if self._random.random() < self.resets:
                    self.broken += 1
                    break
                sink.write(data)
                await sink.drain()
                self.passed += 1
        if number > self._forgotten:
            for writer in pair & self._writers:
                writer.transport.abort()
            self._writers -= pair
