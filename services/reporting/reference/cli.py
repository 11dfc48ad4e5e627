"""`wahana reference load`: reference data from a file, by the operator of the installation."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from services.reporting.models import SCHEMA
from services.reporting.reference import files, keeping
from services.reporting.reference.keeping import Fate, Outcome
from services.reporting.settings import Settings
from shared import audit, database
from shared.auth import NATION, Principal
from shared.clock import SystemClock

app = typer.Typer(no_args_is_help=True, help="Populations and PPKS baselines that indicators divide by.")
out = Console()
PORTION = 5000


@app.callback()
def reference() -> None:
    """Populations and PPKS baselines that indicators divide by."""


@app.command("load")
def load(
    file: Annotated[
        Path | None,
        typer.Argument(help="CSV, gzipped or not; the shipped population of 2024 if none is given."),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for regions whose events have not arrived yet.")
    ] = 0,
) -> None:
    """Notes every row of a file; what is noted already stays. Exit 1 names each row that was refused; the others are kept."""
    try:
        found = files.read(file or files.SHIPPED)
    except (files.Unreadable, OSError) as error:
        out.print(f"[red]{file or files.SHIPPED}: {error}[/red]", highlight=False)
        raise typer.Exit(2) from error
    outcomes = asyncio.run(_noted(Settings(), found, wait))
    fates = Counter(outcome.fate for outcome in outcomes)
    out.print(f"{found.table.name}: {', '.join(f'{fates[fate]} {fate}' for fate in Fate)}", highlight=False)
    if fates[Fate.REJECTED]:
        _name(found.lines, outcomes)
        raise typer.Exit(1)


async def _noted(settings: Settings, found: files.File, wait: float) -> list[Outcome]:
    engine = database.open_engine(settings, pool_size=1, schema=SCHEMA)
    try:
        outcomes = await _once(engine, found)
        while wait > 0 and any(fault.code == "region-unknown" for outcome in outcomes for fault in outcome.faults):
            await asyncio.sleep(1)
            wait -= 1
            outcomes = await _once(engine, found)
        return outcomes
    finally:
        await engine.dispose()


async def _once(engine: AsyncEngine, found: files.File) -> list[Outcome]:
    operator = Principal(audit.OPERATOR.get() or audit.operator(), "wahana", frozenset({"ministry"}), (NATION,))
    outcomes: list[Outcome] = []
    for start in range(0, len(found.rows), PORTION):
        async with database.transaction(database.sessions(engine)) as session:
            rows = found.rows[start : start + PORTION]
            now = SystemClock().now()
            outcomes += await keeping.read_and_note(session, found.table, found.kind, rows, by=operator, now=now)
    return outcomes


def _name(lines: Sequence[int], outcomes: Sequence[Outcome]) -> None:
    table = Table("line", "field", "what is wrong", "what to do")
    for line, outcome in zip(lines, outcomes, strict=True):
        for fault in outcome.faults:
            table.add_row(str(line), fault.pointer or "", fault.message.en, fault.remedy.en)
    out.print(table)
