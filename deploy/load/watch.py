"""What is looked at while a load lasts: memory of every process, how old the numbers are, and what waits in the outboxes."""

import statistics
import time
from dataclasses import dataclass, field

import httpx

from deploy.bench.installation import Installation

PROGRAMS = tuple(f"{service}{kind}" for service in ("registry", "activities", "reporting") for kind in ("", "-worker"))
PENDING = "SELECT count(*) AS n FROM outbox WHERE pending"


@dataclass(frozen=True, slots=True)
class Sample:
    """One look. Memory in MB (10⁶ bytes), lag in seconds."""

    at: float
    memory: dict[str, float]
    lag: float | None
    """None: reporting did not say."""
    pending: int


@dataclass
class Watch:
    """Looks whenever it is called, and judges at the end."""

    wahana: Installation
    token: str
    samples: list[Sample] = field(default_factory=list)

    def __call__(self) -> None:
        """One look."""
        memory = {name: self.wahana.resident(name) for name in PROGRAMS}
        pending = sum(self.wahana.fetch(service, PENDING)[0]["n"] for service in ("registry", "activities"))
        self.samples.append(Sample(time.monotonic(), memory, self.lag(), pending))

    def lag(self) -> float | None:
        """The age of the numbers as an answer tells it."""
        url = f"http://127.0.0.1:{self.wahana.port('reporting')}/v1/indicators/LEM-01/values?region=ID&period=2026"
        answer = httpx.get(url, headers={"Authorization": f"Bearer {self.token}"}, timeout=30, trust_env=False)
        found: float | None = answer.json().get("lag_seconds") if answer.is_success else None
        return found

    def growth(self) -> dict[str, float]:
        """By program: median memory of the last fifth of the looks over that of the second fifth. The first fifth, in which
        caches fill, is left out."""
        fifth = max(len(self.samples) // 5, 1)
        early, late = self.samples[fifth : 2 * fifth] or self.samples, self.samples[-fifth:]
        return {
            name: statistics.median(one.memory[name] for one in late)
            / statistics.median(one.memory[name] for one in early)
            for name in PROGRAMS
        }

    @property
    def most_lag(self) -> float:
        """The largest age told; infinite if none was."""
        return max((one.lag for one in self.samples if one.lag is not None), default=float("inf"))

    @property
    def most_pending(self) -> int:
        """The most events that waited in the outboxes."""
        return max((one.pending for one in self.samples), default=0)
