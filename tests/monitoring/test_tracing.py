"""A process's traces: to whom they are sent, and that nothing waits for who takes them."""

import socket
import subprocess
import sys

from tests.monitoring.collector import SERVER, collecting

ANSWERS_ONE = """
import threading
from shared import tracing
tracing.configure("registry", "api")
place = tracing.begun(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
tracing.answered(place, "GET", "/v1/regions/{code}", 200, "one")
print(place.traceparent)
tracing.shut_down()
print("waits no longer" if "last spans" in [thread.name for thread in threading.enumerate()] else "all sent")
"""


def answered_one(**environment: str) -> tuple[str, str]:
    """The traceparent of the one request that a process answers, and how it ended, once it has ended by itself."""
    # A schedule so slow that only the end of the process can have sent anything.
    variables = {"OTEL_BSP_SCHEDULE_DELAY": "600000", **environment}
    command = [sys.executable, "-c", ANSWERS_ONE]
    ran = subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=120)
    traceparent, ending = ran.stdout.splitlines()
    return traceparent, ending


def test_a_process_that_ends_sends_its_last_spans() -> None:
    with collecting() as collector:
        traceparent, ending = answered_one(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    assert ending == "all sent"
    (span,) = collector.spans
    assert (span.service, span.kind, span.name) == ("wahana-registry-api", SERVER, "GET /v1/regions/{code}")
    assert f"00-{span.trace_id}-{span.span_id}-01" == traceparent
    assert (span.trace_id, span.parent_id) == ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")


def test_a_process_does_not_wait_for_a_collector_that_takes_a_connection_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        _, ending = answered_one(OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_EXPORTER_OTLP_TIMEOUT="3600")
    assert ending == "waits no longer"


def test_the_operator_says_how_many_traces_are_kept() -> None:
    with collecting() as collector:
        none, _ = answered_one(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, OTEL_TRACES_SAMPLER="always_off")
        nobody, _ = answered_one()
    assert collector.spans == []
    # What nobody keeps is not asked of those who come after; the caller's own wish is passed on where nobody records.
    assert (none[-2:], nobody[-2:]) == ("00", "01")
    assert none[3:35] == nobody[3:35] == "4bf92f3577b34da6a3ce929d0e0e4736"
