"""A village's monthly report, as tallies of the village: what coverage and timeliness are made of.

A report without any activity (nihil) is a report. One that was returned is with the village again: it counts anew once it
is handed in anew. It is in time by the day on which it was handed in first: what a district asks to be put right later
makes no village late.
"""

from collections.abc import Iterator
from uuid import UUID

from services.reporting.measures import Tag
from services.reporting.periods import Period
from shared.codes import VillageReportState
from shared.events.activities import VillageReport


def in_time(report: VillageReport) -> bool:
    """Whether it was first handed in by the day on which it was due."""
    return report.first_submitted_on <= report.due_on


def tallies(report: VillageReport) -> Iterator[tuple[UUID, Tag, int, int]]:
    """(village, tag, month, 1). A voided report gives none."""
    if report.voided or report.state is VillageReportState.DIKEMBALIKAN:
        return
    month = Period.parse(report.month).first
    yield report.village_id, Tag.REPORTED, month, 1
    if report.state is VillageReportState.DITERIMA:
        yield report.village_id, Tag.ACCEPTED, month, 1
        if in_time(report):
            yield report.village_id, Tag.IN_TIME, month, 1
