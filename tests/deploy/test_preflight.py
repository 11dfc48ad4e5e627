"""What a start that cannot begin says: by name, with the remedy."""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.local import children, ports, preflight
from deploy.local.preflight import NotReady
from deploy.local.settings import PORTS, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings({name: str(ports.free()) for name in PORTS}, tmp_path / ".wahana")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((ports.HOST, 0)) as taken:
        yield taken


def test_a_taken_port_is_named_with_its_setting_and_its_holder(settings: Settings, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    with pytest.raises(NotReady) as refusal:
        preflight.free_ports(Settings({**settings.environment, "ACTIVITIES_PORT": str(port)}))
    assert f"Port {port} is taken by pid {os.getpid()}" in str(refusal.value)
    assert "set ACTIVITIES_PORT" in str(refusal.value)


def test_ports_of_servers_that_exist_already_are_not_asked_for(settings: Settings, listener: socket.socket) -> None:
    port = str(listener.getsockname()[1])
    urls = {
        f"{service}_DATABASE_URL": "postgresql://elsewhere/x" for service in ("REGISTRY", "ACTIVITIES", "REPORTING")
    }
    existing = {"KAFKA_BOOTSTRAP_SERVERS": "elsewhere:9092", "KAFKA_PORT": port, "POSTGRES_PORT": port, **urls}
    preflight.free_ports(Settings({**settings.environment, **existing}))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"PORT": "eighty"}, "PORT=eighty"),
        ({"PORT": "70000"}, "PORT=70000"),
        ({"PORT": "9", "KAFKA_PORT": "9"}, "KAFKA_PORT"),
    ],
)
def test_a_port_setting_that_cannot_be_used_is_named(settings: Settings, wrong: dict[str, str], named: str) -> None:
    with pytest.raises(NotReady, match=named):
        preflight.free_ports(Settings({**settings.environment, **wrong}))


def test_a_second_run_names_the_first(tmp_path: Path) -> None:
    with preflight.lock(tmp_path), pytest.raises(NotReady, match=f"pid {os.getpid()}"):
        preflight.lock(tmp_path)
    preflight.lock(tmp_path).close()


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        total: int = 0
        used: int = 0
        free: int = 1024**3

    monkeypatch.setattr("shutil.disk_usage", lambda place: Usage())
    with pytest.raises(NotReady, match=r"1\.0 GiB free"):
        preflight.free_disk(tmp_path / "not" / "yet")


def test_half_written_data_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.local.preflight.home_of", lambda folder: folder)
    cluster = settings.folder / "data" / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    with pytest.raises(NotReady, match="password is missing"):
        preflight.whole_data(settings)
    (cluster.parent / "password").write_text("x")
    with pytest.raises(NotReady, match="PG_VERSION is missing"):
        preflight.whole_data(settings)
    (cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(NotReady, match="PostgreSQL 17"):
        preflight.whole_data(settings)
    (cluster / "PG_VERSION").write_text("18\n")
    (settings.folder / "data" / "kafka" / "log").mkdir(parents=True)
    with pytest.raises(NotReady, match=r"meta\.properties is missing"):
        preflight.whole_data(settings)


def test_a_damaged_issuer_key_is_set_aside(settings: Settings) -> None:
    settings.folder.mkdir()
    settings.key_file.write_text('{"half":')
    (repair,) = preflight.whole_data(settings)
    assert "issuer-key.json" in repair
    assert not settings.key_file.exists()


def test_what_a_killed_run_left_is_stopped_and_nobody_else(tmp_path: Path) -> None:
    left = children.spawn(
        "left", [sys.executable, "-c", "import time; time.sleep(60)  # its mark"], log=tmp_path / "log"
    )
    noted = [
        {"name": "left", "pid": left.pid, "mark": "its mark", "signal": int(signal.SIGTERM)},
        {"name": "us", "pid": os.getpid(), "mark": "a mark we do not bear", "signal": int(signal.SIGTERM)},
    ]
    children.wait_until(lambda: "its mark" in (children.command_of(left.pid) or ""), left, 10)
    (tmp_path / "run.json").write_text(json.dumps(noted))
    assert preflight.leftovers(tmp_path) == ["left"]
    assert not left.is_alive
    assert preflight.leftovers(tmp_path) == []
