"""A network's row as others see it: the public state its events carry, and the answer over HTTP. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.registry.networks.models import Network
from services.registry.networks.schemas import LegalisationOut, NetworkOut, TerritoryPlaceOut
from services.registry.regions.service import Village
from shared.events import registry


def state(network: Network) -> registry.Network:
    """The whole public state: members of its management are terms without persons."""
    return registry.Network(
        name=network.name,
        local_name=network.local_name,
        status=network.status,
        territory=network.territory,
        initiated_on=network.initiated_on,
        formed_on=network.formed_on,
        active=network.active,
        legalisations=[
            registry.Legalisation(number=kept.number, since=kept.since, until=kept.until)
            for kept in network.legalisations
        ],
        management=network.management,
        absorbed=network.absorbed,
        successor_id=network.successor_id,
        ended_on=network.ended_on,
        voided=network.voided,
    )


def answer(row: Any, villages: Mapping[UUID, Village]) -> NetworkOut:
    """The answer about a mapped network, or about a row of its table; `villages` holds those of its territory today."""
    return NetworkOut(
        id=row.id,
        sequence=row.sequence,
        name=row.name,
        local_name=row.local_name,
        territory=[
            TerritoryPlaceOut(
                village=villages[place.village_id].code, village_id=place.village_id,
                village_name=villages[place.village_id].name, part=place.part, since=place.since, until=place.until,
            )
            for place in row.territory
        ],
        status=row.status,
        initiated_on=row.initiated_on,
        formed_on=row.formed_on,
        legalisations=[
            LegalisationOut(
                id=kept.id, number=kept.number, on=kept.since,
                valid_until=kept.until and kept.until - timedelta(days=1),
            )
            for kept in row.legalisations
        ],
        active=row.active,
        ended_on=row.ended_on,
        management=row.management,
        absorbed=row.absorbed,
        successor_id=row.successor_id,
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )  # fmt: skip
