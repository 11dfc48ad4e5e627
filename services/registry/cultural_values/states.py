"""A value as others see it: the public state its events carry, and the answer over HTTP. Pure."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.registry.cultural_values import observations
from services.registry.cultural_values.models import CulturalValue
from services.registry.cultural_values.schemas import (
    CulturalValueContent,
    CulturalValueOut,
    PracticePlaceOut,
    ValueObservationOut,
)
from services.registry.models import Region
from shared.events import registry


def state(value: CulturalValue, village_ids: Iterable[UUID]) -> registry.CulturalValue:
    """The whole public state: without description and evidence."""
    return registry.CulturalValue(
        name=value.name,
        local_name=value.local_name,
        kind=value.kind,
        village_ids=sorted(village_ids),
        institution_ids=value.institution_ids,
        states=observations.spells(value.observations),
        voided=value.voided,
    )


def declared(value: CulturalValue, villages: Iterable[Region]) -> CulturalValueContent:
    """The content of a stored value, as it would be sent."""
    return CulturalValueContent(
        kind=value.kind,
        name=value.name,
        local_name=value.local_name,
        description=value.description,
        villages=[village.code for village in villages],
        institution_ids=value.institution_ids,
    )


def answer(row: Any, villages: Iterable[Any]) -> CulturalValueOut:
    """The answer about a mapped value, or about a row of its table; `villages` are regions by code."""
    return CulturalValueOut(
        id=row.id,
        sequence=row.sequence,
        kind=row.kind,
        name=row.name,
        local_name=row.local_name,
        description=row.description,
        villages=[PracticePlaceOut(village=v.code, village_id=v.id, village_name=v.name) for v in villages],
        institution_ids=row.institution_ids,
        state=row.state,
        state_since=row.state_since,
        observations=[
            ValueObservationOut(**o.model_dump()) for o in sorted(row.observations, key=lambda o: (o.on, o.recorded_at))
        ],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
