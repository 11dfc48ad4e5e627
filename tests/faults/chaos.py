"""`make chaos`: provokes the faults of the matrix and prints how each ended.

    make chaos                     every fault once, with seed 1, as `make test` does
    make chaos SEED=7 ONLY=F9,F10  these two, with another seed
    make chaos MINUTES=30          the long run: faults last as long as in life, then again with the next seeds
                                   until the time is over

What is kept of a run (verdicts, and of failures the seed and the logs) lies in `.wahana/chaos/`. Exit code 1 if a fault
found something. Needs what `make test` needs; full disks need root.
"""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.matrix import MATRIX

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".wahana" / "chaos"
COLUMNS = ("fault", "what", "seed", "acknowledged", "unanswered", "recovered", "took", "verdict")


def main() -> int:
    """Runs the passes and prints the table."""
    seed, minutes = int(os.environ.get("SEED") or 1), float(os.environ.get("MINUTES") or 0)
    only = [number.strip().upper() for number in (os.environ.get("ONLY") or "").split(",") if number.strip()]
    if unknown := set(only) - {fault.number for fault in MATRIX}:
        print(f"No such fault: {', '.join(sorted(unknown))}. There are F1 to F{len(MATRIX)}.", file=sys.stderr)
        return 2
    folder = KEPT / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder.mkdir(parents=True)
    began, failed, real = time.monotonic(), False, bool(minutes)
    while True:
        print(f"seed {seed}{', faults as long as in life' if real else ''}", flush=True)
        failed |= not _passed(folder, seed, only, real)
        if time.monotonic() - began > minutes * 60:
            break
        seed, real = seed + 1, False
    _show(folder, only)
    return 1 if failed else 0


def _passed(folder: Path, seed: int, only: Sequence[str], real: bool) -> bool:
    """One pass with a seed; whether nothing was found."""
    environment = os.environ | {
        "CHAOS_FOLDER": str(folder), "CHAOS_SEED": str(seed), "CHAOS_ONLY": ",".join(only),
        "CHAOS_LONG": "1" if real else "",
    }  # fmt: skip
    here = _tested(
        ["tests/faults", "--dist", "loadfile", "--numprocesses", os.environ.get("PROCESSES", "2")], environment
    )
    found = here not in (0, 5)  # 5: nothing of these faults is tested in this folder
    for fault in MATRIX:
        paths = [path for path in fault.elsewhere if (ROOT / path).exists()]
        if paths and (not only or fault.number in only):
            began = time.monotonic()
            code = _tested([*paths, f"--hypothesis-seed={seed}"], environment)
            found |= code != 0
            line = {
                "test": paths[0], "faults": [fault.number], "seed": seed, "seconds": time.monotonic() - began,
                "outcome": "failed" if code else "passed", "why": None,
            }  # fmt: skip
            with (folder / "verdicts.jsonl").open("a") as file:
                file.write(json.dumps(line) + "\n")
    return not found


def _tested(words: Sequence[str], environment: dict[str, str]) -> int:
    """Runs tests; pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "--show-capture=no", "--timeout", "2400", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def _show(folder: Path, only: Sequence[str]) -> None:
    """Prints the table, and keeps it as Markdown for the docs."""
    file = folder / "verdicts.jsonl"
    verdicts = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    by_fault: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for verdict in verdicts:
        for number in verdict["faults"]:
            by_fault[number].append(verdict)
    table = Table(*COLUMNS, title="Faults")
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for fault in MATRIX:
        if only and fault.number not in only:
            continue
        for seed, found in _by_seed(by_fault[fault.number]):
            row = (fault.number, fault.what, seed, *_summed(found))
            table.add_row(*row)
            lines.append(f"| {' | '.join(row)} |")
    (folder / "table.md").write_text("\n".join(lines) + "\n")
    Console(width=max(160, Console().width)).print(table)
    print(f"Kept in {folder.relative_to(ROOT)}")


def _by_seed(verdicts: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    seeds = sorted({verdict["seed"] for verdict in verdicts})
    return [(str(seed), [v for v in verdicts if v["seed"] == seed]) for seed in seeds] or [("-", [])]


def _summed(found: Sequence[dict[str, Any]]) -> tuple[str, str, str, str, str]:
    """Over the tests of a fault: writes acknowledged, unanswered; the longest recovery, how long it all took, verdict."""
    if not found:
        return "-", "-", "-", "-", "not tried here"
    told = [verdict for verdict in found if "acknowledged" in verdict]
    writes, silences = (str(sum(v[name] for v in told)) if told else "-" for name in ("acknowledged", "unanswered"))
    recovered = f"{max(v['recovered'] for v in told)} s" if told else "-"
    outcomes = {verdict["outcome"] for verdict in found}
    verdict = "FOUND SOMETHING" if "failed" in outcomes else "holds" if "passed" in outcomes else found[0]["why"] or "-"
    return writes, silences, recovered, f"{sum(v['seconds'] for v in found):.0f} s", verdict


if __name__ == "__main__":
    sys.exit(main())
