"""`python -m deploy.load [--minutes 10] [--share 0.7]`: what `make load` runs.

A whole Wahana of its own, the limit measured with users who never rest, then a share of it for minutes. Exit 1 unless no
request failed, memory stayed flat, the lag bounded, everything arrived, and every number equals its recomputation.
"""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from typing import Annotated

import typer
from rich.table import Table

from deploy.bench import machine, projection, regions
from deploy.bench import stage as stages
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import QUICK
from deploy.load import drive as driving
from deploy.load import plan as plans
from deploy.load.drive import Driven
from deploy.load.watch import PENDING, PROGRAMS, Watch
from deploy.local.console import console, step

GROWTH = 1.15
"""Memory at the end over memory when warm: above it, something is kept that should not be."""
LAG = 30.0
"""Seconds that the numbers may be behind at most while the load lasts."""


def main(
    minutes: Annotated[float, typer.Option(min=0.2, help="How long the share of the limit is driven.")] = 10,
    share: Annotated[float, typer.Option(min=0.05, max=1, help="Of the measured limit.")] = 0.7,
    probe: Annotated[float, typer.Option(min=5, help="Seconds in which the limit is measured.")] = 40,
    area: Annotated[str, typer.Option(help="Only the regions of this area are loaded.")] = "32.04",
    villages: Annotated[int, typer.Option(min=2, help="Villages at work.")] = 24,
) -> None:
    """Drives realistic traffic at a share of what this machine can do."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit("stopped"))
    with stages.opened(replace(QUICK, area=area)) as stage:
        machine.show(console, stage.servers.postgres, os.getloadavg()[0])
        with step("regions"):
            regions.prepare(stage)
        with installed(stage, *plans.SERVICES) as wahana:
            wahana.start(*PROGRAMS)
            with step("villages, institutions, people"):
                file = stage.folder / "plan.json"
                plans.made(wahana, villages).write(file)
            with step("the limit") as under_way:
                limit = driving.drive(file, probe)
                under_way.result = f"{limit.rate:.0f} requests/s, {limit.failures} failures"
            _drained(wahana)
            watch = Watch(wahana, stage.token("ministry"))
            with step(f"{minutes:g} minutes at {share:.0%}") as under_way:
                driven = driving.drive(file, minutes * 60, rate=limit.rate * share, watch=watch)
                under_way.result = f"{driven.rate:.0f} requests/s"
            _drained(wahana)
            asyncio.run(projection.verify(wahana))
    show(limit, driven, watch)
    if faults := judged(driven, watch):
        sys.exit("\n".join(faults))
    console.print("[green]No failure, flat memory, bounded lag; every number equals its recomputation.[/green]")


def _drained(wahana: Installation) -> None:
    """Until nothing waits in the outboxes and reporting has applied all of it."""
    for service in ("registry", "activities"):
        wahana.until(lambda s=service: wahana.fetch(s, PENDING)[0]["n"] == 0, f"{service} has published")  # type: ignore[misc]
    newest = {row["id"]: row["sequence"] for row in wahana.fetch("activities", "SELECT id, sequence FROM activity")}
    wahana.until(
        lambda: {row["id"]: row["sequence"] for row in wahana.fetch(
            "reporting", "SELECT subject_id AS id, sequence FROM dossier WHERE noun = 'activity'"
        )} == newest, "reporting has every activity at its version",
    )  # fmt: skip


def judged(driven: Driven, watch: Watch) -> list[str]:
    """What is not as it must be, one sentence each."""
    found = (
        [f"{driven.failures} of {driven.requests} requests failed:\n{driven.faults[-3000:]}"] if driven.failures else []
    )
    if watch.most_lag > LAG:
        found.append(f"the numbers were {watch.most_lag:.1f} s behind, more than {LAG:g}")
    found += [
        f"{name} grew to {growth:.2f} of its memory, more than {GROWTH:g}"
        for name, growth in watch.growth().items()
        if growth > GROWTH
    ]
    return found


def show(limit: Driven, driven: Driven, watch: Watch) -> None:
    """Prints the figures."""
    table = Table(
        "request",
        "count",
        "failed",
        "p50 ms",
        "p95 ms",
        "p95 ms at the limit",
        title=f"{driven.rate:.0f}/s of {limit.rate:.0f}/s",
    )
    at_limit = {kind.name: kind.p95 for kind in limit.kinds}
    for kind in driven.kinds:
        table.add_row(
            kind.name, f"{kind.requests:,}", str(kind.failures), f"{kind.p50:.0f}", f"{kind.p95:.0f}",
            f"{at_limit.get(kind.name, float('nan')):.0f}",
        )  # fmt: skip
    console.print(table)
    console.print(f"lag at most {watch.most_lag:.1f} s; waiting in the outboxes at most {watch.most_pending} events")
    last = watch.samples[-1].memory if watch.samples else {}
    for name, growth in watch.growth().items():
        console.print(f"{name}: {last[name]:.0f} MB, {growth:.3f} of its memory when warm")


if __name__ == "__main__":
    typer.run(main)
