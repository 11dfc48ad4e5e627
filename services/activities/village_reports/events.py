"""The public state of a village's report, as its events carry it. Pure."""

from services.activities.village_reports.models import VillageReport
from shared.events import activities as contract


def report_state(report: VillageReport) -> contract.VillageReport:
    """The whole public state of a row."""
    fields = contract.VillageReport.model_fields
    return contract.VillageReport.model_validate({name: getattr(report, name) for name in fields})
