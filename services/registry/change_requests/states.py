"""A change request as it is answered over HTTP. Pure."""

from typing import Any

from services.registry.change_requests.schemas import ChangeRequestOut, StepOut


def answer(row: Any, institution: Any) -> ChangeRequestOut:
    """The answer about a mapped change request and its institution, or about one row that holds both."""
    return ChangeRequestOut(
        id=row.id,
        sequence=row.sequence,
        institution_id=row.institution_id,
        institution_name=institution.name,
        village=institution.village_code,
        verification=row.verification,
        voided=row.voided,
        changes=row.changes,
        steps=[StepOut(step=s.step, at=s.at, by=s.by, reason=s.reason) for s in row.steps],
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
