"""PostgreSQL's own load tool, from the wheel of the server: the limit of what the database gives on this machine."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from deploy.local.postgres import Cluster

_RATE = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
CLIENTS = 16
OPTIONS = "-c jit=off -c pg_trgm.word_similarity_threshold=0.4"
"""As the services' connections are opened, and how alike `institutions.search` wants names to be in a large area."""
MOST_SCRIPTS = 128


def run(
    cluster: Cluster, database: str, scripts: Sequence[str], *, folder: Path, seconds: float, clients: int = CLIENTS
) -> float:
    """Transactions per second of clients that each run one of the scripts at random, statements prepared.

    Raises RuntimeError with pgbench's own words.
    """
    files = []
    for script in scripts[:MOST_SCRIPTS]:
        file = folder / f"pgbench-{uuid4().hex}.sql"
        file.write_text(script)
        files.append(file)
    command = [
        *(str(cluster.binaries / "pgbench"), "--no-vacuum", "--protocol=prepared", "--client", str(clients)),
        *("--jobs", "2", "--time", str(max(1, round(seconds)))),
        *(word for file in files for word in ("--file", str(file))),
        cluster.dsn(database),
    ]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PGOPTIONS": OPTIONS}
    )
    for file in files:
        file.unlink()
    found = _RATE.search(result.stdout)
    if result.returncode != 0 or found is None or "aborted" in result.stderr:
        raise RuntimeError(f"pgbench: {result.stderr[-2000:]}")
    return float(found[1])
