"""Why a record is counted in a number, or is not, in one sentence in both languages. Pure.

`excluded` answers None for a record that has nothing to do with the number.
"""

from uuid import UUID

from services.reporting.indicators import activity_reasons, institution_reasons
from services.reporting.indicators.candidates import Page
from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell, awareness
from services.reporting.measures import ACTIVITY, INSTITUTION
from services.reporting.measures.village import TRAILING
from services.reporting.periods import Period, PeriodKind
from shared.events.registry import Region
from shared.language import Text


def counted(subject: UUID, page: Page, cell: Cell) -> Text:
    """Why a record is counted."""
    if cell.term.group is ACTIVITY:
        return activity_reasons.counted(page.activities[subject], cell)
    if cell.term.group is INSTITUTION:
        return institution_reasons.counted(page.institutions[subject], cell)
    if cell.term == terms.VILLAGES:
        return Text("desa atau kelurahan di wilayah ini", "a village of this region")
    months = [month for month in awareness(subject, page) if cell.period.last - TRAILING < month <= cell.period.last]
    last = Period(max(months), PeriodKind.MONTH)
    return Text(f"kegiatan penyadaran selesai dalam {last}", f"awareness activity completed in {last}")


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why a record that lies in the region and period is not counted."""
    if cell.term.group is ACTIVITY:
        return activity_reasons.excluded(page.activities[subject], cell)
    if cell.term.group is INSTITUTION:
        return institution_reasons.excluded(subject, page, cell)
    return _village_excluded(page.village_states[subject], cell)


def _village_excluded(state: Region, cell: Cell) -> Text | None:
    if (state.since and state.since > cell.period.ends) or (state.until and state.until <= cell.period.ends):
        return Text("tidak ada pada hari terakhir periode", "did not exist on the period's last day")
    if cell.term == terms.REACHED:
        return Text(
            f"tanpa kegiatan penyadaran selesai dalam 12 bulan sampai {cell.period.ends}",
            f"no awareness activity completed in the 12 months to {cell.period.ends}",
        )
    return None
