"""An officer's row as others see it: the state its events carry, the answer over HTTP, what may be corrected. Pure.

`valid_until` is the last day in office; it is stored and published as the half-open `[since, valid_until + 1)`.
"""

from datetime import date, timedelta
from typing import Any

from services.registry.officers.models import Officer
from services.registry.officers.schemas import Content, OfficerOut
from shared.events import registry


def state(officer: Officer) -> registry.Officer:
    """The whole public state."""
    return registry.Officer(
        person_id=officer.person_id,
        institution_id=officer.institution_id,
        role=officer.role,
        since=officer.since,
        until=officer.until,
        voided=officer.voided,
    )


def content(officer: Officer) -> Content:
    """What may be corrected, as it would be sent."""
    return Content.model_construct(
        role=officer.role,
        since=officer.since,
        valid_until=_last_day(officer.until),
        decree_number=officer.decree_number,
        decree_on=officer.decree_on,
        ended_reason=officer.ended_reason,
    )


def columns(content: Content) -> dict[str, Any]:
    """The columns that hold what was sent."""
    return {
        "role": content.role,
        "since": content.since,
        "until": content.valid_until and content.valid_until + timedelta(days=1),
        "decree_number": content.decree_number,
        "decree_on": content.decree_on,
        "ended_reason": content.ended_reason,
    }


def answer(row: Any, person: Any) -> OfficerOut:
    """The answer about a mapped officer, or about a row of its table, and its person.

    `person` is a mapped one, or any row with their name and `duplicate_of`.
    """
    return OfficerOut(
        id=row.id,
        sequence=row.sequence,
        person_id=row.person_id,
        canonical_person_id=person.duplicate_of or row.person_id,
        person_name=person.name,
        institution_id=row.institution_id,
        role=row.role,
        since=row.since,
        valid_until=_last_day(row.until),
        decree_number=row.decree_number,
        decree_on=row.decree_on,
        ended_reason=row.ended_reason,
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )


def _last_day(until: date | None) -> date | None:
    return until and until - timedelta(days=1)
