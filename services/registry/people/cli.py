"""Commands about the keys over people: `wahana people make-key`, `wahana people rotate-keys`."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.registry.people import keys, rotation
from services.registry.settings import KeyedSettings
from shared import database, walls

people = typer.Typer(no_args_is_help=True, help="The keys over what identifies people.")
console = Console()


@people.command("make-key")
def make_key(
    name: Annotated[str, typer.Argument(help="Its id, such as 2026-03; two keys of one list have two ids.")],
) -> None:
    """Print a new random key as REGISTRY_PERSON_KEYS or REGISTRY_LOOKUP_KEYS take it."""
    try:
        console.print(keys.made(name), highlight=False, soft_wrap=True)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@people.command("rotate-keys")
def rotate_keys() -> None:
    """Seal everything anew under the first key of each list. Harmless to repeat; cut off, it goes on where it stood.

    Add the new key behind the one in use and restart the API; put it first and restart again; run this; then remove the
    old key.
    """
    done, left = asyncio.run(_rotate(KeyedSettings()))
    console.print(f"Rows sealed anew: {done}.")
    if left:
        console.print(f"Rows written under an older key meanwhile: {left}. Restart every API, then run this again.")
        raise typer.Exit(1)
    console.print("Nothing needs an older key any more.")


async def _rotate(settings: KeyedSettings) -> tuple[int, int]:
    columns = (TextColumn("Rows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    engine = database.open_engine(settings, pool_size=1)
    sessions = database.sessions(engine)
    try:
        # Also for whoever runs it beside the API, with the API's own role: a row that is not seen is not sealed anew.
        with walls.open_to_all(), Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("rows", total=None)
            done = await rotation.rotate(
                sessions, settings.keyring, lambda done, of: bar.update(task, completed=done, total=of)
            )
            return done, await rotation.left(sessions, settings.keyring)
    except keys.Unopened as error:
        console.print(f"Stopped: {error} What was sealed anew before stays so.", highlight=False)
        raise typer.Exit(1) from error
    finally:
        await engine.dispose()
