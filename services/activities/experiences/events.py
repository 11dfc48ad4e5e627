"""The public state of an experience, as its events carry it: without its texts. Pure."""

from services.activities.experiences.models import Experience
from shared.events import activities as contract


def experience_state(experience: Experience) -> contract.Experience:
    """The whole public state of a row."""
    fields = contract.Experience.model_fields
    return contract.Experience.model_validate({name: getattr(experience, name) for name in fields})
