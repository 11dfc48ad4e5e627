"""The supervisor: waits for what it started, tells who died, stops all, and leaves no note behind."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import children, ports
from deploy.local.programs import Program
from deploy.local.supervisor import Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path / ".wahana")
    yield made
    made.stop()


def _program(name: str, ready: str = "/") -> Program:
    port = ports.free()
    command = (sys.executable, "-m", "http.server", "--bind", ports.HOST, str(port))
    return Program(name, command, port, ready, "http.server")


def _start(supervisor: Supervisor, *programs: Program) -> list[int]:
    for program in programs:
        supervisor.start(program, os.environ)
    return [child.pid for _, child in supervisor.programs]


def test_all_that_was_started_is_stopped_and_forgotten(supervisor: Supervisor) -> None:
    pids = _start(supervisor, _program("first"), _program("second"))
    supervisor.wait_ready()
    assert (supervisor.folder / "run.json").exists()
    supervisor.stop()
    supervisor.stop()  # repeating is harmless
    assert [children.command_of(pid) for pid in pids] == [None, None]
    assert not (supervisor.folder / "run.json").exists()


def test_a_death_is_told_by_name(supervisor: Supervisor) -> None:
    _, second = _start(supervisor, _program("first"), _program("second"))
    supervisor.wait_ready()
    os.kill(second, signal.SIGKILL)
    supervisor.programs[1][1].process.wait()
    with pytest.raises(children.Died, match="second was killed by SIGKILL"):
        supervisor.check()


def test_a_death_of_another_ends_the_wait(supervisor: Supervisor) -> None:
    failing = Program(
        "failing", (sys.executable, "-c", "raise SystemExit('no settings')"), ports.free(), "/", "failing"
    )
    _start(supervisor, _program("never ready", ready="/nothing-here"), failing)
    with pytest.raises(children.Died, match=r"failing ended with code 1[^$]*no settings"):
        supervisor.wait_ready()
