"""Bytes as a broken or hostile client sends them: a socket, and what comes back on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Wire:
    """One connection to an API. Everything waits for what the server does, never for a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, content: bytes) -> None:
        """Sends bytes as they are."""
        self._writer.write(content)
        await self._writer.drain()

    async def end(self) -> bytes:
        """All that comes until the server hangs up."""
        try:
            return await asyncio.wait_for(self._reader.read(), 60)
        except ConnectionResetError:
            return b""

    async def answer(self) -> bytes:
        """The head of one answer, with as much of its body as its length says."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), 60)
        lines = [line.lower() for line in head.split(b"\r\n")]
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        return head + await asyncio.wait_for(self._reader.readexactly(length), 60)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Wire]:
    """A connection to the server at an address."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()


def statuses(answers: bytes) -> list[int]:
    """The statuses of all answers in what came."""
    return [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]]
