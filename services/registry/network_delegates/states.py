"""A delegate as stored, corrected and answered. Pure.

`valid_until` is the last day; it is stored as the half-open `[since, valid_until + 1)`.
"""

from datetime import timedelta
from typing import Any

from services.registry.network_delegates.models import NetworkDelegate
from services.registry.network_delegates.schemas import Content, NetworkDelegateOut


def content(delegate: NetworkDelegate) -> Content:
    """What may be corrected, as it would be sent."""
    return Content(since=delegate.since, valid_until=delegate.until and delegate.until - timedelta(days=1))


def columns(content: Content) -> dict[str, Any]:
    """The columns that hold what was sent."""
    return {"since": content.since, "until": content.valid_until and content.valid_until + timedelta(days=1)}


def answer(row: Any, membership: Any, person_name: str | None) -> NetworkDelegateOut:
    """The answer about a delegate and their institution's membership; each mapped, or a row that holds the same."""
    return NetworkDelegateOut(
        id=row.id,
        sequence=row.sequence,
        membership_id=row.membership_id,
        network_id=membership.network_id,
        institution_id=membership.institution_id,
        person_id=row.person_id,
        person_name=person_name,
        since=row.since,
        valid_until=row.until and row.until - timedelta(days=1),
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
