"""A change request as it is answered over HTTP. Pure."""

from typing import Any

from services.registry.change_requests.schemas import ChangeRequestOut, StepOut
from services.registry.models import Institution


def answer(row: Any, institution: Institution) -> ChangeRequestOut:
    """The answer about a mapped change request and its institution."""
    return _answer(row, institution.name, institution.village_code)


def answer_row(row: Any) -> ChangeRequestOut:
    """The answer about a row that holds a request, and the name and `seat_code` of its institution."""
    return _answer(row, row.name, row.seat_code)


def _answer(row: Any, institution_name: str, seat_code: str) -> ChangeRequestOut:
    return ChangeRequestOut(
        id=row.id,
        sequence=row.sequence,
        institution_id=row.institution_id,
        institution_name=institution_name,
        village=seat_code,
        target_village=row.target_village_code,
        step=row.step,
        on=row.step_on,
        verification=row.verification,
        voided=row.voided,
        changes=row.changes,
        steps=[StepOut(step=s.step, at=s.at, by=s.by, reason=s.reason) for s in row.steps],
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
