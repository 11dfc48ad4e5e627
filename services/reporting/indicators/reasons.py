"""Why a record is counted in a number, or is not, in one sentence in both languages. Pure.

`excluded` answers None for a record that has nothing to do with the number.
"""

from uuid import UUID

from services.reporting.indicators import activity_reasons, institution_reasons, value_reasons, village_reasons
from services.reporting.indicators.candidates import Page
from services.reporting.indicators.contributions import Cell
from services.reporting.measures import ACTIVITY, INSTITUTION, RESOURCE, VALUE
from shared.language import Text


def counted(subject: UUID, page: Page, cell: Cell) -> Text:
    """Why a record is counted."""
    if cell.term.group in (ACTIVITY, RESOURCE):
        return activity_reasons.counted(page.activities[subject], cell)
    if cell.term.group is INSTITUTION:
        return institution_reasons.counted(subject, page, cell)
    if cell.term.group is VALUE:
        return value_reasons.counted(subject, page, cell)
    return village_reasons.counted(subject, page, cell)


def excluded(subject: UUID, page: Page, cell: Cell) -> Text | None:
    """Why a record that lies in the region and period is not counted."""
    if cell.term.group in (ACTIVITY, RESOURCE):
        return activity_reasons.excluded(page.activities[subject], cell)
    if cell.term.group is INSTITUTION:
        return institution_reasons.excluded(subject, page, cell)
    if cell.term.group is VALUE:
        return value_reasons.excluded(subject, page, cell)
    return village_reasons.excluded(subject, page, cell)
