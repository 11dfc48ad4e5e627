"""The audit trail over HTTP, within the caller's area."""

from sqlalchemy import ColumnElement, exists, or_

from services.registry.models import Region
from shared import audit_routes
from shared.audit import audit_entry
from shared.auth import Principal

ABOUT_PEOPLE = frozenset(
    {
        "person", "family", "family_member", "community", "community_member", "membership", "membership_spell",
        "officer", "network_delegate", "network_officer",
    }
)  # fmt: skip
"""Tables whose rows are about people, if only by their ids."""


def visible(principal: Principal) -> ColumnElement[bool]:
    """That an entry concerns a region in the caller's area, or all regions."""
    inside = exists().where(Region.id == audit_entry.c.region_ids.any_(), principal.within(Region.__table__.c.code))
    return or_(audit_entry.c.region_ids.is_(None), inside)


router = audit_routes.router(visible, ABOUT_PEOPLE)
