"""Activities' commands: `republish`, `verify-audit` and `rebuild-copies`."""

import asyncio
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from services.activities import rebuild, restoring
from services.activities.settings import Settings
from shared import audit_check, database, outbox
from shared.backup import commands as backup

app = typer.Typer(help="Activities: repair of what it published, proof of its audit trail.", no_args_is_help=True)
out = Console()
backup.commands(app, Settings, restoring.telling)


@app.command()
def republish() -> None:
    """Publish the newest state of every activity again (same sequences; consumers ignore what they have)."""
    count = asyncio.run(_republish(Settings()))
    typer.echo(f"{count} activities will be published again by the running worker.")


@app.command("verify-audit")
def verify_audit(
    expect: Annotated[
        list[str] | None, typer.Option(help="Hash of a seal you kept elsewhere: it must be among the seals.")
    ] = None,
) -> None:
    """Prove the audit trail against its seals. Exit code 1 when an entry was altered, removed or inserted."""
    settings = Settings()
    report = asyncio.run(audit_check.check(settings, expect or ()))
    for line in report.lines(settings.service):
        typer.echo(line)
    if report.findings:
        raise typer.Exit(1)


@app.command("rebuild-copies")
def rebuild_copies(
    replace_differing: Annotated[
        bool, typer.Option("--replace-differing", help="Replace what differs by what registry's events say.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="Throw a rebuild that is under way and begin anew.")
    ] = False,
) -> None:
    """Replays registry's topics beside the live copies of its regions, institutions, people and networks, and compares.

    It works as the owner of the tables (`ACTIVITIES_OWNER_DATABASE_URL`). A rebuild that was stopped goes on where it
    was. Exit 1: they differ and were not replaced. Exit 2: the address is not the owner's.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=out) as bars:
        tasks: dict[str, TaskID] = {}

        def moved(step: str, done: int, of: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=of)
            bars.update(tasks[step], completed=done, total=of)

        try:
            outcome = asyncio.run(
                rebuild.rebuild(Settings(), replace_differing=replace_differing, restart=restart, progress=moved)
            )
        except asyncpg.InsufficientPrivilegeError as error:
            out.print(
                "Copies are rebuilt by the owner of the tables: set ACTIVITIES_OWNER_DATABASE_URL.", soft_wrap=True
            )
            raise typer.Exit(2) from error
    for table, count in outcome.differences.items():
        out.print(f"[yellow]{table}: {count} rows differ between the live and the rebuilt[/yellow]")
    for sample in outcome.samples:
        out.print(f"  {sample}", markup=False)
    if not outcome.swapped:
        out.print("Not replaced. Look at the differences, then run it again with [bold]--replace-differing[/bold].")
        raise typer.Exit(1)
    out.print("[green]The copies are what registry's events say.[/green]")


async def _republish(settings: Settings) -> int:
    engine = database.open_engine(settings, pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            return await outbox.republish(session)
    finally:
        await engine.dispose()
