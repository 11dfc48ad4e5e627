"""Locust in a process of its own, and what it measured."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.bench.figures import percentile
from deploy.local.settings import ROOT

USERS = 40
"""Who are at work at the same time."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: how many, how many failed, and how long they took in milliseconds."""

    name: str
    requests: int
    failures: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Driven:
    """What a drive met."""

    seconds: float
    kinds: list[Kind]
    faults: str
    """What Locust printed of failures."""

    @property
    def requests(self) -> int:
        """All of them."""
        return sum(kind.requests for kind in self.kinds)

    @property
    def failures(self) -> int:
        """Answers that nobody expected."""
        return sum(kind.failures for kind in self.kinds)

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


class Broken(RuntimeError):
    """Locust itself failed."""


def drive(plan: Path, seconds: float, *, rate: float | None = None, watch: Callable[[], None] = lambda: None) -> Driven:
    """Lets the users work for so long: together at a rate per second, or as fast as answers come. `watch` is called every
    few seconds meanwhile. Raises Broken."""
    command = [
        sys.executable, "-m", "locust", "--locustfile", str(Path(__file__).with_name("users.py")), "--headless",
        "--users", str(USERS), "--spawn-rate", str(USERS), "--run-time", f"{int(seconds)}s", "--json", "--loglevel", "WARNING",
        "--exit-code-on-error", "0",
    ]  # fmt: skip
    environment = {
        **os.environ, "WAHANA_LOAD_PLAN": str(plan), "WAHANA_LOAD_RATE": str(rate / USERS if rate else 0),
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with plan.with_suffix(".out").open("w+") as out, plan.with_suffix(".err").open("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, env=environment, cwd=ROOT)
        try:
            while process.poll() is None:
                watch()
                _wait(process)
        finally:
            process.terminate()
            process.wait()
        out.seek(0)
        err.seek(0)
        return _read(out.read(), err.read(), process.returncode)


def _wait(process: "subprocess.Popen[bytes]", seconds: float = 5.0) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _read(out: str, err: str, code: int) -> Driven:
    begin = out.find("[")
    if code or begin < 0:
        raise Broken(f"locust ended with code {code}: {err[-2000:]}")
    found = json.loads(out[begin : out.rfind("]") + 1])
    if not found:
        raise Broken(f"locust sent nothing: {err[-2000:]}")
    seconds = max(one["last_request_timestamp"] for one in found) - min(one["start_time"] for one in found)
    return Driven(seconds, sorted((_kind(one) for one in found), key=lambda kind: kind.name), err)


def _kind(one: dict[str, Any]) -> Kind:
    counted = one["response_times"]
    times = [float(time) for time, count in counted.items() for _ in range(count)]
    return Kind(
        one["name"], one["num_requests"], one["num_failures"], percentile(times, 0.5),
        percentile(times, 0.95),
    )  # fmt: skip
