"""The container engine of this machine: the one that answers, or the one that CONTAINER_ENGINE starts.

with engine.at_hand() as found:        # stops again only what it started
    found.docker("ps")
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTER = ROOT.parent / "shared" / "tools" / "container-engine"


class NoEngine(Exception):
    """There is no engine, and none could be started. The message says what to do."""


class Failed(Exception):
    """A command of the engine failed; the message is what it said."""


@dataclass(frozen=True)
class Engine:
    """An engine that answers, and how its compose is called."""

    compose: tuple[str, ...]

    @property
    def builds_with_buildkit(self) -> bool:
        """Whether images are built by BuildKit; else by the classic builder."""
        return _works("docker", "buildx", "version")

    def docker(self, *arguments: str, show: bool = False) -> str:
        """Runs `docker …`; returns what it printed, without the end of line. **Raises** Failed."""
        return run("docker", *arguments, show=show)

    def has_image(self, tag: str) -> bool:
        """Whether the engine has an image under this tag."""
        return _works("docker", "image", "inspect", tag)


def find() -> Engine | None:
    """The engine that answers; None if there is none."""
    if not shutil.which("docker") or not _works("docker", "info", "--format", "{{.ServerVersion}}"):
        return None
    for compose in (("docker", "compose"), ("docker-compose",)):
        if shutil.which(compose[0]) and _works(*compose, "version"):
            return Engine(compose)
    return None


@contextmanager
def at_hand(*, keep: bool = False) -> Iterator[Engine]:
    """An engine that answers. One that had to be started is stopped at the end, with all it holds, unless to be kept.

    **Raises** NoEngine.
    """
    if answering := find():
        yield answering
        return
    starter = Path(os.environ.get("CONTAINER_ENGINE") or STARTER)
    if not starter.exists():
        raise NoEngine(
            "no container engine answers (`docker info`, with `docker compose` or `docker-compose`) and there is none to"
            " start; install Docker, or name a program that starts one: CONTAINER_ENGINE=/path/to/program"
        )
    try:
        yield _started(starter)
    finally:
        if not keep:
            _works(str(starter), "stop")


def _started(starter: Path) -> Engine:
    try:
        run(str(starter), "start")
    except (Failed, OSError) as failure:
        raise NoEngine(f"{starter} start failed: {failure}") from failure
    if found := find():
        return found
    raise NoEngine(f"{starter} start: the engine does not answer, or has no compose")


def run(*command: str, show: bool = False, environment: dict[str, str] | None = None) -> str:
    """Runs a command to its end; its output is returned, or shown instead. **Raises** Failed."""
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=None if show else subprocess.PIPE,
        stderr=None if show else subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        said = (ended.stderr or ended.stdout or "").strip()[-3000:]
        raise Failed(f"{' '.join(command)} ended with {ended.returncode}\n{said}".strip())
    return (ended.stdout or "").strip()


def _works(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0
