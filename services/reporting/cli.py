"""Reporting's commands: `wahana verify`, `recompute`, `rebuild`, `parked` and `reference`. Each ends with an honest exit code."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.reporting import outcomes, recomputation
from services.reporting import parked as parked_events
from services.reporting import rebuild as rebuilding
from services.reporting.models import SCHEMA
from services.reporting.periods import Period, PeriodKind
from services.reporting.reference.cli import app as reference
from services.reporting.settings import Settings
from shared.backup import commands as backup

app = typer.Typer(no_args_is_help=True)
parked = typer.Typer(no_args_is_help=True, help="Events that could not be read: list, retry, discard.")
app.add_typer(parked, name="parked")
app.add_typer(reference, name="reference")
backup.commands(app, Settings)
out = Console()
Result = TypeVar("Result")


async def _connected(settings: Settings, work: Callable[[asyncpg.Connection], Awaitable[Result]]) -> Result:
    connection = await asyncpg.connect(settings.driver_dsn, server_settings={"search_path": f"{SCHEMA}, public"})
    try:
        return await work(connection)
    finally:
        await connection.close()


class _Steps:
    """A bar per step, made when the step is first told of."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def folded(self, noun: str, count: int) -> None:
        """More dossiers of a kind were folded."""
        self._bars.advance(self._task(noun, None), count)

    def moved(self, step: str, done: int, of: int) -> None:
        """A step has come so far."""
        self._bars.update(self._task(step, of), completed=done, total=of)

    def _task(self, name: str, total: int | None) -> TaskID:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        return self._tasks[name]


def _bars() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out
    )


@app.command()
def verify(
    most: Annotated[int, typer.Option("--show", help="Differences to print at most.")] = 50,
) -> None:
    """Compares every cell and tally with its recomputation from the dossiers. Exit 1 names each that differs."""
    settings = Settings()
    first = Period.parse(settings.statistics_from).first
    with _bars() as bars:
        steps = _Steps(bars)
        found = asyncio.run(_connected(settings, lambda c: outcomes.verified(c, first, steps.folded)))
    if not found:
        out.print("[green]Every cell and tally equals its recomputation.[/green]")
        return
    table = Table(
        "region", "measure", "period", "dimension", "tree", "stored", "recomputed", title=f"{len(found)} differences"
    )
    for difference in found[:most]:
        table.add_row(
            difference.place, difference.measure, _month(difference.period), difference.dimension,
            difference.tree, str(difference.stored), str(difference.recomputed),
        )  # fmt: skip
    out.print(table)
    out.print("Run [bold]wahana recompute[/bold] to replace the cells by what the dossiers say.")
    raise typer.Exit(1)


def _month(number: int | None) -> str:
    return "-" if number is None else str(Period(number, PeriodKind.MONTH))


@app.command()
def recompute() -> None:
    """Replaces all cells and tallies by their recomputation from the dossiers, in one transaction."""
    settings = Settings()
    first = Period.parse(settings.statistics_from).first
    with _bars() as bars:
        steps = _Steps(bars)
        asyncio.run(_connected(settings, lambda c: recomputation.recompute(c, first, steps.folded)))
    out.print("[green]Recomputed.[/green]")


@app.command()
def rebuild(
    replace_differing: Annotated[
        bool, typer.Option("--replace-differing", help="Swap also when the rebuilt numbers differ from the live ones.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw a rebuild that is under way and begin anew.")
    ] = False,
) -> None:
    """Replays all topics into a shadow schema while the live one serves, compares both, and swaps them.

    It works as the owner of the tables (`REPORTING_OWNER_DATABASE_URL`). A rebuild that was stopped goes on where it
    was. Exit 1: they differ and were not swapped. Exit 2: the address is not the owner's.
    """
    try:
        with _bars() as bars:
            outcome = asyncio.run(
                rebuilding.rebuild(
                    Settings(), replace_differing=replace_differing, restart=restart, progress=_Steps(bars).moved
                )
            )
    except asyncpg.InsufficientPrivilegeError as error:
        out.print("Numbers are rebuilt by the owner of the tables: set REPORTING_OWNER_DATABASE_URL.", soft_wrap=True)
        raise typer.Exit(2) from error
    for table, count in outcome.differences.items():
        out.print(f"[yellow]{table}: {count} rows differ between the live and the rebuilt[/yellow]")
    for sample in outcome.samples:
        out.print(f"  {sample}")
    if not outcome.swapped:
        out.print("Not swapped. Look at the differences, then run it again with [bold]--replace-differing[/bold].")
        raise typer.Exit(1)
    out.print("[green]Rebuilt and swapped.[/green] The former tables stay in the schema `retired`.")


@parked.command("list")
def list_parked() -> None:
    """Shows the parked events, oldest first."""
    rows = asyncio.run(_connected(Settings(), parked_events.listed))
    table = Table("id", "topic", "partition", "offset", "subject", "reason", "parked at")
    for row in rows:
        table.add_row(
            str(row["id"]), row["topic"], str(row["partition"]), str(row["offset"]), str(row["subject_id"] or "-"),
            row["reason"], row["parked_at"].isoformat(timespec="seconds"),
        )  # fmt: skip
    out.print(table)


@parked.command("retry")
def retry_parked(ids: Annotated[list[int] | None, typer.Argument(help="Ids; all if none is given.")] = None) -> None:
    """Reads parked events again and applies those that can be read now. Exit 1 if some still cannot."""
    outcome = asyncio.run(parked_events.retry(Settings(), ids or None))
    out.print(f"{outcome.applied} applied, {len(outcome.unreadable)} still unreadable")
    for number, reason in outcome.unreadable.items():
        out.print(f"  {number}: {reason}")
    if outcome.unreadable:
        raise typer.Exit(1)


@parked.command("discard")
def discard_parked(
    ids: Annotated[list[int], typer.Argument(help="Ids to throw away.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the log.", prompt="Why")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Throws parked events away for good. The next event of the same subject carries its whole state anyway."""
    if not yes:
        typer.confirm(f"Throw away {len(ids)} parked events?", abort=True)
    count = asyncio.run(_connected(Settings(), lambda c: parked_events.discard(c, ids, reason)))
    out.print(f"{count} discarded")
