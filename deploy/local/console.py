"""What `make run` shows: one line per step with its time, a moving sign while it lasts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

console = Console(highlight=False, soft_wrap=True)


class Step:
    """A step that is under way; `tell` shows how far it is."""

    def __init__(self, name: str, status: Status) -> None:
        self._name = name
        self._status = status
        self.result = ""

    def tell(self, news: str) -> None:
        """Show how far the step is."""
        self._status.update(f"{self._name} [dim]{news}[/dim]")


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Show `name` while the block runs, then its time and the step's `result`; nothing but a cross if it fails."""
    began = time.monotonic()
    with console.status(name) as status:
        under_way = Step(name, status)
        try:
            yield under_way
        except BaseException:
            console.print(f"  [red]✗[/red] {name}")
            raise
    took = time.monotonic() - began
    console.print(f"  [green]✓[/green] {name:<44} [dim]{took:5.1f} s[/dim]  {under_way.result}".rstrip())
