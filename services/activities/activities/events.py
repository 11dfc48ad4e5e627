"""The public state of an activity, as its events carry it. Pure."""

from services.activities.activities.models import Activity
from shared.events import activities as contract


def activity_state(activity: Activity) -> contract.Activity:
    """The whole public state of a row, every plan version included."""
    return contract.Activity.model_validate({name: getattr(activity, name) for name in contract.Activity.model_fields})
