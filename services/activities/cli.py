"""Activities' commands: `republish` and `verify-audit`."""

import asyncio
from typing import Annotated

import typer

from services.activities.settings import Settings
from shared import audit_check, database, outbox

app = typer.Typer(help="Activities: repair of what it published, proof of its audit trail.", no_args_is_help=True)


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


async def _republish(settings: Settings) -> int:
    engine = database.open_engine(settings, pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            return await outbox.republish(session)
    finally:
        await engine.dispose()
