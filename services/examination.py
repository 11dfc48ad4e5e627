"""The command `wahana doctor`: every service that is installed, or one, and what all share."""

import asyncio
import importlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from shared.clock import Clock
from shared.doctor import examination
from shared.doctor.examination import Subject
from shared.doctor.findings import Finding, State, fault
from shared.settings import HELP, SharedSettings, WrongSettings

SERVICES = ("registry", "activities", "reporting")
COLOUR = {State.OK: "green", State.UNKNOWN: "dim", State.WARNING: "yellow", State.FAULT: "bold red"}
console = Console()


def doctor(
    service: Annotated[str | None, typer.Argument(help="Only this service; otherwise all that are installed.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of lines.")] = False,
) -> None:
    """Look whether everything fits together, and say what to do where it does not. Changes nothing. Exit 1: a fault."""
    installed = [name for name in SERVICES if find_spec(f"services.{name}") is not None]
    if service is not None and service not in installed:
        raise typer.BadParameter(f"no service {service} is installed here; there are {', '.join(installed)}")
    found = asyncio.run(examined([service] if service else installed))
    if as_json:
        print(json.dumps(_document(found), indent=2, ensure_ascii=False))  # noqa: T201  # it is the output
    else:
        _show(found)
    raise typer.Exit(exit_code(found))


def exit_code(found: Sequence[Finding]) -> int:
    """1 if there is a fault."""
    return int(any(finding.state is State.FAULT for finding in found))


async def examined(services: Sequence[str], clock: Clock = examination.MACHINE) -> list[Finding]:
    """Everything about these services, and what all share. Wrong settings are findings too."""
    found: list[Finding] = []
    shared: SharedSettings | None = None
    for service in services:
        try:
            subject = subject_of(service)
        except WrongSettings as error:
            found += [replace(fault("settings", said, HELP), of=service) for said in error.faults]
            continue
        shared = subject.settings
        found += await examination.of_service(subject, clock)
    if shared is not None:
        found += await examination.of_all(shared, clock)
    return found


def subject_of(service: str, settings: Any = None) -> Subject:
    """A service as its own modules describe it. **Raises** WrongSettings."""
    of = {name: importlib.import_module(f"services.{service}.{name}") for name in ("settings", "roles", "doctor")}
    return Subject(
        settings or of["settings"].Settings(), of["roles"].API, of["roles"].WORKER, of["doctor"].SOURCES,
        getattr(of["doctor"], "SCHEMA", None), getattr(of["doctor"], "own", None),
    )  # fmt: skip


def _document(found: Sequence[Finding]) -> dict[str, Any]:
    counts = Counter(finding.state.value for finding in found)
    worst = next((s for s in (State.FAULT, State.WARNING, State.OK) if counts[s]), State.OK)
    return {
        "state": worst.value,
        "counts": {state.value: counts[state.value] for state in State},
        "findings": [finding.as_json() for finding in found],
    }


def _show(found: Sequence[Finding]) -> None:
    for finding in found:
        line = Text(f"{finding.state.value:8}", COLOUR[finding.state])
        line.append(f"{finding.of or 'all':11}{finding.check:21} ", "not bold default")
        line.append(finding.seen, "default")
        console.print(line, soft_wrap=True)
        if finding.remedy and finding.state is not State.OK:
            console.print(Text(f"{'':20}→ {finding.remedy}", "default"), soft_wrap=True)
    counts = Counter(finding.state for finding in found)
    console.print(", ".join(f"{counts[state]} {state.value}" for state in State), highlight=False)
