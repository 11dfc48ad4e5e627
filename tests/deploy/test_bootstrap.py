"""`make` from a bare Python: too old is said, a fitting one is found, nothing else is needed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local.settings import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what `make` reads, and nothing installed."""
    for name in ("Makefile", "uv.lock", "pyproject.toml", "deploy/local/bootstrap.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _make(clone: Path, pythons: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """`make` with these programs as the only Pythons; each is a shell script."""
    bin_folder = clone / "bin"
    bin_folder.mkdir()
    for tool in ("sh", "sed", "touch", "printf", "echo"):
        found = shutil.which(tool)
        assert found
        (bin_folder / tool).symlink_to(found)
    for name, script in pythons.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (bin_folder / name).chmod(0o755)
    make = shutil.which("make")
    assert make
    environment = {"PATH": str(bin_folder), "HOME": str(clone / "no-home")}
    return subprocess.run([make, *words], cwd=clone, env=environment, capture_output=True, text=True, check=False)


OLD = 'if [ "$1" = --version ]; then echo "Python 3.9.2"; else exit 1; fi'


def test_a_python_that_is_too_old_is_said_with_what_to_install(clone: Path) -> None:
    result = _make(clone, {"python3": OLD}, "test")
    assert result.returncode != 0
    assert "Python 3.11 or newer is needed" in result.stderr
    assert "Python 3.9.2" in result.stderr
    assert "make PYTHON=" in result.stderr


def test_the_newest_fitting_python_is_taken(clone: Path) -> None:
    tells = 'if [ "$1" = -c ]; then exit 0; fi; echo "chosen $0 $1"; exit 7'
    result = _make(clone, {"python3": tells, "python3.12": tells, "python3.13": OLD}, "test")
    assert result.returncode != 0
    assert f"chosen {clone / 'bin' / 'python3.12'} deploy/local/bootstrap.py" in result.stdout


def test_help_lists_every_target_without_installing_anything(clone: Path) -> None:
    result = _make(clone, {}, "help")
    assert result.returncode == 0
    for target in ("run", "reset", "test", "check", "bench", "openapi", "help"):
        assert f"  {target} " in result.stdout
    assert not (clone / ".wahana").exists()
    assert not os.path.lexists(clone / ".venv")
