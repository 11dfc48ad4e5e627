"""The load generator: HTTP/1.1 over kept-alive connections from a process of its own, so that it is not the bottleneck.

    outcome = load.run(folder, port, [load.request("GET", "/v1/institutions", token)], connections=16, seconds=5)

Closed: every connection sends its next request when it has its answer. Paced (`rate`): requests leave at their times
whatever the answers do; one that has to wait for a free connection counts from the time it was due.
"""

import asyncio
import gc
import json
import re
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvloop

from deploy.bench.figures import Measured, Row, percentile
from deploy.local.ports import HOST

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load met, warm-up left out. Latencies in milliseconds."""

    answers: int
    """With those of the warm-up."""
    count: int
    seconds: float
    p50: float
    p95: float
    p99: float
    refused: dict[str, int]
    """Answers of another status than 2xx, by status."""
    processor: float = 0.0
    """The service's processor time for a request; only if somebody measured it."""

    @property
    def rate(self) -> float:
        """Answers of 2xx per second."""
        return (self.count - sum(self.refused.values())) / self.seconds


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """How long answers took, and what they cost the service: lines below the one that tells the rate."""
    named = (("p50", "ms"), ("p99", "ms"), ("processor", "ms"))
    return [Row(f"… its {name}", Measured.of([getattr(one, name) for one in outcomes], unit)) for name, unit in named]


class Refused(RuntimeError):
    """The service refused what was meant to be work: the figure would be about errors."""


def request(method: str, path: str, token: str, body: Any = None) -> str:
    """A whole request as text."""
    content = json.dumps(body) if body is not None else ""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Authorization: Bearer {token}"]
    if content:  # json.dumps gives ASCII: characters are bytes
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", content])


def run(
    folder: Path,
    port: int,
    requests: Sequence[str],
    *,
    connections: int = 16,
    seconds: float,
    rate: float | None = None,
    warm_up: float = 1.0,
) -> Outcome:
    """Loads a service with these requests in turn, from a process of its own. Raises Refused unless all answers are 2xx."""
    plan = folder / f"load-{uuid4().hex}.json"
    plan.write_text(json.dumps(
        {"port": port, "requests": list(requests), "connections": connections, "seconds": seconds, "rate": rate,
         "warm_up": warm_up}
    ))  # fmt: skip
    command = [sys.executable, "-m", "deploy.bench.load", str(plan)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    plan.unlink()
    if result.returncode != 0:
        raise Refused(f"the load generator ended with code {result.returncode}: {result.stderr[-2000:]}")
    outcome = Outcome(**json.loads(result.stdout))
    if outcome.refused:
        raise Refused(f"{requests[0].splitlines()[0]}: answers by status {outcome.refused} of {outcome.count}")
    return outcome


class _Load:
    """One run: what is sent next, and what came back."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.requests = cycle([text.encode() for text in plan["requests"]])
        self.rate: float | None = plan["rate"]
        self.warm = time.perf_counter() + plan["warm_up"]
        self.end = self.warm + plan["seconds"]
        self.answers = 0
        self.latencies: list[float] = []
        self.refused: Counter[str] = Counter()
        self.idle: deque[_Connection] = deque()
        self.due: deque[float] = deque()
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self, connection: "_Connection", status: int, began: float) -> None:
        """Notes an answer and gives the connection its next request."""
        now = time.perf_counter()
        self.answers += 1
        if self.warm <= now < self.end:
            self.latencies.append(now - began)
            if status // 100 != 2:
                self.refused[str(status)] += 1
        if self.rate is not None:
            if self.due:
                connection.send(next(self.requests), self.due.popleft())
            else:
                self.idle.append(connection)
        elif now < self.end:
            connection.send(next(self.requests), now)

    async def go(self) -> None:
        """Sends until the end."""
        if self.rate is None:
            for connection in list(self.idle):
                connection.send(next(self.requests), time.perf_counter())
            await asyncio.sleep(self.end - time.perf_counter())
            return
        due = time.perf_counter()
        while due < self.end:
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if self.idle:
                self.idle.popleft().send(next(self.requests), time.perf_counter())
            else:
                self.due.append(due)
            due += 1 / self.rate


class _Connection(asyncio.Protocol):
    def __init__(self, load: _Load) -> None:
        self._load = load
        self._received = bytearray()
        self._wanted = 0
        self._status = 0
        self._began = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._load.idle.append(self)

    def send(self, content: bytes, began: float) -> None:
        self._began = began
        self._transport.write(content)

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._wanted:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._received[:end])
            length = _LENGTH.search(head)
            self._status = int(head[9:12])
            self._wanted = end + 4 + (int(length[1]) if length else 0)
        if len(self._received) >= self._wanted:
            self._received.clear()
            self._wanted = 0
            self._load.answered(self, self._status, self._began)

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self._load.end and not self._load.failed.done():
            self._load.failed.set_exception(error or ConnectionError("the service closed a connection"))


async def _generate(plan: dict[str, Any]) -> Outcome:
    loop = asyncio.get_running_loop()
    load = _Load(plan)
    for _ in range(plan["connections"]):
        await loop.create_connection(lambda: _Connection(load), HOST, plan["port"])
    going = asyncio.ensure_future(load.go())
    await asyncio.wait([going, load.failed], return_when=asyncio.FIRST_COMPLETED)
    if load.failed.done():
        load.failed.result()
    going.result()
    milliseconds = [seconds * 1000 for seconds in load.latencies]
    return Outcome(
        load.answers,
        len(milliseconds),
        plan["seconds"],
        percentile(milliseconds, 0.5),
        percentile(milliseconds, 0.95),
        percentile(milliseconds, 0.99),
        dict(load.refused),
    )


def main() -> None:
    """Runs the plan in the file named by the argument; prints the outcome as JSON."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(_generate(plan)))))


if __name__ == "__main__":
    main()
