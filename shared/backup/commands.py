"""The commands `wahana backup …`, `wahana restore …` and `wahana restore finish …`, made for one service each."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from shared.backup import dump
from shared.backup import finish as finishing
from shared.backup.finish import Finished
from shared.backup.log import KafkaAway
from shared.backup.telling import Telling
from shared.backup.tools import BackupFailed
from shared.clock import SystemClock
from shared.settings import ServiceSettings

console = Console()
Result = TypeVar("Result")
Settings = TypeVar("Settings", bound=ServiceSettings)
Report = Annotated[
    Path | None,
    typer.Option(
        "--report",
        help="Where the list of raised and lost records goes; by default beside the backup, or in this folder.",
    ),
]


def commands(
    app: typer.Typer, make: Callable[[], Settings], tellings: Callable[[Settings], Telling] | None = None
) -> None:
    """Adds the commands to a service's command line. `tellings`: what a service that publishes says of its records."""

    @app.command("backup")
    def take(
        to: Annotated[Path, typer.Option(help="A folder, or a file that is not there yet.")] = Path(),
    ) -> None:
        """Write a backup of one snapshot, with a manifest beside it; writers go on meanwhile. Exit 1: none was made."""
        file, manifest = _run(lambda told: dump.take(make(), to, told))
        taken = manifest.taken_at.astimezone(UTC)
        console.print(
            f"{file}: {manifest.service} as of {taken:%Y-%m-%d %H:%M:%S} UTC, {sum(manifest.rows.values())} rows in"
            f" {len(manifest.rows)} tables, {manifest.bytes} bytes, SHA-256 {manifest.sha256}",
            highlight=False, soft_wrap=True,
        )  # fmt: skip

    @app.command("restore")
    def restore(
        file: Annotated[Path, typer.Argument(help="A file that `wahana backup` wrote, its manifest beside it.")],
        replace: Annotated[
            bool, typer.Option("--replace", help="Also in the place of a database that holds something.")
        ] = False,
        jobs: Annotated[int, typer.Option(min=1, help="Tables and indexes loaded at once.")] = 2,
        report: Report = None,
    ) -> None:
        """Restore a backup beside the database, bring it level with Kafka, and let it take the name that serves.

        The former database is kept under another name. Exit 1: nothing was restored. Exit 3: loaded, but Kafka is away;
        go on with `wahana restore finish`.
        """
        settings = make()
        telling = tellings(settings) if tellings else None
        place = _report(settings, report, file.parent)
        _told(
            settings,
            _run(lambda told: finishing.restore(settings, telling, file, place, told, replace=replace, jobs=jobs)),
        )

    if tellings is None:
        return

    @app.command("restore-finish")
    def finish(report: Report = None) -> None:
        """Bring a restored database level with what Kafka knows, and let it serve. Harmless to repeat.

        Also for a database that was restored by other means, before anything starts on it: it is brought level in place.
        """
        settings = make()
        place = _report(settings, report, Path())
        _told(settings, _run(lambda told: finishing.finish(settings, tellings(settings), place, told)))


def _report(settings: ServiceSettings, given: Path | None, folder: Path) -> Path:
    """Where the report goes. Asked before anything is done: it is the only list of what was lost."""
    place = given or folder / f"{settings.service}-restore-{SystemClock().now():%Y%m%dT%H%M%SZ}.json"
    if place.exists():
        raise typer.BadParameter(f"{place} is there already, and may be the report of an earlier restore: name another")
    if not os.access(place.parent, os.W_OK):
        raise typer.BadParameter(f"{place.parent} cannot be written to: name a place for the report by --report")
    return place


def _told(settings: ServiceSettings, finished: Finished) -> None:
    """What was done, in sentences."""
    if finished.found is not None:
        counts = finished.found.counts()
        said = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items())
        console.print(f"Level with what {settings.service} has published: {said}.", highlight=False, soft_wrap=True)
        if any(counts.values()):
            console.print(
                "The report names each record; those that were lost have to be entered again.", soft_wrap=True
            )
        for note in finished.found.notes:
            console.print(note, highlight=False, soft_wrap=True)
    if finished.former:
        console.print(
            f"What served before is kept as {finished.former}; drop it when it is needed no more.",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    console.print(f"[green]{settings.service} may start.[/green]")


def _run(work: Callable[[dump.Progress], Coroutine[Any, Any, Result]]) -> Result:
    """Runs it with a bar for each step. What cannot be done is told in a sentence, with exit code 1 or 3."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    try:
        with Progress(*columns, console=console, transient=True) as bars:
            tasks: dict[str, TaskID] = {}

            def told(step: str, done: int, of: int) -> None:
                if step not in tasks:
                    tasks[step] = bars.add_task(step, total=of or None)
                bars.update(tasks[step], completed=done, total=of or None)

            return asyncio.run(work(told))
    except KafkaAway as away:
        console.print(
            f"{away}\nThe backup is loaded, but what was published since is not known. It does not serve yet: run"
            " `wahana restore finish …` when Kafka is back.",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
        raise typer.Exit(3) from away
    except BackupFailed as failed:
        console.print(str(failed), highlight=False, soft_wrap=True, markup=False)
        raise typer.Exit(1) from failed
    except (OSError, asyncpg.PostgresError) as error:
        console.print(f"{type(error).__name__}: {error}", highlight=False, soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
