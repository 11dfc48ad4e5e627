"""The public state of a sheet, as its events carry it. Pure."""

from services.activities.attendance.models import AttendanceSheet
from shared.events import attendance as contract


def state(sheet: AttendanceSheet) -> contract.AttendanceSheet:
    """The whole public state of a row."""
    return contract.AttendanceSheet.model_validate(
        {name: getattr(sheet, name) for name in contract.AttendanceSheet.model_fields}
    )
