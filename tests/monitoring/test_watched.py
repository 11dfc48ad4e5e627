"""One running Wahana, watched as in production: traces by a collector, metrics and alerts by a real Prometheus, logs.

The processes are real; what watches them is too, but for the collector, which keeps what it is told for the test to read.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import prometheus_client
import pytest
import pytest_asyncio

from deploy.local import ports
from deploy.local.children import Child
from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from deploy.monitoring import dashboard, prometheus
from shared import kafka
from shared.clock import SettableClock
from tests import personal
from tests.house import House, until
from tests.monitoring.collector import CONSUMER, PRODUCER, SERVER, Collector, Told, collecting
from tests.registry import people
from tests.registry.institutions import VILLAGE, record, registration

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(prometheus.__file__).parent
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = {"traceparent": f"00-{TRACE}-{CALLER}-01", "X-Request-Id": "permintaan-7"}
DECLARED_ONLY = {
    "wahana_token_key_made_timestamp_seconds",
    "wahana_token_key_expiry_timestamp_seconds",
    "wahana_certificate_expiry_timestamp_seconds",
    "ALERTS",
}
"""Of keys that say when they end and of HTTPS, which the trial issuer has not; and Prometheus's own, once one fires."""


@dataclass
class Watched:
    """The house, its processes, and what watches them. `prometheus` is an address; None where none could be had."""

    house: House
    operator: httpx.AsyncClient
    collector: Collector
    processes: dict[str, Child] = field(default_factory=dict)
    prometheus: str | None = None
    missing: str = ""

    async def asked(self, path: str, **parameters: str) -> Any:
        """What Prometheus answers. Skips the test, loudly, where there is none."""
        if self.prometheus is None:
            pytest.skip(f"NOT TRIED, the real Prometheus could not be had: {self.missing}")
        async with httpx.AsyncClient(timeout=30) as client:
            answer = await client.get(f"{self.prometheus}/api/v1/{path}", params=parameters)
        assert answer.status_code == 200, (parameters, answer.text)
        return answer.json()["data"]

    def lines(self, process: str) -> list[dict[str, Any]]:
        """What a process has logged: every line is JSON."""
        return [orjson.loads(line) for line in self.processes[process].log.read_text().splitlines()]

    async def fires(self, name: str, **labels: str) -> None:
        """Waits until Prometheus says that an alert fires."""

        async def firing() -> bool:
            alerts = (await self.asked("alerts"))["alerts"]
            return any(
                alert["state"] == "firing" and alert["labels"].items() >= {"alertname": name, **labels}.items()
                for alert in alerts
            )

        await until(firing, f"{name} fires")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def watched(
    servers: Servers, templates: dict[str, str], issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Watched]:
    """Registry's API and the three workers as processes of their own; the other APIs run in the test's."""
    clock = SettableClock(datetime.now(UTC))
    place = tmp_path_factory.mktemp("prometheus")
    with ExitStack() as stack:
        collector = stack.enter_context(collecting())
        async with House(servers, templates, issuer, clock, workers=()) as house:
            watched = Watched(house, house.client("registry", "village-operator", VILLAGE), collector)
            traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
            targets = {(s, "api"): house.url(s) for s in ("activities", "reporting")}
            targets["registry", "api"] = url = f"http://127.0.0.1:{(port := ports.free())}"
            api = f"uvicorn services.registry.app:create_app --factory --port {port} --log-level info"
            watched.processes["api"] = await house.start_process("registry", api, **traced)
            for service in ("registry", "activities", "reporting"):
                targets[service, "worker"] = f"http://127.0.0.1:{(port := ports.free())}"
                watched.processes[service] = await house.start_process(service, WORKER_PORT=str(port), **traced)
            watched.operator.base_url = httpx.URL(url)
            try:
                watched.prometheus = stack.enter_context(prometheus.running(place, _configured(place, targets)))
            except prometheus.Unavailable as why:
                watched.missing = str(why)
            for (service, process), address in targets.items():
                await until(_answers(address), f"{service} {process} answers")
            yield watched


def _answers(address: str) -> Callable[[], Any]:
    async def answers() -> bool:
        async with httpx.AsyncClient() as client:
            try:
                return (await client.get(f"{address}/livez")).status_code == 200
            except httpx.TransportError:
                return False

    return answers


def _configured(place: Path, targets: dict[tuple[str, str], str]) -> Path:
    """Prometheus's configuration with these targets, and our rules with every patience cut to a second."""
    rules = re.sub(r"\bfor: \w+", "for: 1s", (FOLDER / "alerts.yml").read_text())
    (place / "alerts.yml").write_text(rules)
    found = [
        {"targets": [url.removeprefix("http://")], "labels": {"service": service, "process": process}}
        for (service, process), url in targets.items()
    ]
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": ["alerts.yml"],
        "scrape_configs": [{"job_name": "wahana", "static_configs": found}],
    }
    file = place / "prometheus.yml"
    file.write_bytes(orjson.dumps(configuration))  # JSON is YAML
    return file


async def test_one_trace_holds_a_write_its_sending_and_each_projection_of_it(watched: Watched) -> None:
    answer = await watched.operator.post("/v1/institutions", json=registration(), headers=GIVEN)
    written = record(answer, 201)

    def spans() -> list[Told]:
        return [span for span in watched.collector.spans if span.trace_id == TRACE]

    async def all_told() -> bool:
        return len(spans()) >= 4

    await until(all_told, "the request, the relay and both projections have told their spans")
    found = {(span.service, span.kind): span for span in spans()}
    request = found["wahana-registry-api", SERVER]
    sending = found["wahana-registry-worker", PRODUCER]
    copying, projecting = found["wahana-activities-worker", CONSUMER], found["wahana-reporting-worker", CONSUMER]
    assert len(spans()) == 4
    assert (request.name, request.parent_id) == ("POST /v1/institutions", CALLER)
    assert request.attributes["http.response.status_code"] == 201
    assert request.attributes["wahana.request_id"] == "permintaan-7"
    assert sending.name == "send registry.institution.v1"
    assert copying.name == projecting.name == "process registry.institution.v1"
    assert {span.parent_id for span in (sending, copying, projecting)} == {request.span_id}
    (event,) = await watched.house.fetch(
        "registry", "SELECT event_id, traceparent FROM outbox WHERE subject_id = $1", written["id"]
    )
    assert event["traceparent"] == f"00-{TRACE}-{request.span_id}-01"
    assert {s.attributes["messaging.message.id"] for s in (sending, copying, projecting)} == {str(event["event_id"])}

    batches = [span for span in watched.collector.spans if span.name == "process batch"]
    of_it = [batch for batch in batches if (TRACE, request.span_id) in batch.links]
    assert {batch.service for batch in of_it} == {"wahana-activities-worker", "wahana-reporting-worker"}
    assert projecting.links == [
        (batch.trace_id, batch.span_id) for batch in of_it if batch.service == projecting.service
    ]


async def test_each_process_logs_json_lines_by_which_a_request_is_followed_and_nobody_is_named(
    watched: Watched,
) -> None:
    siti = personal.PEOPLE[0]
    trace = TRACE.replace("4", "5")
    person = await watched.operator.post(
        "/v1/people",
        json=people.registration(),
        headers={"traceparent": f"00-{trace}-{CALLER}-01", "X-Request-Id": "p-8"},
    )
    record(person, 201)
    await watched.operator.get("/v1/institutions", params={"q": siti.name})
    await watched.operator.get(f"/v1/institutions/{siti.nik}")

    async def followed() -> bool:
        return all(
            any(trace in line.get("traces", ()) for line in watched.lines(process))
            for process in ("registry", "activities")
        )

    await until(followed, "the relay and the copies tell of the trace")
    for process, service in (("api", "registry"), *((name, name) for name in ("registry", "activities", "reporting"))):
        lines = watched.lines(process)
        assert {line["service"] for line in lines} == {service}
        assert {line["process"] for line in lines} == {"api" if process == "api" else "worker"}
        assert all({"timestamp", "level", "event"} <= line.keys() for line in lines)
    (line,) = [line for line in watched.lines("api") if line.get("request_id") == "p-8"]
    assert (line["event"], line["method"], line["route"], line["status"]) == ("http.request", "POST", "/v1/people", 201)
    assert line["trace_id"] == trace
    assert line["seconds"] > 0
    assert line["client"]
    assert {each["route"] for each in watched.lines("api") if each["event"] == "http.request"} == {
        "/v1/people", "/v1/institutions", "/v1/institutions/{id}",
    }  # fmt: skip
    assert any(each.get("logger") == "uvicorn.error" for each in watched.lines("api"))
    (applied,) = [each for each in watched.lines("activities") if trace in each.get("traces", ())]
    assert applied["event"] == "consumer.applied"
    assert len(applied["trace_id"]) == 32
    assert len(applied["span_id"]) == 16
    everything = "".join(process.log.read_text() for process in watched.processes.values())
    everything += watched.collector.raw.decode(errors="replace")
    assert personal.found_in(everything) == []


async def test_a_parked_event_and_a_wrong_number_bring_an_operator_by_alerts(watched: Watched) -> None:
    house = watched.house
    settings = house.settings("reporting")
    producer = kafka.producer(settings)
    await producer.start()
    try:
        await producer.send_and_wait(f"{house.prefix}.registry.network.v1", b"no event", key=b"x")
    finally:
        await producer.stop()
    await watched.fires("WahanaParkedEvents", service="reporting", severity="warning")
    await house.execute(
        "reporting", "INSERT INTO tally (owner_id, tag, period, amount) VALUES (gen_random_uuid(), 1, 24300, 7)"
    )
    process = await house.start_process("reporting", "services.command verify")

    async def ended() -> bool:
        return not process.is_alive

    await until(ended, "wahana verify has ended", within=180)
    assert process.process.returncode == 1, process.last_lines()
    await watched.fires("WahanaVerifyMismatch", service="reporting", severity="critical")
    (age,) = (await watched.asked("query", query="time() - max(wahana_verify_timestamp_seconds{service='reporting'})"))[
        "result"
    ]
    assert 0 <= float(age["value"][1]) < 600


async def test_prometheus_reaches_every_process_and_understands_every_panel_and_rule(watched: Watched) -> None:
    async def all_up() -> bool:
        return len((await watched.asked("query", query="up{job='wahana'} == 1"))["result"]) == 6

    await until(all_up, "all processes are scraped")
    queries = [query for row in dashboard.ROWS.values() for panel in row for query, _ in panel.queries]
    for query in queries:
        await watched.asked("query", query=query.replace("$service", ".*"))
    groups = (await watched.asked("rules"))["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) > 20
    assert [rule for rule in rules if rule.get("lastError")] == []
    exposed = set(await watched.asked("label/__name__/values"))
    declared = {
        name for metric in prometheus_client.REGISTRY.collect() for name in (metric.name, f"{metric.name}_total")
    }
    for query in [*queries, *(rule["query"] for rule in rules)]:
        for name in set(re.findall(r"\b(?:wahana|process)_\w+|\bALERTS\b", query)):
            assert name in exposed or (name in DECLARED_ONLY and name in {*declared, "ALERTS"}), name
