"""An institution's row as others see it: the public state its events carry, and the answer over HTTP. Pure."""

from typing import Any

from services.registry.institutions import content
from services.registry.institutions.schemas import AbsorbedOut, InstitutionOut, SeatOut
from services.registry.models import Institution
from shared.events import registry


def state(institution: Institution) -> registry.Institution:
    """The whole public state, also of a record that is not verified: activities must know unverified organisers."""
    return registry.Institution(
        type=institution.type,
        name=institution.name,
        local_name=institution.local_name,
        origin=institution.origin,
        legal_status=institution.legal_status,
        founded_on=institution.founded_on,
        members=institution.members,
        verification=institution.verification,
        operation=institution.operation,
        active=institution.active,
        seats=[registry.Seat(village_id=s.village_id, since=s.since, until=s.until) for s in institution.seats],
        voided=institution.voided,
        activity_fields=institution.activity_fields,
        ppks_kinds=institution.ppks_kinds,
        funding_sources=[funding.source for funding in institution.funding_sources],
        documents=institution.documents,
        facilities=institution.facilities,
        assessments=institution.assessments,
        officers=institution.officers,
        absorbed=institution.absorbed,
        successor_id=institution.successor_id,
    )


def answer(row: Any, village_name: str) -> InstitutionOut:
    """The answer about a mapped institution, or about a row of its table, with its village's name of today."""
    return InstitutionOut(
        id=row.id,
        sequence=row.sequence,
        type=row.type,
        name=row.name,
        local_name=row.local_name,
        origin=row.origin,
        legal_status=row.legal_status,
        village=row.village_code,
        village_id=row.village_id,
        village_name=village_name,
        founded_on=row.founded_on,
        active_from=row.active[0].since,
        activity_fields=row.activity_fields,
        ppks_kinds=row.ppks_kinds,
        extra=row.extra,
        extra_version=row.extra_version,
        **content.shown(row),
        verification=row.verification,
        operation=row.operation,
        active=row.active,
        closed_on=row.closed_on,
        successor_id=row.successor_id,
        absorbed=[
            AbsorbedOut(institution_id=a.institution_id, type=a.type, merged_on=a.merged_on) for a in row.absorbed
        ],
        seats=[SeatOut(village=s.village, village_id=s.village_id, since=s.since, until=s.until) for s in row.seats],
        voided=row.voided,
        pending_change_request_id=row.change_request_id,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
