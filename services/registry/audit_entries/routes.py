"""The audit trail over HTTP, within the caller's area."""

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from shared import audit_routes, audit_scope
from shared.audit import audit_entry
from shared.auth import Principal

_regions = Region.__table__.c
ABOUT_PEOPLE = frozenset(
    {
        "person", "family", "family_member", "community", "community_member", "membership", "membership_spell",
        "officer", "network_delegate", "network_officer",
    }
)  # fmt: skip
"""Tables whose rows are about people, if only by their ids."""


async def visible(session: AsyncSession, principal: Principal) -> ColumnElement[bool]:
    """That an entry concerns a region in the caller's area, or all regions."""
    inside = await audit_scope.concerning(session, principal, _regions.id, _regions.code)
    return or_(audit_entry.c.region_ids.is_(None), inside)


router = audit_routes.router(visible, ABOUT_PEOPLE)
