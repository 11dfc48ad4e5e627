"""A network membership as others see it: the state its events carry, and the answer over HTTP. Pure."""

from typing import Any

from services.registry.memberships.schemas import Content, SpellIn, SpellOut
from services.registry.network_memberships.models import NetworkMembership
from services.registry.network_memberships.schemas import NetworkMembershipOut
from shared.events import envelope, registry


def state(membership: NetworkMembership) -> registry.NetworkMembership:
    """The whole public state."""
    return registry.NetworkMembership(
        network_id=membership.network_id,
        institution_id=membership.institution_id,
        spells=[envelope.Spell(since=spell.since, until=spell.until) for spell in membership.spells],
        voided=membership.voided,
    )


def content(membership: NetworkMembership) -> Content:
    """What may be corrected, as it would be sent."""
    return Content.model_construct(
        spells=[
            SpellIn.model_construct(joined_on=spell.since, left_on=spell.until, reason=spell.reason)
            for spell in membership.spells
        ]
    )


def answer(row: Any, institution_name: str | None) -> NetworkMembershipOut:
    """The answer about a mapped membership, or about a row of its table."""
    return NetworkMembershipOut(
        id=row.id,
        sequence=row.sequence,
        network_id=row.network_id,
        institution_id=row.institution_id,
        institution_name=institution_name,
        spells=[SpellOut(joined_on=s.since, left_on=s.until, reason=s.reason) for s in row.spells],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
