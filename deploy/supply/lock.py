"""The packages of `uv.lock`, as uv tells them."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.bootstrap import ROOT, TOOLS

UV = TOOLS / "bin" / "uv"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the lock, by its normalised name."""

    name: str
    version: str


def _uv(*words: str) -> str:
    environment = {"UV_CACHE_DIR": str(ROOT / ".wahana" / "cache" / "uv"), **os.environ}
    command: list[str | Path] = [UV, "export", "--frozen", "--quiet", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def packages() -> list[Package]:
    """Everything that the lock names, tools of the developers included, ordered by name."""
    listed = json.loads(_uv("--all-groups", "--format", "cyclonedx1.5")).get("components", [])
    return sorted((Package(each["name"], each["version"]) for each in listed), key=lambda package: package.name)


def bill() -> dict[str, Any]:
    """CycloneDX 1.5 of what runs in production: each package with its files' digests and what it needs."""
    found: dict[str, Any] = json.loads(_uv("--no-default-groups", "--format", "cyclonedx1.5"))
    return found
