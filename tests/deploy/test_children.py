"""Processes we start: they die with us, tell their end, and are stopped even when held."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import children
from deploy.local.children import Child

SLEEP = "import time; print('awake', flush=True); time.sleep(60)"


def _started(log: Path, code: str = SLEEP) -> Child:
    child = children.spawn("sleeper", [sys.executable, "-c", code], log=log)
    children.wait_until(lambda: "awake" in child.last_lines(), child, 20)
    return child


def _eventually(true: Callable[[], bool]) -> bool:
    """Whether it becomes true at all: the limit only ends a hanging test."""
    for _ in range(2000):
        if true():
            return True
        time.sleep(0.01)
    return False


def test_a_child_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent_code = (
        "from pathlib import Path; import sys, time; from deploy.local import children\n"
        f"child = children.spawn('x', [sys.executable, '-c', {SLEEP!r}], log=Path({str(tmp_path / 'log')!r}))\n"
        "children.wait_until(lambda: 'awake' in child.last_lines(), child, 20)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert children.command_of(child) is not None
        parent.kill()
    assert _eventually(lambda: children.command_of(child) is None)


def test_a_child_outlives_the_thread_that_asked_for_it(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as short_lived:
        child = short_lived.submit(_started, tmp_path / "log").result()
    assert child.is_alive
    child.stop()


def test_a_held_child_is_stopped_too(tmp_path: Path) -> None:
    child = _started(tmp_path / "log")
    os.kill(child.pid, signal.SIGSTOP)
    child.stop()
    assert child.process.returncode == -signal.SIGTERM
    child.stop()  # repeating is harmless


def test_a_child_that_ends_early_is_told_with_its_last_lines(tmp_path: Path) -> None:
    child = children.spawn(
        "short", [sys.executable, "-c", "print('no such colour'); raise SystemExit(3)"], log=tmp_path / "log"
    )
    with pytest.raises(children.Died, match=r"short ended with code 3[^$]*no such colour"):
        children.wait_until(lambda: False, child, 20)


def test_an_interrupt_ends_a_wait_and_the_command_it_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Child] = []
    spawn = children.spawn

    def remembered(*arguments: object, **named: object) -> Child:
        child = spawn(*arguments, **named)  # type: ignore[arg-type]
        started.append(child)
        children.interrupted.set()
        return child

    monkeypatch.setattr(children, "spawn", remembered)
    try:
        with pytest.raises(children.Interrupted):
            children.run("long", [sys.executable, "-c", SLEEP], log=tmp_path / "log")
    finally:
        children.interrupted.clear()
    assert not started[0].is_alive
