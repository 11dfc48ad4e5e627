"""A membership's row as others see it: the state its events carry, the answer over HTTP, what may be corrected. Pure."""

from collections.abc import Iterable
from typing import Any

from services.registry.memberships.models import KeptSpell, Membership
from services.registry.memberships.schemas import Content, MembershipOut, SpellIn, SpellOut
from shared.events import registry


def state(membership: Membership) -> registry.Membership:
    """The whole public state: days, and no reasons."""
    return registry.Membership(
        person_id=membership.person_id,
        institution_id=membership.institution_id,
        spells=[registry.MembershipSpell(since=spell.since, until=spell.until) for spell in membership.spells],
        voided=membership.voided,
    )


def content(membership: Membership) -> Content:
    """What may be corrected, as it would be sent."""
    return Content.model_construct(
        spells=[
            SpellIn.model_construct(joined_on=spell.since, left_on=spell.until, reason=spell.reason)
            for spell in membership.spells
        ]
    )


def kept(spells: Iterable[SpellIn]) -> list[KeptSpell]:
    """Spells that were sent, as they are stored."""
    return [KeptSpell(since=spell.joined_on, until=spell.left_on, reason=spell.reason) for spell in spells]


def answer(row: Any, person: Any) -> MembershipOut:
    """The answer about a mapped membership, or about a row of its table, and its person.

    `person` is a mapped one, or any row with their name, sex and `duplicate_of`.
    """
    return MembershipOut(
        id=row.id,
        sequence=row.sequence,
        person_id=row.person_id,
        canonical_person_id=person.duplicate_of or row.person_id,
        person_name=person.name,
        sex=person.sex,
        institution_id=row.institution_id,
        spells=[SpellOut(joined_on=spell.since, left_on=spell.until, reason=spell.reason) for spell in row.spells],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
