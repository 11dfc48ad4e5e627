"""Commands of activities for operators, mounted by `wahana activities`."""

import asyncio

import typer

from services.activities.settings import Settings
from shared import database, outbox

app = typer.Typer(help="Activities: repair of what it published.", no_args_is_help=True)


@app.callback()
def _commands() -> None:
    """Keeps `republish` a command of its own while it is the only one."""


@app.command()
def republish() -> None:
    """Publish the newest state of every activity again (same sequences; consumers ignore what they have)."""
    count = asyncio.run(_republish(Settings()))
    typer.echo(f"{count} activities will be published again by the running worker.")


async def _republish(settings: Settings) -> int:
    engine = database.open_engine(settings, pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            return await outbox.republish(session)
    finally:
        await engine.dispose()
