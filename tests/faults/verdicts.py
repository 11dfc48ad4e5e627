"""How each fault of a run ended, for the table of `make chaos`; and what is kept of a run that failed.

CHAOS_FOLDER names where: a line of JSON for each test in `verdicts.jsonl`, and for each that failed a folder with the
seed, the failure, the logs of its processes and those of the servers. CHAOS_ONLY names faults; others are left out.
"""

import json
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.faults import armed, oracle
from tests.house import House

FOLDER = os.environ.get("CHAOS_FOLDER")
ONLY = frozenset(filter(None, os.environ.get("CHAOS_ONLY", "").split(",")))


def faults_of(item: pytest.Item) -> list[str]:
    """The numbers of the faults that a test provokes."""
    return [number for mark in item.iter_markers("fault") for number in mark.args]


def left_out(item: pytest.Item) -> bool:
    """Whether a test is not of this run: a long one, or one of faults that were not asked for."""
    if item.get_closest_marker("long") and not armed.LONG:
        return True
    return bool(ONLY) and not ONLY.intersection(faults_of(item))


def note(item: pytest.Item, report: pytest.TestReport, houses: Sequence[House]) -> None:
    """Writes the verdict of a test that `make chaos` runs."""
    if not FOLDER or not (report.when == "call" or report.failed or report.skipped):
        return
    line: dict[str, Any] = {
        "test": item.nodeid, "faults": faults_of(item), "seed": armed.SEED, "outcome": report.outcome,
        "seconds": round(report.duration, 1), "why": _why(report), **_last(houses),
    }  # fmt: skip
    folder = Path(FOLDER)
    with (folder / "verdicts.jsonl").open("a") as file:
        file.write(json.dumps(line) + "\n")
    if report.failed:
        _keep(folder / f"seed-{armed.SEED}-{re.sub(r'[^a-zA-Z0-9_]+', '-', item.name)[:80]}", report, houses)


def _last(houses: Sequence[House]) -> dict[str, Any]:
    return next((oracle.FOUND[house.prefix] for house in reversed(houses) if house.prefix in oracle.FOUND), {})


def _why(report: pytest.TestReport) -> str | None:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return None


def _keep(folder: Path, report: pytest.TestReport, houses: Sequence[House]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"failure-{report.when}.txt").write_text(f"seed {armed.SEED}\n{report.nodeid}\n\n{report.longreprtext}\n")
    logs = {process.log for house in houses for process in house.processes}
    logs |= {log for house in houses for log in (house.servers.kafka.log, house.servers.postgres.log)}
    for log in logs:
        if log.exists():
            shutil.copy(log, folder / f"{log.parent.name}-{log.name}")
