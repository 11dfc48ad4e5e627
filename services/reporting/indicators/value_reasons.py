"""Why a local cultural value is counted in BUD-01, or is not."""

from uuid import UUID

from services.reporting.indicators.candidates import Page
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell, tallied
from services.reporting.measures import runs
from services.reporting.measures.runs import TRAILING
from services.reporting.measures.value import alive, practised
from services.reporting.periods import Period, PeriodKind
from services.reporting.places import Tree
from shared.codes import ValueState
from shared.events.registry import CulturalValue, ValueSpell
from shared.language import Text


def counted(subject: UUID, page: Page, cell: Cell) -> Text:
    """Why a value is counted."""
    if cell.term == terms.ALIVE:
        state = _standing(page.values[subject], cell)
        assert state is not None  # noqa: S101  # it is counted
        return Text(f"{state.state} sejak {state.since}", f"{state.state} since {state.since}")
    months = practised(tallied(subject, page))
    last = Period(max(m for m in months if cell.period.last - TRAILING < m <= cell.period.last), PeriodKind.MONTH)
    return Text(f"kegiatan terkait selesai dalam {last}", f"a linked activity completed in {last}")


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why a value that belongs to a village of the region is not counted; None where it never did on these days."""
    value = page.values[subject]
    if value.voided:
        return Text("salah input", "an entry error")
    if not _here(value, page, cell):
        return None
    if not runs.holds(alive(value), cell.period.last):
        state = _standing(value, cell)
        if state is None:
            return Text(
                f"keadaan pertamanya baru {value.states[0].since}", f"its first state is of {value.states[0].since}"
            )
        return Text(f"{ValueState.HILANG} sejak {state.since}", f"lost ({ValueState.HILANG}) since {state.since}")
    return Text(
        f"tanpa kegiatan terkait yang selesai dalam 12 bulan sampai {cell.period.ends}",
        f"no linked activity completed in the 12 months to {cell.period.ends}",
    )


def _standing(value: CulturalValue, cell: Cell) -> ValueSpell | None:
    """Its state on the period's last day; None before the first."""
    told = [state for state in value.states if state.since <= cell.period.ends]
    return max(told, key=lambda state: state.since, default=None)


def _here(value: CulturalValue, page: Page, cell: Cell) -> bool:
    """Whether one of its villages lay in the region on the period's last day, in the tree that was asked."""
    return any(
        cell.region in path.keys and path.tree in (Tree.BOTH, cell.tree)
        for village_id in value.village_ids
        for path in page.villages[village_id].on(cell.period.ends)
    )
