"""The audit trail over HTTP, within the caller's area."""

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.known.models import KnownRegion
from shared import audit_routes, audit_scope
from shared.auth import Principal

_regions = KnownRegion.__table__.c


async def visible(session: AsyncSession, principal: Principal) -> ColumnElement[bool]:
    """That an entry concerns a region in the caller's area."""
    return await audit_scope.concerning(session, principal, _regions.id, _regions.area_code)


router = audit_routes.router(visible)
