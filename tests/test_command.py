"""The command line `wahana` as an operator runs it."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import orjson
import pytest

from deploy.local.servers import Servers
from shared.events import activities, registry

TOPICS = len(registry.STATES) + len(activities.STATES) + 2
"""One of each noun, and the watermark of each service that publishes."""


@pytest.fixture
def environment(servers: Servers) -> dict[str, str]:
    return os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": servers.bootstrap,
        "KAFKA_TOPIC_PREFIX": f"t{uuid.uuid4().hex[:12]}",
        "AUTH_ISSUER": "http://127.0.0.1",
        "AUTH_JWKS_URL": "http://127.0.0.1",
        "REGISTRY_DATABASE_URL": servers.dsn("none"),
        "COLUMNS": "200",
    }


def wahana(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("wahana")), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_topics_that_differ_are_named_until_they_are_created(environment: dict[str, str]) -> None:
    prefix = environment["KAFKA_TOPIC_PREFIX"]
    differing = wahana(environment, "topics", "diff")
    assert differing.returncode == 1
    assert f"{prefix}.registry.region.v1: missing" in differing.stdout.splitlines()
    created = wahana(environment, "topics", "create")
    assert created.returncode == 0
    assert created.stdout.splitlines()[0] == f"Topics created: {TOPICS}."
    assert f"{prefix}.registry.institution.v1" in created.stdout
    assert wahana(environment, "topics", "create").stdout == "Topics created: 0.\n"
    same = wahana(environment, "topics", "diff")
    assert (same.returncode, same.stdout) == (0, "The topics are as declared.\n")


def test_a_topic_that_no_service_has_cannot_be_republished(environment: dict[str, str]) -> None:
    refused = wahana(environment, "republish", "registry", "--topic", "registry.weather.v1")
    assert refused.returncode == 2
    assert "registry.region.v1" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_every_command_is_listed_once_with_what_it_does() -> None:
    listed = wahana(dict(os.environ), "--help")
    assert listed.returncode == 0
    for command in ("regions", "republish", "topics", "verify", "recompute", "rebuild", "parked"):
        assert listed.stdout.count(f"│ {command} ") == 1, command
    assert {"registry", "activities"} <= set(wahana(dict(os.environ), "republish", "--help").stdout.split())


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    """Run where no `.env` lies, with nothing set."""
    command = [str(Path(sys.executable).with_name("wahana")), "verify"]
    said = subprocess.run(command, cwd=tmp_path, env={"COLUMNS": "200"}, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "REPORTING_DATABASE_URL: is not set" in said.stdout
    assert "KAFKA_BOOTSTRAP_SERVERS" in said.stdout


def test_a_command_that_fails_says_why_in_a_line_of_its_log(environment: dict[str, str]) -> None:
    failed = wahana(environment | {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}, "topics", "diff")
    assert (failed.returncode, failed.stdout) == (1, "")
    (line,) = [orjson.loads(line) for line in failed.stderr.splitlines()]
    assert (line["event"], line["service"], line["process"]) == ("command.failed", "wahana", "command")
    assert "KafkaConnectionError" in line["exception"]
