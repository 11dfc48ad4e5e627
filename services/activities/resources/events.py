"""The public state of a contribution, as its events carry it. Pure."""

from services.activities.resources.models import Resource
from shared.events import activities as contract


def resource_state(resource: Resource) -> contract.Resource:
    """The whole public state of a row; notes stay here."""
    fields = {name: getattr(resource, name) for name in contract.Resource.model_fields if hasattr(resource, name)}
    receiver = contract.Organisation(organisation=resource.receiver_kind, id=resource.receiver_id)
    return contract.Resource.model_validate({**fields, "receiver": receiver})
