"""The images: Wahana's three are built, those of others are pulled; where no registry can be reached, stand-ins are built.

A stand-in has the tag, the user, the folders and the variables of the image it stands for, is made of the packages that
the tests use, and says what it is: label `wahana.stand-in`. It serves tests and trials, never production.
"""

import os
import subprocess
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from deploy.containers import standins
from deploy.containers.engine import ROOT, Engine, Failed, run

SERVICES = ("registry", "activities", "reporting")
PYTHON = "python:3.11-slim-bookworm"
OF_OTHERS = {"postgres:18": "postgres", "apache/kafka:4.4.0": "kafka", "nginx:1.28-bookworm": "nginx"}
"""Images that are not ours, as `docker-compose.yml` names them, and the folder of the stand-in for each."""


def version() -> str:
    """Wahana's version, the tag of its images."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        found: str = tomllib.load(file)["project"]["version"]
    return found


def ready(engine: Engine, tell: Callable[[str], None] = lambda what: None) -> None:
    """Builds and fetches all images. `tell` is told what became of each. **Raises** Failed."""
    with ThreadPoolExecutor(4) as threads:
        others = [threads.submit(_of_another, engine, tag, tell) for tag in OF_OTHERS]
        build_ours(engine, tell)
        for other in others:
            other.result()


def build_ours(engine: Engine, tell: Callable[[str], None] = lambda what: None) -> None:
    """Builds the three images of Wahana, one after the other: they share what comes first."""
    for service in SERVICES:
        tag = f"wahana-{service}:{os.environ.get('WAHANA_VERSION') or version()}"
        build(engine, tag, str(ROOT), "--file", "deploy/Dockerfile", *_arguments({"SERVICE": service, **_labels()}))
        tell(f"{tag}: built")


def build(engine: Engine, tag: str, context: str, *more: str) -> None:
    """Builds one image with what the machine has. **Raises** Failed."""
    run(
        *("docker", "build", "--quiet", "--network", "host", "--tag", tag, *more, context),
        environment={"DOCKER_BUILDKIT": "1" if engine.builds_with_buildkit else "0"},
    )


def _of_another(engine: Engine, tag: str, tell: Callable[[str], None]) -> None:
    if engine.has_image(tag):
        label = engine.docker("image", "inspect", tag, "--format", '{{index .Config.Labels "wahana.stand-in"}}')
        tell(f"{tag}: there already{' (A STAND-IN)' if label == 'yes' else ''}")
        return
    try:
        engine.docker("pull", "--quiet", tag)
        tell(f"{tag}: pulled")
    except Failed:
        standins.make(OF_OTHERS[tag], partial(build, engine, tag))
        tell(f"{tag}: no registry reached, A STAND-IN was built")


def _arguments(values: dict[str, str]) -> list[str]:
    # A mirror of this machine is told to the build only; it does not stay in the image.
    values = values | {name: os.environ[name] for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX") if name in os.environ}
    return [word for name, value in values.items() for word in ("--build-arg", f"{name}={value}")]


def _labels() -> dict[str, str]:
    """Version, commit and its time: the same commit gives the same labels."""
    try:
        revision, created = (_git("log", "-1", f"--format={field}") for field in ("%H", "%cI"))
    except (OSError, subprocess.CalledProcessError):
        return {"VERSION": version()}
    return {"VERSION": version(), "REVISION": revision, "CREATED": created}


def _git(*arguments: str) -> str:
    return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
