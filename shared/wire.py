"""What every request passes before its route: bytes are counted, an id is given, the duration is measured."""

import re
import time
import uuid
from typing import Any

import structlog
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import telemetry
from shared.language import Text
from shared.outbox import TRACE
from shared.problems import TooLarge

LARGEST_BODY = 1024 * 1024
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class CountedBody:
    """Refuses a body over 1 MiB by the bytes that arrive, whatever Content-Length declares."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on. Raises TooLarge while the body is read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > LARGEST_BODY:
                raise TooLarge(
                    Text(
                        "Isi permintaan paling besar 1 MiB. Bagi menjadi beberapa permintaan.",
                        "A request body has at most 1 MiB. Split it into several requests.",
                    ),
                    headers={"Connection": "close"},
                )
            return message

        await self._app(scope, counted, send)


class Observed:
    """Gives each request an id, binds it to the logs, and measures it by route template."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and counts it once it is answered or has failed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        known = dict(scope["headers"])
        request_id = scope["request_id"] = _id_of(known.get(b"x-request-id"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        traceparent = _trace_of(known.get(b"traceparent"))
        TRACE.set(traceparent)
        if traceparent:
            structlog.contextvars.bind_contextvars(traceparent=traceparent)
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            route: Any = scope.get("route")
            template = route.path if isinstance(route, APIRoute) else "unmatched"
            method = scope["method"] if scope["method"] in METHODS else "other"  # a caller may send any word
            telemetry.requests.labels(method, template, status).observe(time.perf_counter() - began)


def _id_of(given: bytes | None) -> str:
    text = (given or b"").decode(errors="replace")
    return text if 0 < len(text) <= 64 and text.replace("-", "").isalnum() else uuid.uuid4().hex


def _trace_of(given: bytes | None) -> str | None:
    """The trace context in the form of W3C Trace Context §3.2.2; None for anything else, which restarts the trace."""
    text = (given or b"").decode(errors="replace")
    return text if _TRACEPARENT.fullmatch(text) else None
