"""Keeps what was started: notes it for the next run, sees that all of it lives, stops all of it in reverse order."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.local import children, ports
from deploy.local.children import Child
from deploy.local.kafka import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import Program

START_WITHIN = 90.0


class Supervisor:
    """Everything one `make run` has started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.servers: list[Cluster | Broker] = []
        self.programs: list[tuple[Program, Child]] = []

    def start_server(self, server: Cluster | Broker, start: Callable[[], None]) -> None:
        """Start PostgreSQL or Kafka; noted first, so that an interrupt in the middle stops it too."""
        self.servers.append(server)
        start()

    def start(self, program: Program, environment: Mapping[str, str]) -> None:
        """Start a program; does not wait for it."""
        log = self.log(program.name)
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        child = children.spawn(
            program.name,
            program.command,
            log=log,
            environment={**environment, **program.environment},
            folder=self.folder.parent,
        )
        self.programs.append((program, child))
        self._note()

    def run(self, name: str, command: tuple[str | Path, ...], environment: Mapping[str, str]) -> None:
        """Run a command to its end. **Raises** Died when it fails."""
        children.run(name, command, log=self.log(name), environment=environment, folder=self.folder.parent)

    def log(self, name: str) -> Path:
        """The log file of a program or command."""
        return self.logs / f"{name.replace(' ', '-')}.log"

    def wait_ready(self) -> None:
        """Until every program answers that it is ready; all are looked after meanwhile."""
        for program, child in self.programs:
            reason = [""]

            def ready(program: Program = program, reason: list[str] = reason) -> bool:
                self.check()
                reason[0] = _refusal(program)
                return not reason[0]

            try:
                children.wait_until(ready, child, START_WITHIN)
            except TimeoutError as error:
                raise TimeoutError(f"{error}\n{program.name} {program.ready}: {reason[0]}") from None

    def check(self) -> None:
        """**Raises** Died for the first child that has ended."""
        for child in self._children():
            if not child.is_alive:
                raise child.died()

    def stop(self) -> None:
        """Stop all, the newest first; the programs at once, then Kafka, then PostgreSQL. Repeating is harmless."""
        for _, child in reversed(self.programs):
            if child.is_alive:
                child.send(signal.SIGTERM)
        for _, child in reversed(self.programs):
            child.stop(within=10)
        self.programs.clear()
        for server in reversed(self.servers):
            server.stop()
        self.servers.clear()
        (self.folder / "run.json").unlink(missing_ok=True)

    def _children(self) -> list[Child]:
        return [*(s.child for s in self.servers if s.child is not None), *(child for _, child in self.programs)]

    def _note(self) -> None:
        """For the next run, should this one be killed. The servers have pid files of their own."""
        noted = [
            {"name": child.name, "pid": child.pid, "mark": program.mark, "signal": int(signal.SIGTERM)}
            for program, child in self.programs
        ]
        unfinished = self.folder / "run.json.unfinished"
        unfinished.write_text(json.dumps(noted))
        unfinished.rename(self.folder / "run.json")


def _refusal(program: Program) -> str:
    """Why the program is not ready; empty if it is."""
    address = f"http://{ports.HOST}:{program.port}{program.ready}"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"{error.code} {error.read(2000).decode(errors='replace')}"
    except OSError as error:
        return str(error)
