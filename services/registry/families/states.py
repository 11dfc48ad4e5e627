"""A family as others see it: the public state its events carry, and the masked answer over HTTP. Pure."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registry.families.models import Family
from services.registry.families.schemas import FamilyMemberOut, FamilyOut
from services.registry.people import numbers
from services.registry.people.content import opened
from services.registry.people.keys import Keyring
from shared.events import registry


def state(family: Family) -> registry.Family:
    """The whole public state: its people by their random ids."""
    return registry.Family(village_id=family.village_id, members=family.members, voided=family.voided)


def answer(row: Any, village_name: str, names: Mapping[UUID, str | None], keyring: Keyring) -> FamilyOut:
    """The answer about a mapped family, or about a row of its table; `names` of those whom the caller may see."""
    card = opened(row, "card", keyring)
    return FamilyOut(
        id=row.id,
        sequence=row.sequence,
        village=row.village_code,
        village_id=row.village_id,
        village_name=village_name,
        card=card and numbers.masked(card),
        members=[
            FamilyMemberOut(
                person_id=member.person_id, name=names.get(member.person_id), role=member.role, since=member.since,
                until=member.until,
            )
            for member in row.members
        ],
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )  # fmt: skip
