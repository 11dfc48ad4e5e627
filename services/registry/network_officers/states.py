"""A term of a network's management as it is stored, corrected and answered. Pure.

`valid_until` is the last day in office; it is stored and published as the half-open `[since, valid_until + 1)`.
"""

from datetime import timedelta
from typing import Any

from services.registry.network_officers.models import NetworkOfficer
from services.registry.network_officers.schemas import NetworkOfficerOut
from services.registry.terms import TermContent


def content(officer: NetworkOfficer) -> TermContent:
    """What may be corrected, as it would be sent."""
    return TermContent(
        role=officer.role,
        since=officer.since,
        valid_until=officer.until and officer.until - timedelta(days=1),
        decree_number=officer.decree_number,
        decree_on=officer.decree_on,
    )


def columns(content: TermContent) -> dict[str, Any]:
    """The columns that hold what was sent."""
    return {
        "role": content.role,
        "since": content.since,
        "until": content.valid_until and content.valid_until + timedelta(days=1),
        "decree_number": content.decree_number,
        "decree_on": content.decree_on,
    }


def answer(row: Any, person_name: str | None) -> NetworkOfficerOut:
    """The answer about a mapped term, or about a row of its table."""
    return NetworkOfficerOut(
        id=row.id,
        sequence=row.sequence,
        network_id=row.network_id,
        person_id=row.person_id,
        person_name=person_name,
        role=row.role,
        since=row.since,
        valid_until=row.until and row.until - timedelta(days=1),
        decree_number=row.decree_number,
        decree_on=row.decree_on,
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
