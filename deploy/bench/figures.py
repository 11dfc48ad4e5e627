"""What is printed: a figure per round, its limit of the same round, their ratio, and whether the goals are reached."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measured:
    """One value per round. Printed as the median, with least and most."""

    values: tuple[float, ...]
    unit: str = ""

    @classmethod
    def of(cls, values: Sequence[float], unit: str = "") -> "Measured":
        """From any sequence."""
        return cls(tuple(values), unit)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    def over(self, limit: "Measured") -> "Measured":
        """The ratios to a limit, round by round."""
        return Measured.of([mine / its for mine, its in zip(self.values, limit.values, strict=True)])

    def __str__(self) -> str:
        spread = f" [{plain(min(self.values))}-{plain(max(self.values))}]" if len(self.values) > 1 else ""
        return f"{plain(self.median)}{spread} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Goal:
    """What must be reached at least and what we aim at. `most`: smaller is better."""

    at_least: float
    aim: float
    most: bool = False

    def verdict(self, value: float) -> str:
        """In words."""
        if self._reached(value, self.aim):
            return "[green]aim reached[/green]"
        if self._reached(value, self.at_least):
            return "[yellow]at least reached[/yellow]"
        return "[red]not reached[/red]"

    def _reached(self, value: float, bound: float) -> bool:
        return value <= bound if self.most else value >= bound


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. The goal is about the ratio if there is one, else about the figure."""

    path: str
    figure: Measured
    limit: Measured | None = None
    ratio: Measured | None = None
    goal: Goal | None = None

    @property
    def judged(self) -> float:
        """What the goal is compared with."""
        return (self.ratio or self.figure).median


def against(path: str, figure: Measured, limit: Measured, goal: Goal | None = None) -> Row:
    """A row whose ratio is figure ÷ limit."""
    return Row(path, figure, limit, figure.over(limit), goal)


def plain(number: float) -> str:
    """Three digits that matter."""
    size = abs(number)
    return f"{number:,.0f}" if size >= 100 else f"{number:.1f}" if size >= 10 else f"{number:.2f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the values lies (nearest rank). Raises ValueError if there is none."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table."""
    table = Table(title=escape("median [least-most] of the rounds"), title_justify="left", show_lines=False)
    for heading in ("path", "figure", "limit, same run", "ratio", "at least", "aim", ""):
        table.add_column(heading, overflow="fold", justify="left" if heading in ("path", "") else "right")
    for row in rows:
        goal = row.goal
        table.add_row(
            row.path,
            str(row.figure),
            str(row.limit or "-"),
            str(row.ratio or "-"),
            plain(goal.at_least) if goal else "-",
            plain(goal.aim) if goal else "-",
            goal.verdict(row.judged) if goal else "",
        )
    # Where nobody looks at it while it runs, it is read in a file: not squeezed into 80 columns.
    Console(width=max(console.width, 140)).print(table)
