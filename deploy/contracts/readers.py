"""Reads the documents with what front-end teams and integrators read them with, and says what those do not like.

    python -m deploy.contracts.readers        # part of `make check`

redocly's rules for the OpenAPI documents, AsyncAPI's own parser for the events, and a TypeScript client that is generated
and type-checked in strict mode. All come from npm by lock file; if they cannot be had, that is said, and nothing is
checked. Nothing that is generated is kept: the documents are what is checked in.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.contracts import http, npm
from deploy.contracts.asyncapi import FILE as EVENTS

REDOCLY = Path("@redocly", "cli", "bin", "cli.js")
GENERATOR = Path("openapi-typescript", "bin", "cli.js")
COMPILER = Path("typescript", "bin", "tsc")
DOCUMENTS = tuple(http.file_of(service) for service in http.SERVICES)


def linted(*files: Path) -> list[str]:
    """What redocly finds in OpenAPI documents: one text with all of it; empty if nothing."""
    modules = npm.modules(npm.TOOLS)
    rules = ("--config", str(npm.TOOLS / "redocly.yaml"), "--format", "stylish", "--max-problems", "50")
    ran = npm.run(
        modules / REDOCLY, "lint", *rules, *map(str, files),
        folder=npm.ROOT, REDOCLY_TELEMETRY="off", REDOCLY_SUPPRESS_UPDATE_NOTICE="true",
    )  # fmt: skip
    return _unless_good(ran)


def parsed(file: Path) -> list[str]:
    """What AsyncAPI's parser finds in a document and the files it refers to; empty if nothing."""
    modules = npm.modules(npm.TOOLS)
    script = shutil.copy(npm.TOOLS / "asyncapi.js", modules.parent)  # Node looks for modules beside the script
    return _unless_good(npm.run(Path(script), str(file), folder=modules.parent))


def generated(folder: Path, *files: Path) -> list[str]:
    """Lays the client into a folder with the types of these documents, ready to be run by Node; what failed."""
    modules = npm.modules(npm.TYPESCRIPT)
    for name in ("package.json", "tsconfig.json"):
        shutil.copy(npm.TYPESCRIPT / name, folder)
    shutil.copytree(npm.TYPESCRIPT / "src", folder / "src")
    (folder / "node_modules").symlink_to(modules)
    (folder / "generated").mkdir()
    found = []
    for file in files:
        types = folder / "generated" / f"{file.stem}.ts"
        found += _unless_good(
            npm.run(modules / GENERATOR, str(file), "--default-non-nullable=false", "-o", str(types), folder=folder)
        )
    return found


def compiled(folder: Path) -> list[str]:
    """What the compiler finds in a client that `generated` has laid; empty if nothing."""
    return _unless_good(npm.run(folder / "node_modules" / COMPILER, "--pretty", "false", folder=folder))


def _typed() -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        return generated(Path(place), *DOCUMENTS) or compiled(Path(place))


def _unless_good(ran: subprocess.CompletedProcess[str]) -> list[str]:
    return [] if ran.returncode == 0 else [f"{ran.stdout}\n{ran.stderr}".strip()]


def main() -> int:
    """Runs the program; returns its exit code."""
    checks: dict[str, Callable[[], list[str]]] = {
        "redocly, of the OpenAPI documents": lambda: linted(*DOCUMENTS),
        "AsyncAPI's parser, of deploy/asyncapi.json": lambda: parsed(EVENTS),
        "the TypeScript client": _typed,
    }
    try:
        for project in (npm.TOOLS, npm.TYPESCRIPT):
            npm.modules(project)
    except npm.Unavailable as error:
        print(f"NOT CHECKED by {', '.join(checks)}: {error}", file=sys.stderr)
        return 0
    with ThreadPoolExecutor() as threads:
        results = dict(zip(checks, threads.map(lambda check: check(), checks.values()), strict=True))
    for name, found in results.items():
        print(*(f"{name}:\n{text}" for text in found), sep="\n", end="", file=sys.stderr)
    if any(results.values()):
        return 1
    print("Front-end teams can read the contracts: redocly, AsyncAPI's parser and TypeScript have nothing to say.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
