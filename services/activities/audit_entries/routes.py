"""The audit trail over HTTP, within the caller's area."""

from sqlalchemy import ColumnElement, exists, true

from services.activities.models import KnownRegion
from shared import audit_routes
from shared.audit import audit_entry
from shared.auth import NATION, Principal


def visible(principal: Principal) -> ColumnElement[bool]:
    """That an entry concerns a region in the caller's area."""
    if NATION in principal.areas and not principal.own_record_only:
        return true()
    return exists().where(
        KnownRegion.id == audit_entry.c.region_ids.any_(), principal.within(KnownRegion.__table__.c.code)
    )


router = audit_routes.router(visible)
