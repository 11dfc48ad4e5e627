"""Metrics and log set-up. Names follow Prometheus: base units, `_total`, no ids as labels. Logs are JSON lines.

A metric is told where what it measures happens; those of the database's state are read at each scrape. What an operator
does about each is told in `docs/alerts.md`.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import orjson
import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared import error_texts
from shared.process import VERSION

requests = Histogram(
    "wahana_http_request_seconds",
    "Duration of HTTP requests by route template.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
in_flight = Gauge("wahana_http_requests_in_flight", "HTTP requests that are being answered.")
published = Counter("wahana_events_published_total", "Outbox rows acknowledged by Kafka, repeats included.")
applied = Counter("wahana_events_applied_total", "Events that changed something in this database.")
ignored = Counter("wahana_events_ignored_total", "Events ignored because their sequence was known already.")
parked = Counter("wahana_events_parked_total", "Events put aside as unreadable.")
batch_seconds = Histogram(
    "wahana_consumer_batch_seconds", "Duration of a consumer's transactions.", buckets=(0.005, 0.02, 0.1, 0.5, 2, 10)
)
outbox_pending = Gauge("wahana_outbox_pending_events", "Outbox rows not yet acknowledged by Kafka.")
outbox_age = Gauge(
    "wahana_outbox_oldest_pending_seconds", "Age of the oldest outbox row not yet acknowledged by Kafka."
)
parked_now = Gauge("wahana_parked_events", "Events put aside and not yet retried or discarded.")
lag = Gauge(
    "wahana_lag_seconds", "Now minus the instant up to which this database is known to be complete.", ["source"]
)
relay_leading = Gauge("wahana_relay_leading", "1 in the one worker whose relay publishes this database's outbox.")
relay_passed = Gauge("wahana_relay_pass_timestamp_seconds", "When this worker's relay last looked at the outbox.")
assigned = Gauge("wahana_consumer_assigned_partitions", "Kafka partitions that this worker reads.")
behind = Gauge(
    "wahana_consumer_behind_events", "Events in this worker's partitions that are not applied yet.", ["topic"]
)
pool_connections = Gauge(
    "wahana_database_pool_connections", "Connections to the database that are open, by pool and use.", ["pool", "state"]
)
pool_size = Gauge("wahana_database_pool_size", "Connections to the database that a pool may have.", ["pool"])
database_bytes = Gauge("wahana_database_bytes", "Size of the service's database on its server's disk.")
unsealed = Gauge(
    "wahana_audit_unsealed_seconds", "How long ago the oldest day of the audit trail without a seal ended."
)
verified_at = Gauge("wahana_verify_timestamp_seconds", "When `wahana verify` last came to its end; 0: never.")
verify_differences = Gauge("wahana_verify_differences", "Cells and tallies that the last `wahana verify` found wrong.")
keys_read_at = Gauge("wahana_token_keys_read_timestamp_seconds", "When the token issuer's keys were last read.")
token_key_made = Gauge(
    "wahana_token_key_made_timestamp_seconds", "When a key of the token issuer was made, if it says so.", ["kid"]
)
token_key_ends = Gauge(
    "wahana_token_key_expiry_timestamp_seconds", "When a key of the token issuer ends, if it says so.", ["kid"]
)
certificate_ends = Gauge(
    "wahana_certificate_expiry_timestamp_seconds", "When a TLS certificate that this process meets ends.", ["of"]
)
person_key_made = Gauge(
    "wahana_person_key_made_timestamp_seconds",
    "When the key in use over people was made, by its id (2026-03…); 0: the id does not tell.",
    ["use"],
)
started = Gauge("wahana_started_timestamp_seconds", "When this process began its work, or began it anew.")
build = Gauge("wahana_build_info", "1; what runs here.", ["service", "process", "version"])

_VALUES = re.compile(r"(?:\n|\\n)(?:DETAIL|CONTEXT|PARAMETERS):.*", re.DOTALL)
"""What PostgreSQL adds to an error: the row that broke a constraint, the values of a key. They may have many lines."""


def without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes the values of rows, which may be personal data, out of the errors that are logged."""
    error = event.get("error")
    if isinstance(error, BaseException):
        event["error"] = error_texts.told(error)
    elif isinstance(error, str):
        event["error"] = _VALUES.sub("", error)
    if (failed := event.get("exc_info")) is not None:
        del event["exc_info"]
        failed = sys.exc_info()[1] if failed is True else failed[1] if isinstance(failed, tuple) else failed
        if failed:
            event["exception"] = error_texts.traced(failed)
    return event


def configure(service: str, process: str) -> None:
    """Logs of a process that serves or works, and what runs in it."""
    configure_logs(service, process)
    build.labels(service, process, VERSION).set(1)
    started.set_to_current_time()


def configure_logs(service: str, process: str, to: TextIO | None = None, level: int = logging.INFO) -> None:
    """JSON lines, on standard output unless told otherwise, with time, level, service, process and what the task is about
    (`request_id`, `trace_id`, `span_id`); quiet libraries."""
    said = {"service": service, "process": process}

    def ours(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {**said, **event}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ours,
            without_values,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event, default=str)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory((to or sys.stdout).buffer),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
    logging.basicConfig(level=logging.WARNING)
    for name in (None, "uvicorn", "uvicorn.error"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(error_texts.Line(said))
    # Our own line for each request tells more, and the route instead of the address, which may name somebody.
    logging.getLogger("uvicorn.access").handlers = []
    logging.getLogger("uvicorn.access").propagate = False
    # aiokafka prints hundreds of warnings while a broker restarts; our own watchdog speaks instead.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
