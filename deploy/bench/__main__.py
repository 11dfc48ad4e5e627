"""`python -m deploy.bench [sections] [--quick]`: what `make bench` runs."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from types import FrameType
from typing import Annotated

import typer
from rich.markup import escape

from deploy.bench import (
    activity_lists,
    activity_writes,
    attendance,
    batches,
    figures,
    freshness,
    lists,
    machine,
    memory,
    participants,
    projection,
    reads,
    regions,
    writes,
)
from deploy.bench import stage as stages
from deploy.bench.figures import Row
from deploy.bench.stage import FULL, QUICK, Size, Stage
from deploy.local.console import console, step


class Section(StrEnum):
    """What can be measured by itself."""

    REGIONS = "regions"
    WRITES = "writes"
    ACTIVITY_WRITES = "activity-writes"
    PARTICIPANTS = "participants"
    BATCHES = "batches"
    LISTS = "lists"
    ACTIVITY_LISTS = "activity-lists"
    PROJECTION = "projection"
    ATTENDANCE = "attendance"
    FRESHNESS = "freshness"
    READS = "reads"
    MEMORY = "memory"


RUN: dict[Section, Callable[[Stage], list[Row]]] = {
    Section.REGIONS: regions.run,
    Section.WRITES: writes.run,
    Section.ACTIVITY_WRITES: activity_writes.run,
    Section.PARTICIPANTS: participants.run,
    Section.BATCHES: batches.run,
    Section.LISTS: lists.run,
    Section.ACTIVITY_LISTS: activity_lists.run,
    Section.PROJECTION: projection.run,
    Section.ATTENDANCE: attendance.run,
    Section.FRESHNESS: freshness.run,
    Section.READS: reads.run,
    Section.MEMORY: memory.run,
}


def measure(sections: Sequence[Section], size: Size) -> tuple[list[Row], list[Section]]:
    """Everything from starting the servers to the rows of the table, and the sections that failed."""
    load_before = os.getloadavg()[0]
    rows: list[Row] = []
    failed: list[Section] = []
    with stages.opened(size) as stage:
        machine.show(console, stage.servers.postgres, load_before)
        if Section.REGIONS not in sections:
            with step("regions, to be copied"):
                regions.prepare(stage)
        for section in sections:
            try:
                with step(section) as under_way:
                    found = RUN[section](stage)
                    rows += found
                    under_way.result = "; ".join(f"{row.path}: {row.judged:.3g}" for row in found)
            except Exception as error:  # the others, measured for minutes, are worth having
                console.print(f"[red]{section}: {type(error).__name__}[/red]: {escape(str(error))}")
                failed.append(section)
                if not stage.templates:  # there is nothing to copy from
                    break
    return rows, failed


def main(
    sections: Annotated[list[Section] | None, typer.Argument(help="All, if none is named.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small and once: does it work? Not how fast.")] = False,
    rounds: Annotated[int | None, typer.Option(min=1, help="Interleaved rounds; 3 unless --quick.")] = None,
) -> None:
    """Measures the paths of Wahana against limits taken in the same run."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    # aiokafka prints every retry on topics that were made a moment ago.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    began = time.monotonic()
    size = QUICK if quick else FULL
    size = replace(size, rounds=rounds or size.rounds)
    # In our order: the regions, which the others copy, come first.
    rows, failed = measure([section for section in Section if section in (sections or list(Section))], size)
    console.print()
    figures.show(rows, console)
    console.print(
        f"{size.rounds} rounds of {size.seconds:g} s; all of it took {(time.monotonic() - began) / 60:.1f} min."
    )
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _stop(number: int, _: FrameType | None) -> None:
    sys.exit(f"stopped by {escape(signal.Signals(number).name)}")


if __name__ == "__main__":
    typer.run(main)
