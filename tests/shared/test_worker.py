"""A worker ends when it is told to, whatever its parts are caught in."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.house import KEYS

WORKER = """
import asyncio, sys, time
from services.registry.settings import Settings
from shared import worker

async def caught_in_a_thread():
    await asyncio.to_thread(time.sleep, 600)

async def deaf():
    while True:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            pass

async def away():
    raise OSError("nobody there")

async def gauges():
    pass

worker.run(Settings(), {name: globals()[name] for name in sys.argv[1:]}, gauges)
"""
ENVIRONMENT = {
    "REGISTRY_DATABASE_URL": "postgresql://wahana:x@127.0.0.1:9/wahana_registry",
    "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
    "AUTH_ISSUER": "http://127.0.0.1:9",
    "AUTH_JWKS_URL": "http://127.0.0.1:9/jwks.json",
    **KEYS,
}


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[str]"]:
    """A process with the worker of the named parts."""
    command = [sys.executable, "-c", WORKER, *request.param]
    environment = {**os.environ, **ENVIRONMENT}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield process
        process.kill()


def said(process: "subprocess.Popen[str]", event: str) -> None:
    """Returns when the process has logged an event."""
    assert process.stdout
    assert any(f'"event": "{event}"' in line or f'"event":"{event}"' in line for line in process.stdout)


@pytest.mark.parametrize("started", [["caught_in_a_thread", "deaf"]], indirect=True)
def test_a_worker_whose_parts_hang_ends_when_it_is_told_to(started: "subprocess.Popen[str]") -> None:
    said(started, "worker.started")
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=120) == 0


@pytest.mark.parametrize("started", [["away"]], indirect=True)
def test_a_worker_that_starts_itself_anew_hears_that_it_is_to_stop(started: "subprocess.Popen[str]") -> None:
    for _ in range(2):
        said(started, "worker.starts_anew")
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=120) == 0
