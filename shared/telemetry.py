"""Metrics and log set-up. Names follow Prometheus: base units, `_total`, no ids as labels. Logs are JSON lines."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared import error_texts

requests = Histogram(
    "wahana_http_request_seconds",
    "Duration of HTTP requests by route template.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
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


def configure_logs(level: int = logging.INFO) -> None:
    """JSON lines on standard output with time, level and the request's context; quiet libraries."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(True)
    logging.basicConfig(level=logging.WARNING)
    for name in (None, "uvicorn", "uvicorn.error", "uvicorn.access"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(error_texts.Line())
    logging.getLogger("uvicorn.access").addFilter(error_texts.without_query)
    # aiokafka prints hundreds of warnings while a broker restarts; our own watchdog speaks instead.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
