"""The connection uvicorn speaks HTTP on, with an end to headers that are long, many, or slow to come.

uvicorn waits for the headers of a request for ever and keeps as many as are sent. Start it with
`--http shared.connection:Connection`; a reverse proxy in front has limits of its own and needs them too.
"""

import asyncio
import json
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_SECONDS = 15.0
"""From a connection's or request's first moment to the end of its headers: a phone far from its mast needs a few."""
HEADER_BYTES = 32 * 1024
"""Request line and headers together; a token with many areas has some 4 KiB."""
HEADERS = 100
LINGER_SECONDS = 5.0
"""For what is still sent of a body that nobody reads any more, because its request is answered."""
_TITLES = {
    HTTPStatus.BAD_REQUEST: ("bad-request", "Permintaan HTTP tidak sah / The HTTP request is not valid"),
    HTTPStatus.REQUEST_TIMEOUT: ("request-too-slow", "Permintaan terlalu lambat / The request came too slowly"),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: ("headers-too-large", "Header terlalu besar / The headers are too large"),
}  # fmt: skip


class Connection(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn's own protocol speaks it, with limits to the headers of each request and no WebSockets."""

    _deadline: asyncio.TimerHandle | None = None
    _in_headers = True
    _header_bytes = 0
    _status = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request."""
        super().connection_made(transport)
        self._end_after(HEADER_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no longer."""
        self._go_on()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what comes before the headers have ended."""
        if self._in_headers:
            self._header_bytes += len(data)
            if self._deadline is None:
                self._end_after(HEADER_SECONDS)
        super().data_received(data)
        if self._in_headers and self._header_bytes > HEADER_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The headers are all here: what follows is the application's to bound."""
        self._in_headers = False
        self._go_on()
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if len(self.headers) > HEADERS or size > HEADER_BYTES:
            self._status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise ValueError("headers too large")  # ends the parser, which has the request refused
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The next bytes are a further request's."""
        self._in_headers, self._header_bytes = True, 0
        self._go_on()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Whoever still sends a body then has not long to end it."""
        super().on_response_complete()
        if not self._in_headers:
            self._end_after(LINGER_SECONDS)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words
        """Refuses what is no request, or none that is taken, and hangs up."""
        self._refuse(self._status)

    def _should_upgrade_to_ws(self) -> bool:
        return False

    def _end_after(self, seconds: float) -> None:
        self._go_on()
        self._deadline = self.loop.call_later(seconds, self._end)

    def _go_on(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        if self._in_headers and self._header_bytes:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        if self.transport.is_closing():
            return
        under_way = self.cycle is not None and not self.cycle.response_complete
        if not under_way:  # of two answers on their way the second would be taken for the first's
            self.transport.write(_answer(status))
        self.transport.close()


def _answer(status: HTTPStatus) -> bytes:
    slug, title = _TITLES[status]
    body = json.dumps({"type": f"urn:wahana:problem:{slug}", "title": title, "status": status}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/problem+json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
