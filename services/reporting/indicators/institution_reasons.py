"""Why an institution is counted in LEM-01 or KSB-01, or is not."""

from uuid import UUID

from services.reporting.indicators.candidates import Page
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell, organised
from services.reporting.measures import TYPE_NUMBER
from services.reporting.measures.institution import QUARTER, WINDOW, steady_months
from services.reporting.periods import Period, PeriodKind, period_of
from shared.codes import Verification
from shared.events.registry import Institution
from shared.language import Text


def counted(state: Institution, cell: Cell) -> Text:
    """Why an institution is counted."""
    if cell.term.measure == terms.ACTIVE.measure:
        since = next(
            spell.since
            for spell in state.active
            if spell.since <= cell.period.ends and (spell.until is None or cell.period.ends < spell.until)
        )
        return Text(f"aktif sejak {since}", f"active since {since}")
    first, last = quarters(cell.period)[0], quarters(cell.period)[-1]
    if cell.term.measure == terms.STEADY.measure:
        return Text(f"aktif setiap hari {first} sampai {last}", f"active on every day of {first} to {last}")
    return Text(
        f"kegiatan selesai dalam setiap triwulan {first} sampai {last}",
        f"completed activities in each quarter {first} to {last}",
    )


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why an institution of the region is not counted; None for one of another type."""
    state = page.institutions[subject]
    if cell.term.only is not None and TYPE_NUMBER[state.type] not in cell.term.only:
        return None
    if state.voided:
        return Text("salah input", "an entry error")
    if state.verification is not Verification.TERVERIFIKASI:
        return Text(f"belum terverifikasi ({state.verification})", f"not verified ({state.verification})")
    if cell.term.measure == terms.ACTIVE.measure:
        return _not_active(state, cell) or _elsewhere()
    if not any(first <= cell.period.last < end for first, end in steady_months(state.active)):
        first, *_, last = quarters(cell.period)
        return Text(f"tidak aktif setiap hari {first} sampai {last}", f"not active on every day of {first} to {last}")
    held = organised(subject, page)
    empty = ", ".join(str(quarter) for quarter in quarters(cell.period) if quarter.first not in held)
    if cell.term.measure == terms.CONTINUING.measure and empty:
        return Text(f"tanpa kegiatan selesai dalam {empty}", f"no completed activity in {empty}")
    return _elsewhere()


def _not_active(state: Institution, cell: Cell) -> Text | None:
    ends = cell.period.ends
    if any(spell.since <= ends and (spell.until is None or ends < spell.until) for spell in state.active):
        return None
    stopped = [spell.until for spell in state.active if spell.until is not None and spell.until <= ends]
    if stopped:
        return Text(f"tidak aktif sejak {max(stopped)}", f"not active since {max(stopped)}")
    begins = [spell.since for spell in state.active if spell.since > ends]
    if begins:
        return Text(f"baru aktif {min(begins)}", f"active only from {min(begins)}")
    return Text("tidak pernah aktif", "never active")


def _elsewhere() -> Text:
    return Text(
        "kedudukannya tidak di wilayah ini pada hari terakhir periode",
        "its seat is not in this region on the period's last day",
    )


def quarters(period: Period) -> list[Period]:
    """The last four calendar quarters that have ended by the period's end (`semantics.md` §5)."""
    base = period_of(period.last + 1, QUARTER)
    return [Period(base - WINDOW + step, PeriodKind.QUARTER) for step in range(0, WINDOW, QUARTER)]
