"""Traces: which span of which W3C trace a request, a sending or an applying is; told to a collector where one is set.

`OTEL_EXPORTER_OTLP_ENDPOINT` (or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) switches recording on; OpenTelemetry's other
variables are read as they are (`OTEL_TRACES_SAMPLER`, `OTEL_BSP_…`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_SERVICE_NAME`).
Spans are sent by a thread of their own, from a queue with an end: a collector that is slow or away costs spans, and
never a request or an event. Without an endpoint nothing is recorded: a request still has its place in a trace, which
stands in its logs and in its events.

A write's trace is continued by whoever sends its event and by whoever applies it, each as a child of the request's span.
A batch of a consumer belongs to many traces: it is a span of a trace of its own, linked to those.
"""

import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.events.envelope import Event
from shared.process import VERSION

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-([0-9a-f]{2})")
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
FLUSH_WITHIN = 3.0
"""Seconds a process that ends waits for its last spans to be taken."""
MOST = 256
"""Events of one batch that have spans of their own, and links: a batch after an outage holds thousands."""
YOUNG = timedelta(hours=1)
"""An event that is older is sent or applied again: nobody looks at its trace any more, and it would mislead."""

_provider: TracerProvider | None = None
_tracer: trace.Tracer | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A span, by its ids; what is recorded of it is told through `span`, if it is recorded at all."""

    trace_id: str
    span_id: str
    flags: str
    span: Span | None = None

    @property
    def traceparent(self) -> str:
        """As the header and the outbox hold it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def configure(service: str, process: str) -> None:
    """Starts recording if an endpoint is set; once a process. Only here is the exporter loaded: it takes a while."""
    global _provider, _tracer
    if _tracer or not any(map(os.environ.get, ENDPOINTS)) or os.environ.get("OTEL_TRACES_EXPORTER") == "none":
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    named = {SERVICE_NAME: f"wahana-{service}-{process}"} if not os.environ.get("OTEL_SERVICE_NAME") else {}
    about = Resource.create(
        {SERVICE_NAMESPACE: "wahana", SERVICE_VERSION: VERSION, SERVICE_INSTANCE_ID: str(os.getpid()),
         **named}
    )  # fmt: skip
    _provider = TracerProvider(resource=about, shutdown_on_exit=False)
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = _provider.get_tracer("wahana")


def shut_down() -> None:
    """Sends what is left, for at most `FLUSH_WITHIN` seconds; blocks."""
    global _provider, _tracer
    if _provider is None:
        return
    # Its own bound is half a minute, and a request that is under way cannot be stopped: the thread ends with us.
    ending = threading.Thread(target=_provider.shutdown, name="last spans", daemon=True)
    _provider = _tracer = None
    ending.start()
    ending.join(FLUSH_WITHIN)


def begun(given: bytes | None) -> Place:
    """The span of a request, in the trace of its `traceparent` (W3C Trace Context §3.2), or in a new one.

    A header of another form begins a new trace. End it by `answered`.
    """
    parent = _TRACEPARENT.fullmatch(given.decode(errors="replace")) if given else None
    if _tracer:
        span = _tracer.start_span(
            "HTTP", _inside(parent[1], parent[2], parent[3]) if parent else Context(), SpanKind.SERVER
        )
        return _place(span)
    ids = os.urandom(24).hex()
    return Place(parent[1] if parent else ids[:32], ids[32:], parent[3] if parent else "00")


def answered(place: Place, method: str, route: str, status: int, request_id: str) -> None:
    """Ends a request's span. Neither the address nor the query is told: they may hold what identifies somebody."""
    if (span := place.span) is None:
        return
    span.update_name(f"{method} {route}")
    span.set_attributes(
        {"http.request.method": method, "http.route": route, "http.response.status_code": status,
         "wahana.request_id": request_id}
    )  # fmt: skip
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def sent(events: Sequence[Event], began: int) -> None:
    """The relay's spans: that these events were sent and acknowledged between `began` (`time.time_ns()`) and now."""
    if _tracer is None:
        return
    ended = time.time_ns()
    for event in _young(events):
        if parent := _parent(event):
            span = _tracer.start_span(
                f"send {_topic(event)}", parent, SpanKind.PRODUCER, _told(event, "send"), start_time=began
            )
            span.end(ended)


@contextmanager
def batch(events: Sequence[Event]) -> Iterator[Place]:
    """The span of a consumer's batch, linked to what caused its events; and one for each event, in that event's trace.

    An error that ends the block is told in the batch's span; the events' spans are then left out: they will come again.
    """
    if _tracer is None:
        ids = os.urandom(24).hex()
        yield Place(ids[:32], ids[32:], "00")
        return
    began = time.time_ns()
    parents = [(event, parent) for event in _young(events) if (parent := _parent(event))]
    links = [Link(trace.get_current_span(parent).get_span_context()) for _, parent in parents]
    span = _tracer.start_span("process batch", Context(), SpanKind.CONSUMER, links=links)
    span.set_attributes({"messaging.system": "kafka", "messaging.batch.message_count": len(events)})
    try:
        yield _place(span)
    except BaseException as error:
        span.set_status(Status(StatusCode.ERROR, type(error).__name__))  # its message may hold somebody's data
        span.end()
        raise
    ended = time.time_ns()
    for event, parent in parents:
        one = _tracer.start_span(
            f"process {_topic(event)}", parent, SpanKind.CONSUMER, _told(event, "process"),
            links=[Link(span.get_span_context())], start_time=began,
        )  # fmt: skip
        one.end(ended)
    span.end(ended)


def bind(place: Place) -> None:
    """Lets everything that this task logs say where in which trace it stands."""
    structlog.contextvars.bind_contextvars(trace_id=place.trace_id, span_id=place.span_id)


def trace_ids(events: Sequence[Event]) -> list[str]:
    """The traces that events come of, at most 20: by them a line about a batch is found. Empty where none was begun."""
    ids = dict.fromkeys(event.traceparent[3:35] for event in events[:MOST] if event.traceparent)
    return list(ids)[:20]


def _place(span: Span) -> Place:
    context = span.get_span_context()
    return Place(
        format(context.trace_id, "032x"), format(context.span_id, "016x"), format(context.trace_flags, "02x"), span
    )


def _young(events: Sequence[Event]) -> Sequence[Event]:
    since = datetime.now(UTC) - YOUNG
    return [event for event in events[:MOST] if event.time > since]


def _parent(event: Event) -> Context | None:
    """The span that an event came of; None if there is none, or nobody records its trace."""
    found = _TRACEPARENT.fullmatch(event.traceparent or "")
    return _inside(found[1], found[2], found[3]) if found and int(found[3], 16) & TraceFlags.SAMPLED else None


def _inside(trace_id: str, span_id: str, flags: str) -> Context:
    context = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return trace.set_span_in_context(NonRecordingSpan(context), Context())


def _told(event: Event, operation: str) -> Mapping[str, str]:
    return {
        "messaging.system": "kafka", "messaging.operation.type": operation, "messaging.message.id": str(event.id),
        "messaging.destination.name": _topic(event), "wahana.event.type": event.type,
    }  # fmt: skip


def _topic(event: Event) -> str:
    return event.schema.removeprefix("urn:wahana:schema:")
