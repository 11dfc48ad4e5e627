"""Institutions with everything that the indicators of their standing look at, and one that was merged into another."""

from datetime import date
from typing import Any
from uuid import UUID

from shared.codes import DevelopmentStage, DocumentKind, FacilityClass, FacilityCondition, InstitutionType, Role
from shared.events.envelope import Spell
from shared.events.registry import (
    Absorbed,
    Assessment,
    Document,
    Facility,
    FacilityCheck,
    Institution,
    Term,
)
from tests.reporting.publishing import Desk, Village

SINCE = date(2020, 1, 1)


def complete(village: Village, **parts: Any) -> tuple[UUID, Institution]:
    """An institution that has everything: all until 31 March 2026, the checks of 5 April 2025."""
    expires = date(2026, 4, 1)
    kinds = (DocumentKind.PENGESAHAN, DocumentKind.ATURAN_TERTULIS, DocumentKind.BUKU_KAS)
    check = FacilityCheck(on=date(2025, 4, 5), condition=FacilityCondition.BAIK)
    state: dict[str, Any] = {
        "documents": [Document(kind=kind, since=SINCE, until=expires) for kind in kinds],
        "officers": [Term(role=role, since=SINCE, until=expires) for role in (Role.KETUA, Role.SEKRETARIS)],
        "facilities": [
            Facility(facility_class=kind, name=f"Balai {kind}", since=SINCE, checks=[check]) for kind in FacilityClass
        ],
        "assessments": [Assessment(on=date(2024, 4, 9), stage=DevelopmentStage.MANDIRI, instrument="KUBE 2012, 1")],
    }
    return village.institution((SINCE, None), **(state | parts))


async def absorbing(desk: Desk, village: Village, other: Village) -> tuple[UUID, UUID]:
    """A KUBE of `other`, merged into an arisan of `village` on 10 June 2025: (absorbed, successor)."""
    merged_on = date(2025, 6, 10)
    spells = [Spell(since=SINCE, until=merged_on)]
    subject, state = other.institution((SINCE, merged_on), type=InstitutionType.KUBE)
    theirs = Absorbed(institution_id=subject, type=state.type, active=spells, seats=state.seats, merged_on=merged_on)
    successor = village.institution((SINCE, None), absorbed=[theirs])
    await desk.publish((subject, state.model_copy(update={"successor_id": successor[0]})), successor)
    return subject, successor[0]
