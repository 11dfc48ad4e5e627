"""The Grafana dashboard as code: `python -m deploy.monitoring.dashboard --write` (or `--check`, as `make check` does).

A panel is a title, a unit, and the queries it draws. Everything can be narrowed to a service. The tests run every query
on a real Prometheus that has scraped real processes.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("grafana") / "dashboards" / "wahana.json"
SOURCE = {"type": "prometheus", "uid": "prometheus"}
PER_ROW, WIDTH, HEIGHT = 3, 8, 7
OF = 'service=~"$service"'
ASKED = f'{OF}, route!~"/livez|/readyz|/metrics"'


@dataclass(frozen=True)
class Panel:
    """One panel. `queries` are PromQL and how a line is named; `stat` shows the last value instead of a line."""

    title: str
    unit: str
    queries: tuple[tuple[str, str], ...]
    about: str
    stat: bool = False


ROWS: dict[str, list[Panel]] = {
    "Is it well?": [
        Panel("Processes that answer", "short", ((f'sum by (service, process) (up{{job="wahana", {OF}}})', "{{service}} {{process}}"),),
              "How many copies of each process Prometheus reaches.", stat=True),
        Panel("Alerts that fire", "short", (('sum by (alertname, severity) (ALERTS{alertstate="firing", alertname=~"Wahana.*"})', "{{alertname}}"),),
              "docs/alerts.md says what to do about each.", stat=True),
        Panel("How old the numbers are", "s", ((f"max by (service, source) (wahana_lag_seconds{{{OF}}})", "{{service}} behind {{source}}"),),
              "Now minus the instant up to which everything is applied."),
    ],
    "Requests": [
        Panel("Requests per second", "reqps", ((f"sum by (service) (rate(wahana_http_request_seconds_count{{{ASKED}}}[5m]))", "{{service}}"),),
              "Without those for health and metrics."),
        Panel("Answers with 5xx", "percentunit", (
            (f'sum by (service) (rate(wahana_http_request_seconds_count{{{ASKED}, status=~"5.."}}[5m]))'
             f" / sum by (service) (rate(wahana_http_request_seconds_count{{{ASKED}}}[5m]))", "{{service}}"),),
              "Part of the requests that failed on our side."),
        Panel("Duration: one in two, one in a hundred", "s", tuple(
            (f"histogram_quantile({q}, sum by (service, le) (rate(wahana_http_request_seconds_bucket{{{ASKED}}}[5m])))", f"{{{{service}}}} p{q * 100:.0f}")
            for q in (0.5, 0.99)), "Until the answer was complete."),
        Panel("Slowest routes, p99", "s", (
            (f"topk(5, histogram_quantile(0.99, sum by (service, route, le) (rate(wahana_http_request_seconds_bucket{{{ASKED}}}[15m]))))", "{{service}} {{route}}"),),
              "By route template."),
        Panel("In flight", "short", ((f"sum by (service) (wahana_http_requests_in_flight{{{OF}}})", "{{service}}"),), "Requests being answered."),
        Panel("Connections to the database", "short", (
            (f'sum by (service, pool) (wahana_database_pool_connections{{{OF}, process="api", state="used"}})', "{{service}} {{pool}} used"),
            (f'sum by (service, pool) (wahana_database_pool_size{{{OF}, process="api"}})', "{{service}} {{pool}} at most")),
              "Of the APIs."),
    ],
    "Events": [
        Panel("Published and applied per second", "eps", (
            (f"sum by (service) (rate(wahana_events_published_total{{{OF}}}[5m]))", "{{service}} published"),
            (f"sum by (service) (rate(wahana_events_applied_total{{{OF}}}[5m]))", "{{service}} applied"),
            (f"sum by (service) (rate(wahana_events_ignored_total{{{OF}}}[5m]))", "{{service}} known already")),
              "Repeats are published and ignored: harmless."),
        Panel("Outbox: oldest unpublished event", "s", ((f"max by (service) (wahana_outbox_oldest_pending_seconds{{{OF}}})", "{{service}}"),),
              "Grows while Kafka or the relay is away."),
        Panel("Outbox: events to publish", "short", ((f"max by (service) (wahana_outbox_pending_events{{{OF}}})", "{{service}}"),), "Not acknowledged by Kafka yet."),
        Panel("Relays that lead", "short", ((f'sum by (service) (wahana_relay_leading{{{OF}, process="worker", service!="reporting"}})', "{{service}}"),),
              "One a publishing service.", stat=True),
        Panel("Partitions read", "short", ((f'sum by (service, instance) (wahana_consumer_assigned_partitions{{{OF}, process="worker", service!="registry"}})', "{{service}} {{instance}}"),),
              "Spread over the workers of a service."),
        Panel("Events to apply, by topic", "short", ((f"sum by (service, topic) (wahana_consumer_behind_events{{{OF}}}) > 0", "{{service}} {{topic}}"),),
              "Our position against the end of each partition."),
        Panel("A batch takes, p99", "s", ((f"histogram_quantile(0.99, sum by (service, le) (rate(wahana_consumer_batch_seconds_bucket{{{OF}}}[5m])))", "{{service}}"),),
              "A consumer's transaction."),
        Panel("Parked events", "short", ((f"max by (service) (wahana_parked_events{{{OF}}})", "{{service}}"),), "Unreadable, put aside: `wahana parked list`.", stat=True),
        Panel("Parked per hour", "short", ((f"sum by (service) (increase(wahana_events_parked_total{{{OF}}}[1h]))", "{{service}}"),), "New ones."),
    ],
    "Numbers and trust": [
        Panel("Numbers that differ", "short", (('max(wahana_verify_differences{service="reporting"})', "differences"),), "Found by the last `wahana verify`.", stat=True),
        Panel("Since the last verification", "s", (('time() - max(wahana_verify_timestamp_seconds{service="reporting"})', "ago"),), "`wahana verify` came to its end.", stat=True),
        Panel("Audit trail without a seal", "s", (
            (f'max by (service) (wahana_audit_unsealed_seconds{{{OF}, process="worker", service!="reporting"}})', "{{service}}"),),
              "Since the oldest such day ended.", stat=True),
        Panel("Certificates and issuer's keys end in", "s", (
            ("min by (of) (wahana_certificate_expiry_timestamp_seconds) - time()", "certificate of {{of}}"),
            ("min by (kid) (wahana_token_key_expiry_timestamp_seconds) - time()", "key {{kid}}")),
              "Only what says when it ends.", stat=True),
        Panel("Age of keys", "s", (
            ("time() - (max by (use) (wahana_person_key_made_timestamp_seconds) != 0)", "people, {{use}}"),
            ("time() - max by (kid) (wahana_token_key_made_timestamp_seconds)", "issuer, {{kid}}")),
              "Only of keys that say when they were made.", stat=True),
        Panel("Issuer's keys were read", "s", (('time() - wahana_token_keys_read_timestamp_seconds{process="api"}', "{{service}} {{instance}}"),), "Ago; every ten minutes.", stat=True),
    ],
    "Processes": [
        Panel("Memory", "bytes", ((f'process_resident_memory_bytes{{job="wahana", {OF}}}', "{{service}} {{process}} {{instance}}"),), "Resident."),
        Panel("Processor", "percentunit", ((f'rate(process_cpu_seconds_total{{job="wahana", {OF}}}[5m])', "{{service}} {{process}} {{instance}}"),), "Of one core."),
        Panel("Database size", "bytes", ((f"max by (service) (wahana_database_bytes{{{OF}}})", "{{service}}"),), "On its server's disk."),
        Panel("Open files", "short", ((f'process_open_fds{{job="wahana", {OF}}}', "{{service}} {{process}} {{instance}}"),), "Sockets among them."),
        Panel("Begun, or begun anew", "short", ((f"changes(wahana_started_timestamp_seconds{{{OF}}}[1h])", "{{service}} {{process}} {{instance}}"),), "Times in the last hour."),
        Panel("Versions", "short", ((f"count by (service, process, version) (wahana_build_info{{{OF}}})", "{{service}} {{process}} {{version}}"),), "Several during an upgrade.", stat=True),
    ],
}  # fmt: skip


def document() -> dict[str, Any]:
    """The dashboard as Grafana reads it."""
    panels: list[dict[str, Any]] = []
    y = 0
    for row, members in ROWS.items():
        panels.append({"id": len(panels) + 1, "type": "row", "title": row, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})  # fmt: skip
        y += 1
        for place, panel in enumerate(members):
            position = {"x": place % PER_ROW * WIDTH, "y": y + place // PER_ROW * HEIGHT, "w": WIDTH, "h": HEIGHT}
            panels.append(_panel(panel, len(panels) + 1, position))
        y += -(-len(members) // PER_ROW) * HEIGHT
    return {
        "uid": "wahana", "title": "Wahana", "tags": ["wahana"], "timezone": "browser", "schemaVersion": 39, "version": 1,
        "editable": False, "refresh": "30s", "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [_choice()]}, "panels": panels,
    }  # fmt: skip


def _panel(panel: Panel, number: int, position: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number, "type": "stat" if panel.stat else "timeseries", "title": panel.title, "description": panel.about,
        "datasource": SOURCE, "gridPos": position,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": None if panel.stat else 0}, "overrides": []},
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}} if panel.stat else {"tooltip": {"mode": "multi"}},
        "targets": [
            {"refId": chr(ord("A") + place), "expr": query, "legendFormat": name, "datasource": SOURCE}
            for place, (query, name) in enumerate(panel.queries)
        ],
    }  # fmt: skip


def _choice() -> dict[str, Any]:
    return {
        "name": "service", "label": "service", "type": "custom", "query": "registry,activities,reporting",
        "includeAll": True, "allValue": ".*", "multi": True, "current": {"text": ["All"], "value": ["$__all"]},
    }  # fmt: skip


def main() -> None:
    """Writes the file, or exits 1 when it is not what this code makes."""
    wanted = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if "--write" in sys.argv[1:]:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(wanted)
    elif not FILE.exists() or FILE.read_text() != wanted:
        sys.exit(f"{FILE} is not what its code makes: python -m deploy.monitoring.dashboard --write")


if __name__ == "__main__":
    main()
