"""Writes the contract files, or with `--check` says what differs from the checked-in ones and ends with 1.

    python -m deploy.contracts            # or --write: after a change of an event, a route or a topic
    python -m deploy.contracts --check    # `make check`
    python -m deploy.contracts --release  # when a version goes out: freezes the OpenAPI documents as its own

Each refuses a change of a published event version that would break its log or its readers (`compatibility`); `--check`
and `--release` also what would break a client of the last release's HTTP APIs (`releases`).
"""

import argparse
import difflib
import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.contracts import asyncapi, compatibility, event_schemas, http, releases

ROOT = Path(__file__).parents[2]
ASYNCAPI = asyncapi.FILE
SHOWN = 60
"""Lines of a file's difference that are printed."""


def documents() -> dict[Path, dict[str, Any]]:
    """Every contract file by its place, as the code says it now."""
    return {
        **{event_schemas.file_of(state): event_schemas.schema_of(state) for state in event_schemas.STATES},
        ASYNCAPI: asyncapi.document(),
        **{http.file_of(service): http.document(service) for service in http.SERVICES},
    }


def render(document: Mapping[str, Any]) -> str:
    """A document as its file holds it: one spelling, so that a difference is a change."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def refusals(schemas: Path = event_schemas.FOLDER) -> list[str]:
    """Published event versions that the code breaks or no longer knows, and what to do instead."""
    known = {event_schemas.file_of(state).name: state for state in event_schemas.STATES}
    found = []
    for file in sorted(schemas.glob("*.json")):
        state = known.get(file.name)
        if state is None:
            found.append(f"{file.name}: published and gone from STATES; its events stay in the log, keep its class.")
            continue
        reasons = compatibility.breaks(json.loads(file.read_text()), event_schemas.schema_of(state))
        found += [f"{file.name}: {reason}." for reason in reasons]
        if reasons:
            found.append(
                f"{file.name}: leave this version as it is and publish VERSION = {state.VERSION + 1} beside it."
            )
    return found


def differences(wanted: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    """A unified diff for each file that is not as it should be."""
    found = []
    for path, document in wanted.items():
        there = path.read_text() if path.exists() else ""
        if there != render(document):
            name = path.relative_to(ROOT).as_posix()
            lines = list(
                difflib.unified_diff(
                    there.splitlines(), render(document).splitlines(), name, "the code", lineterm="", n=2
                )
            )
            more = [f"… and {len(lines) - SHOWN} lines more"] if len(lines) > SHOWN else []
            found.append("\n".join([*lines[:SHOWN], *more]))
    return found


def _breaking(wanted: Mapping[Path, Mapping[str, Any]]) -> list[str]:
    return releases.refusals({service: wanted[http.file_of(service)] for service in http.SERVICES})


def main(arguments: list[str]) -> int:
    """Runs the program; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.contracts", description=__doc__.partition("\n")[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="compare only; exit code 1 if anything differs")
    how.add_argument("--write", action="store_true", help="write the files (what happens without a flag)")
    how.add_argument("--release", action="store_true", help="freeze the OpenAPI documents under pyproject's version")
    asked = parser.parse_args(arguments)
    check = asked.check or asked.release
    if broken := refusals():
        print("A published event contract would break:", *broken, sep="\n  ", file=sys.stderr)
        return 1
    wanted = documents()
    found = differences(wanted)
    if check and found:
        print(
            *found, "Contract files are not what the code says; `make openapi` writes them.", sep="\n", file=sys.stderr
        )
        return 1
    if check and (broken := _breaking(wanted)):
        print("Clients of the HTTP APIs would break:", *broken, sep="\n  ", file=sys.stderr)
        return 1
    if asked.release:
        texts = {service: render(wanted[http.file_of(service)]) for service in http.SERVICES}
        version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
        print(f"Frozen in {releases.freeze(version, texts).relative_to(ROOT)}.")
        return 0
    if not check:
        for path, document in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(document))
    print(f"{len(wanted)} contract files {'agree with the code' if check else 'written'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
