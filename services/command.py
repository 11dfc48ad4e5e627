"""The command line `wahana`: the commands of every service that is installed, and those of the topics all share.

Each service brings a typer application in its `cli` module. What only one service does stands at the top
(`wahana regions load`, `wahana verify`); what several do, as `republish`, is followed by the service's name.
"""

import asyncio
import importlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import structlog
import typer
from rich.console import Console

from services.examination import doctor
from shared import audit, kafka, telemetry
from shared.settings import HELP, SharedSettings, WrongSettings

SERVICES = ("registry", "activities", "reporting")

log = structlog.get_logger(__name__)
app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False, help="Wahana's command line.")
topics = typer.Typer(no_args_is_help=True, help="Kafka's topics as the services declare them.")
republish = typer.Typer(no_args_is_help=True, help="Send the newest events of one service's subjects again.")
verify_audit = typer.Typer(help="Prove the audit trail against its seals; without a service, those of all.")
backup = typer.Typer(no_args_is_help=True, help="Write a backup of one service's database.")
restore = typer.Typer(no_args_is_help=True, help="Restore one service's database from a backup.")
finish = typer.Typer(no_args_is_help=True, help="Bring a restored database level with Kafka, so that it may serve.")
IN_SEVERAL_SERVICES = {
    "republish": republish, "verify-audit": verify_audit, "backup": backup, "restore": restore, "restore-finish": finish,
}  # fmt: skip
console = Console()


@topics.command("create")
def create_topics(
    replication: int = typer.Option(1, min=1, help="Copies of each partition; at most as many as brokers."),
) -> None:
    """Create the declared topics that are missing. Changes none that exists."""
    created = asyncio.run(kafka.create_topics(SharedSettings(), replication))
    console.print(f"Topics created: {len(created)}.")
    for name in created:
        console.print(f"  {name}", highlight=False)


@topics.command("diff")
def diff_topics() -> None:
    """Say how the broker's topics differ from the declared ones. Exit code 1 if they do."""
    differences = asyncio.run(kafka.diff_topics(SharedSettings()))
    if not differences:
        console.print("The topics are as declared.")
        return
    for difference in differences:
        console.print(difference, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


@verify_audit.callback(invoke_without_command=True)
def verify_every_audit(context: typer.Context) -> None:
    """Prove the audit trail against its seals; without a service, those of all. Exit code 1 if it was tampered with."""
    if context.invoked_subcommand is None:
        found = [_exit_code(command.callback) for command in verify_audit.registered_commands if command.callback]
        raise typer.Exit(max(found, default=0))


def _exit_code(command: Callable[[], None]) -> int:
    try:
        command()
    except typer.Exit as end:
        return end.exit_code
    return 0


def _mount(service: str) -> None:
    name = f"services.{service}.cli"
    if find_spec(f"services.{service}") is None or find_spec(name) is None:
        return
    commands: typer.Typer = importlib.import_module(name).app
    for command in commands.registered_commands:
        called: Any = command.name or getattr(command.callback, "__name__", "")
        if called in IN_SEVERAL_SERVICES:
            command.name = service
            IN_SEVERAL_SERVICES[called].registered_commands.append(command)
        else:
            app.registered_commands.append(command)
    app.registered_groups.extend(commands.registered_groups)


app.add_typer(topics, name="topics")
app.command()(doctor)
for _name, _commands in IN_SEVERAL_SERVICES.items():
    if _commands is not finish:
        app.add_typer(_commands, name=_name)
restore.add_typer(finish, name="finish")
for _service in SERVICES:
    _mount(_service)


def main() -> None:
    """The command `wahana`. A setting that is missing or wrong is named; exit 2.

    What it answers stands on standard output, its log on standard error: JSON lines, as every process writes them.
    """
    telemetry.configure_logs("wahana", "command", sys.stderr)
    audit.OPERATOR.set(audit.operator())
    try:
        app()
    except WrongSettings as error:
        console.print(str(error), highlight=False, markup=False, soft_wrap=True)
        console.print(HELP, highlight=False, markup=False, soft_wrap=True)
        sys.exit(2)
    except Exception as error:  # a traceback's own text may hold somebody's data
        log.critical("command.failed", exc_info=error)
        sys.exit(1)


if __name__ == "__main__":
    main()
