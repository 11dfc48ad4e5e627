"""Memory: what each API holds resident after it was loaded with the requests it is there for."""

from deploy.bench import freshness, lists, reads, writes
from deploy.bench.figures import Goal, Measured, Row
from deploy.bench.installation import installed
from deploy.bench.stage import Stage
from deploy.local.settings import SERVICES

GOAL = Goal(150, 100, most=True)


def run(stage: Stage) -> list[Row]:
    """MB (10⁶ bytes) of the largest among the rounds' ends; each round adds its load to the same processes."""
    found: dict[str, list[float]] = {service: [] for service in SERVICES}
    workers: dict[str, list[float]] = {f"{service}-worker": [] for service in SERVICES}
    with installed(stage, *SERVICES) as wahana:
        reads.fill(wahana)
        wahana.start(*workers, *SERVICES)
        requests = {
            "registry": [*writes.requests(stage)[:200], *lists.requests(stage)],
            "activities": freshness.prepare(wahana),
            "reporting": reads.requests(stage),
        }
        for _ in range(stage.size.rounds):
            for service in SERVICES:
                wahana.load(service, requests[service])
                found[service].append(wahana.resident(service))
        for worker, figures in workers.items():
            figures.append(wahana.resident(worker))
    return [
        *(Row(f"resident after load: {service} API", Measured.of(each, "MB"), goal=GOAL) for service, each in found.items()),
        *(Row(f"… {worker}", Measured.of(each, "MB")) for worker, each in workers.items()),
    ]  # fmt: skip
