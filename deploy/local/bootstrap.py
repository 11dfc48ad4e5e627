"""From a bare Python 3.11+ to a full `.venv`: a tools environment, a pinned uv in it, `uv sync --locked`.

Run by the Makefile with the system's Python, before anything is installed: the standard library only. Writes below
`.wahana/` and `.venv/`, never into the home folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

UV = "0.13.9"
# For a Python without pip (Debian keeps ensurepip in python3-venv): the wheel runs as it is, and installs uv.
PIP = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
INDEX = "https://pypi.org/simple/pip/"

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".wahana" / "tools"


def say(sentence: str) -> None:
    """One line of progress, on standard error."""
    sys.stderr.write(f"  {sentence}\n")
    sys.stderr.flush()


def stop(sentence: str) -> SystemExit:
    """The end of the bootstrap, with the reason."""
    return SystemExit(f"\nbootstrap: {sentence}\n")


def run(*command: str | Path, environment: dict[str, str] | None = None) -> bool:
    """Whether a command succeeded; its output is shown."""
    words = [str(word) for word in command]
    return subprocess.run(words, env={**os.environ, **(environment or {})}, cwd=ROOT, check=False).returncode == 0


def has_uv() -> bool:
    """Whether the pinned uv is installed and works."""
    uv = TOOLS / "bin" / "uv"
    if not uv.exists():
        return False
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return answer.split()[1:2] == [UV]


def install_uv() -> None:
    """Into `.wahana/tools`: with the Python's own pip if it has one, else with pip's wheel from PyPI."""
    shutil.rmtree(TOOLS, ignore_errors=True)
    say(f"installing uv {UV} into .wahana/tools")
    quiet = subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], capture_output=True, check=False)
    pip: list[str | Path] = [TOOLS / "bin" / "python", "-m", "pip"]
    path: dict[str, str] = {}
    if quiet.returncode != 0:
        say("this Python has no ensurepip: fetching pip's wheel")
        shutil.rmtree(TOOLS, ignore_errors=True)
        if not run(sys.executable, "-m", "venv", "--without-pip", TOOLS):
            raise stop("this Python has no venv module. On Debian or Ubuntu: apt install python3-venv")
        path["PYTHONPATH"] = str(fetch_pip())
    options = ("--no-cache-dir", "--disable-pip-version-check", "--quiet", "--only-binary=:all:")
    if not run(*pip, "install", *options, f"uv=={UV}", environment=path):
        raise stop(f"pip could not install uv {UV} (see above). Is PyPI reachable from here?")


def fetch_pip() -> Path:
    """Pip's own wheel, checked against its known sum."""
    try:
        with urllib.request.urlopen(INDEX, timeout=60) as page:
            link = re.search(rf'href="([^"#]*{re.escape(PIP)})', page.read().decode())
        if link is None:
            raise OSError(f"{INDEX} does not list {PIP}")
        with urllib.request.urlopen(urljoin(INDEX, link[1]), timeout=60) as wheel:  # noqa: S310 - https, and checked below
            content = wheel.read()
    except OSError as error:
        raise stop(
            f"pip's wheel could not be fetched ({error}). On Debian or Ubuntu: apt install python3-venv"
        ) from error
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        raise stop(f"{PIP} is not the one we know (its SHA-256 differs). On Debian or Ubuntu: apt install python3-venv")
    file = TOOLS / PIP
    file.write_bytes(content)
    return file


def sync() -> None:
    """Exactly the lock, into `.venv`. An environment that is broken or of an old Python is made anew."""
    environment = {
        "UV_CACHE_DIR": os.environ.get("UV_CACHE_DIR") or str(ROOT / ".wahana" / "cache" / "uv"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"),
        "VIRTUAL_ENV": "",
    }
    python = ROOT / ".venv" / "bin" / "python"
    new_enough = "import sys; sys.exit(sys.version_info < (3, 11))"
    if python.parent.exists() and not (python.exists() and run(python, "-c", new_enough)):
        shutil.rmtree(ROOT / ".venv")
    say("installing what uv.lock names into .venv")
    command = (TOOLS / "bin" / "uv", "sync", "--locked", "--python", sys.executable)
    if run(*command, environment=environment):
        return
    say("once more, with this machine's own certificates instead of uv's")
    if not run(*command, environment={**environment, "UV_SYSTEM_CERTS": "1"}):
        raise stop(
            "uv could not install the locked packages (see above). The network, a full disk, or a uv.lock out of date?"
        )


def main() -> None:
    """Everything, or one sentence on why not."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file meets whatever Python is there
        raise stop(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
    try:
        if not has_uv():
            install_uv()
        sync()
    except OSError as error:
        raise stop(f"{error}. Is the disk full, or does {ROOT} belong to another user?") from error
    except KeyboardInterrupt:
        raise stop("interrupted; the next run continues") from None


if __name__ == "__main__":
    main()
