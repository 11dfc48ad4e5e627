"""What every request passes before its route: an id is given, the duration is measured; and what every answer bears."""

import time
import uuid
from typing import Any

import structlog
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import telemetry, tracing
from shared.outbox import TRACE

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
PROBES = frozenset({"/livez", "/readyz", "/metrics"})
"""Routes that are asked every few seconds: the log tells of them only when they fail."""

ASKED = ["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "X-Request-Id", "Traceparent",
         "Wahana-At-Least"]  # fmt: skip
"""Headers that scripts of allowed origins may send, beside those that browsers always let through."""
TOLD = ["ETag", "Location", "Link", "Retry-After", "X-Request-Id", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy",
        "Wahana-Position", "Wahana-Synced-Through"]  # fmt: skip
"""Headers of answers that they may read."""
SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
"""On every answer: a browser takes it for nothing but what it says it is, and shows it in no other site's frame."""
NO_STORE = (b"cache-control", b"no-store")
"""On every answer that says nothing of its own: most hold what only their caller may see."""

log = structlog.get_logger(__name__)


class Observed:
    """Gives each request an id and a span, binds both to the logs, and measures and logs it by route template: neither its
    address nor its query is told, which may name somebody."""

    def __init__(self, app: ASGIApp, *, hsts_seconds: int = 0) -> None:
        self._app = app
        hsts = f"max-age={hsts_seconds}; includeSubDomains".encode()
        self._fixed = [*SECURITY, *([(b"strict-transport-security", hsts)] if hsts_seconds else [])]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, and counts it once it is answered or has failed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        known = dict(scope["headers"])
        request_id = scope["request_id"] = _id_of(known.get(b"x-request-id"))
        place = tracing.begun(known.get(b"traceparent"))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=place.trace_id, span_id=place.span_id)
        TRACE.set(place.traceparent)
        telemetry.in_flight.inc()
        status = 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message["headers"]
                message["headers"] = [*given, (b"x-request-id", request_id.encode()), *self._fixed]
                if not any(name == b"cache-control" for name, _ in given):
                    message["headers"].append(NO_STORE)
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            template = template_of(scope)
            method = scope["method"] if scope["method"] in METHODS else "other"  # a caller may send any word
            seconds = time.perf_counter() - began
            telemetry.in_flight.dec()
            telemetry.requests.labels(method, template, status).observe(seconds)
            tracing.answered(place, method, template, status, request_id)
            if template not in PROBES or status >= 400:
                log.info("http.request", method=method, route=template, status=status, seconds=round(seconds, 6))


def template_of(scope: Scope) -> str:
    """The route that a request met, as its document names it: an address as it was sent may hold anything, also a NIK."""
    route: Any = scope.get("route")
    return route.path if isinstance(route, APIRoute) else "unmatched"


def _id_of(given: bytes | None) -> str:
    text = (given or b"").decode(errors="replace")
    return text if 0 < len(text) <= 64 and text.replace("-", "").isalnum() else uuid.uuid4().hex
