"""What one record gives to one number: the measures themselves, collected for a single cell. Pure.

The projection adds the same contributions into the cells, so that a number and its records cannot differ (case O-18).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.reporting.indicators.candidates import Page
from services.reporting.indicators.definitions import Taken, Term
from services.reporting.measures import Changes, Group, activity, institution, value, village
from services.reporting.periods import Period
from services.reporting.places import Path, Tree


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: a term, in one region, period and tree."""

    term: Term
    region: int
    period: Period
    tree: Tree
    statistics_from: int

    def of(self, subject: UUID, page: Page) -> int:
        """What a candidate contributes."""
        collector = Collector(self)
        if subject in page.activities:
            state = page.activities[subject]
            activity.contribute(state, page.villages[state.village_id], collector.emit)
        elif subject in page.institutions:
            institution.contribute(
                page.institutions[subject], tallied(subject, page), page.villages, self.statistics_from, collector.emit
            )
        elif subject in page.values:
            value.contribute(
                page.values[subject], tallied(subject, page), page.villages, self.statistics_from, collector.emit
            )
        else:
            village.contribute(page.villages[subject], tallied(subject, page), self.statistics_from, collector.emit)
        return self.term.weight * collector.amount


def tallied(subject: UUID, page: Page) -> Mapping[int, Mapping[int, int]]:
    """A candidate's tallies: tag, then period, then amount."""
    return page.tallies.get(subject, {})


class Collector:
    """Takes contributions, and adds up what they give to one number."""

    __slots__ = ("_cell", "_place", "amount")

    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._place = cell.term.group.measures.index(cell.term.column(cell.period.kind))
        self.amount = 0

    def emit(self, group: Group, path: Path, month: int, dimension: int, changes: Changes) -> None:
        """Adds what a row gives to this cell: the `Emit` that measures are given."""
        cell, term = self._cell, self._cell.term
        if (
            group is term.group
            and path.tree in (Tree.BOTH, cell.tree)
            and cell.region in path.keys
            and (term.only is None or dimension in term.only)
            and month <= cell.period.last
            and (term.taken is Taken.AT_END or month >= cell.period.first)
        ):
            self.amount += sum(amount for place, amount in changes if place == self._place)
