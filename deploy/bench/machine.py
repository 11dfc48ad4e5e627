"""What the figures were taken on: versions, machine, and whether somebody else is at work on it."""

import os
import platform
import statistics
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from deploy.local import jars
from deploy.local.postgres import Cluster
from deploy.local.settings import ROOT

PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "asyncpg", "uvicorn", "uvloop", "httptools", "aiokafka", "orjson")
QUIET = 0.3
"""Load per core above which the figures say little."""


def show(console: Console, postgres: Cluster, load_before: float) -> None:
    """Print it. `load_before` is the one-minute load average before anything was started."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    console.print(f"commit      {_commit()}")
    console.print(f"machine     {cores} cores, {_processor()}, {_memory()}, {platform.platform()}")
    console.print(f"fdatasync   {_fdatasync(postgres.folder) * 1e6:.0f} µs (median of 200 blocks of 8 KiB)")
    console.print(f"load before {load_before:.2f}")
    server = postgres.sql("SHOW server_version")
    console.print(f"servers     PostgreSQL {server} (embedded), Apache Kafka {jars.VERSION}")
    console.print(f"packages    Python {platform.python_version()}, {', '.join(f'{p} {version(p)}' for p in PACKAGES)}")
    if load_before > QUIET * cores:
        console.print(
            "[yellow]Other work runs on this machine: these figures show that it works, not how fast.[/yellow]"
        )


def _commit() -> str:
    def git(*words: str) -> str:
        command = ["git", "-C", str(ROOT), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()

    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{git('rev-parse', '--short', 'HEAD') or 'unknown'}{changed}"


def _processor() -> str:
    """The processor's model name as Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def _fdatasync(folder: Path) -> float:
    """Seconds that writing one block and making it durable takes, where the servers' data lie."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / "fdatasync"
    times = []
    with probe.open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"\0" * 8192)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    probe.unlink()
    return statistics.median(times)
