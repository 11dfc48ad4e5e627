"""Registry's commands: `wahana regions load`, those about people's keys, and `republish`."""

import asyncio
import gc
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.registry import restoring
from services.registry.people.cli import people
from services.registry.regions import loading, table
from services.registry.settings import Settings
from shared import audit_check, database, outbox
from shared.backup import commands as backup
from shared.clock import SystemClock
from shared.events import registry

app = typer.Typer(no_args_is_help=True)
regions = typer.Typer(no_args_is_help=True, help="The regions of Indonesia.")
app.add_typer(regions, name="regions")
app.add_typer(people, name="people")
backup.commands(app, Settings, restoring.telling)
console = Console()


@regions.command("load")
def load_regions() -> None:
    """Bring the regions to the shipped Kemendagri table. Harmless to repeat: only what differs is published."""
    # Untuned collection takes a third of the time: nothing that a load makes is cyclic.
    gc.set_threshold(20_000, 20, 100)
    loaded, unlisted = asyncio.run(_load(Settings()))
    console.print(
        f"Regions ({table.DECREE}): {loaded.created} created, {loaded.changed} changed, {loaded.unchanged} unchanged."
    )
    if unlisted:
        console.print(
            f"Stored regions that are not in this table: {len(unlisted)}. They still count, villages in denominators too; "
            "a recoded region counts twice, under its old and its new code, until a region change ends the old one:"
        )
        for code, name in unlisted:
            console.print(f"  {code} {name}", markup=False, highlight=False)


async def _load(settings: Settings) -> tuple[loading.Loaded, list[tuple[str, str]]]:
    rows = list(table.read())
    columns = (TextColumn("Regions"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    engine = database.open_engine(settings, pool_size=1)
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("regions", total=len(rows))
            async with database.transaction(database.sessions(engine)) as session:
                now = SystemClock().now()
                loaded = await loading.load(session, rows, now, lambda done: progress.update(task, completed=done))
                return loaded, await loading.unlisted(session, rows)
    finally:
        await engine.dispose()


@app.command()
def republish(
    topic: Annotated[str | None, typer.Option(help="Only this topic, such as registry.institution.v1.")] = None,
) -> None:
    """Send the newest event of every subject again. Harmless to repeat: consumers ignore a sequence they have."""
    topics = [state.topic() for state in registry.STATES]
    if topic is not None and topic not in topics:
        raise typer.BadParameter(f"registry has no topic {topic}; it has {', '.join(topics)}", param_hint="--topic")
    console.print(f"Events that will be sent again: {asyncio.run(_republish(Settings(), topic))}.")


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


async def _republish(settings: Settings, topic: str | None) -> int:
    engine = database.open_engine(settings, pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            return await outbox.republish(session, topic)
    finally:
        await engine.dispose()
