"""A collector of traces, as one would run beside Wahana: takes OTLP over HTTP and keeps the spans, decoded."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SERVER, PRODUCER, CONSUMER = 2, 4, 5
"""Kinds of spans, as OTLP numbers them."""


@dataclass(frozen=True)
class Told:
    """A span, and the service whose process told it."""

    service: str
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str
    links: list[tuple[str, str]]
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What has arrived so far. `raw` is every byte of it."""

    url: str = ""
    spans: list[Told] = field(default_factory=list)
    raw: bytes = b""

    def take(self, body: bytes) -> None:
        """Keeps the spans of one export."""
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {each.key: each.value.string_value for each in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                self.spans.append(
                    Told(
                        about["service.name"], span.name, span.kind, span.trace_id.hex(), span.span_id.hex(),
                        span.parent_span_id.hex(), [(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
                        {each.key: each.value.string_value or each.value.int_value for each in span.attributes},
                    )
                )  # fmt: skip


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens on loopback until the block ends."""
    collector = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        collector.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
