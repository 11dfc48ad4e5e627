"""What a request may cost before its route sees it: its address, its body, its time, and how many are under way."""

import asyncio
import re
from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import wire
from shared.language import Text
from shared.problems import BadRequest, NotFound, Problem, TooLarge, Unavailable, UnsupportedMediaType

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
LONGEST_ADDRESS = 8 * 1024
"""Path and query in bytes: a cursor has some hundred, a list of positions to wait for some thousand."""
MOST_PARAMETERS = 100
BODY_SECONDS = 20.0
"""What any body may take to arrive …"""
SLOWEST = 500
"""… and one second more for each so many bytes of it that are here: a bad mobile connection is faster."""

_HIDDEN = re.compile(rb"%(?:2f|5c|00)", re.IGNORECASE)
"""Slashes and ends of text that a proxy's rules for paths would not see; no address of ours has them."""

Render = Callable[[Request, Problem], Response]


class AddressTooLong(BadRequest):
    status = 414
    slug = "address-too-long"
    title = Text("Alamat permintaan terlalu panjang", "The request's address is too long")


class TooManyParameters(BadRequest):
    slug = "too-many-parameters"
    title = Text("Parameter permintaan terlalu banyak", "The request has too many parameters")


class TooSlow(BadRequest):
    status = 408
    slug = "request-too-slow"
    title = Text("Isi permintaan datang terlalu lambat", "The request's body came too slowly")


class TookTooLong(Unavailable):
    slug = "took-too-long"
    title = Text("Permintaan ini berlangsung terlalu lama", "This request took too long")


class Crowded(Unavailable):
    slug = "too-many-under-way"
    title = Text("Layanan sedang terlalu ramai", "The service is too busy")


class Bounded:
    """Refuses what is too long, too large or too much at once, and ends what takes too long.

    A request that is ended is cancelled at what it waits for: its transaction is rolled back, nothing of it is stored.
    Health and metrics are answered also when the house is full.
    """

    def __init__(self, app: ASGIApp, *, seconds: float, at_once: int, render: Render) -> None:
        """`seconds` are those between the body's end and the answer's next bytes; `at_once` counts requests under way."""
        self._app = app
        self._seconds = seconds
        self._at_once = at_once
        self._render = render
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope) or self._crowded(scope)
        if refusal is not None:
            await self._tell(refusal, scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._timed(_Timed(scope, receive, send, self._seconds))
        finally:
            self._under_way -= 1

    async def _timed(self, request: "_Timed") -> None:
        try:
            async with asyncio.timeout(self._seconds) as request.limit:
                await self._app(request.scope, request.receive, request.send)
        except TimeoutError:
            if not request.limit.expired():
                raise
            log.warning("request.ended", route=wire.template_of(request.scope), awaited_body=request.awaits_body)
            if not request.answered:
                await self._tell(request.why(), request.scope, request.receive, request.send)
            # Else uvicorn hangs up: whoever reads an answer too slowly gets no end of it.

    def _crowded(self, scope: Scope) -> Problem | None:
        if self._under_way < self._at_once or not scope["path"].startswith(f"{scope.get('root_path', '')}/v1/"):
            return None
        return Crowded(Text("Coba lagi sebentar lagi.", "Try again in a moment."), headers={"Retry-After": "1"})

    async def _tell(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        await self._render(Request(scope), problem)(scope, receive, send)


class _Timed:
    """A request under way: what has arrived of it, and until when it may go on."""

    limit: asyncio.Timeout

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        self.scope = scope
        self.body_here = False
        self.awaits_body = False
        self.answered = False
        self._receive = receive
        self._send = send
        self._seconds = seconds
        self._arrived = 0
        self._now = asyncio.get_running_loop().time
        self._began = self._now()

    async def receive(self) -> Message:
        """The next part of the body. Raises TooLarge by the bytes that arrive, whatever Content-Length declares."""
        if self.body_here:
            return await self._receive()
        self.limit.reschedule(self._began + BODY_SECONDS + self._arrived / SLOWEST)
        self.awaits_body = True
        message = await self._receive()
        self.awaits_body = False
        self._arrived += len(message.get("body", b""))
        self.body_here = not message.get("more_body", False)
        self.limit.reschedule(self._now() + self._seconds)
        if self._arrived > LARGEST_BODY:
            raise TooLarge(
                Text(
                    "Isi permintaan paling besar 1 MiB. Bagi menjadi beberapa permintaan.",
                    "A request body has at most 1 MiB. Split it into several requests.",
                ),
                headers={"Connection": "close"},
            )
        return message

    async def send(self, message: Message) -> None:
        """Sends a part of the answer; whoever goes on reading gets all of it."""
        self.answered = True
        await self._send(message)
        if message.get("more_body") and not self.limit.expired():
            self.limit.reschedule(self._now() + self._seconds)

    def why(self) -> Problem:
        """Why it was ended."""
        if self.awaits_body:
            return TooSlow(headers={"Connection": "close"})
        return TookTooLong(
            Text(
                f"Lebih dari {self._seconds:g} detik; tidak ada yang tersimpan. Coba lagi dengan permintaan yang lebih kecil.",
                f"Over {self._seconds:g} seconds; nothing was stored. Try again with a smaller request.",
            ),
            headers={"Retry-After": "5"},
        )


def _refusal(scope: Scope) -> Problem | None:
    """What no route should see. Compressed bodies are not taken: nobody can say how large they are."""
    query: bytes = scope["query_string"]
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(raw_path) + len(query) > LONGEST_ADDRESS:
        return AddressTooLong(headers={"Connection": "close"})
    if _HIDDEN.search(raw_path):
        return NotFound()
    if query.count(b"&") >= MOST_PARAMETERS:
        return TooManyParameters()
    for name, value in scope["headers"]:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            return UnsupportedMediaType(
                Text(
                    "Kirim isi tanpa kompresi, tanpa header Content-Encoding.",
                    "Send the body uncompressed, without the header Content-Encoding.",
                ),
                headers={"Connection": "close"},
            )
    return None
