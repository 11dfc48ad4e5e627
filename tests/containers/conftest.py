"""One installation for all tests here: images built, everything up, at the end everything gone. Says how long each took."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from deploy.containers import engine, images
from deploy.containers.engine import ROOT, Engine, NoEngine
from deploy.containers.stack import Stack
from deploy.local import ports
from tests.containers.installation import Installation

# It takes minutes and an engine: `make test-containers` asks for it, `make test` does not.
if not os.environ.get("WAHANA_CONTAINERS"):
    collect_ignore_glob = ["test_*.py"]

Phase = Callable[[str], Any]


@pytest.fixture(scope="session")
def phase(request: pytest.FixtureRequest) -> Phase:
    """Says when something begins and how many seconds it took."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    began = time.monotonic()

    def say(text: str) -> None:
        with capture.global_and_fixture_disabled():
            print(f"  {time.monotonic() - began:6.1f} s  {text}", flush=True)

    @contextmanager
    def timed(name: str) -> Iterator[Callable[[str], None]]:
        say(f"{name} …")
        start = time.monotonic()
        yield say
        say(f"{name}: {time.monotonic() - start:.1f} s")

    return timed


@pytest.fixture(scope="session")
def found(phase: Phase) -> Iterator[Engine]:
    """The engine; one that had to be started is stopped at the end."""
    with ExitStack() as stack:
        with phase("engine") as say:
            try:
                running = stack.enter_context(engine.at_hand())
            except NoEngine as reason:
                if os.environ.get("NO_ENGINE") != "skip":
                    raise
                say(f"NOT TESTED: {reason}")
                pytest.skip(str(reason))
        yield running


@pytest.fixture(scope="session")
def built(found: Engine, phase: Phase) -> Engine:
    """The engine with all images."""
    with phase("images") as say:
        images.ready(found, say)
    return found


@pytest.fixture(scope="session")
def installation(built: Engine, phase: Phase) -> Iterator[Installation]:
    """Everything up, with secrets and data of its own; everything removed at the end."""
    folder = ROOT / ".wahana" / "test" / f"containers-{os.getpid()}"
    address, version = f"127.0.0.1:{ports.free()}", {"WAHANA_VERSION": images.version()}
    stack = Stack(built, f"wahana-test-{os.getpid()}", address, folder / "secrets", is_trial=True, settings=version)
    try:
        with phase("up"):
            stack.up()
        installation = Installation(stack)
        with phase("regions"):
            installation.load_regions()
        with installation.client:
            yield installation
        with phase("down"):
            stack.down("--volumes", "--timeout", "30")
        assert left_behind(stack) == []
    finally:
        stack.down("--volumes", "--timeout", "1")
        shutil.rmtree(folder, ignore_errors=True)


def left_behind(stack: Stack) -> list[str]:
    """Containers, volumes and networks of this installation."""
    label = f"label=com.docker.compose.project={stack.project}"
    kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
    return [line for kind in kinds for line in stack.engine.docker(*kind, "--quiet", "--filter", label).split()]
