"""A community as others see it: the public state its events carry, and the answers over HTTP. Pure."""

from typing import Any

from services.registry.communities.models import Community
from services.registry.communities.schemas import CommunityMemberOut, CommunityOut
from shared.events import registry


def state(community: Community) -> registry.Community:
    """The whole public state: numbers as told, nobody who is known by name."""
    return registry.Community(
        kind=community.kind,
        village_id=community.village_id,
        households=community.households,
        people=community.people,
        voided=community.voided,
    )


def answer(row: Any, village_name: str) -> CommunityOut:
    """The answer about a mapped community, or about a row of its table."""
    return CommunityOut(
        id=row.id,
        sequence=row.sequence,
        kind=row.kind,
        name=row.name,
        village=row.village_code,
        village_id=row.village_id,
        village_name=village_name,
        households=row.households,
        people=row.people,
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )


def member_answer(row: Any, name: str | None) -> CommunityMemberOut:
    """The answer about a person's days in a community; `name` if the caller may see the person."""
    return CommunityMemberOut(
        id=row.id, sequence=row.sequence, person_id=row.person_id, name=name, since=row.since, until=row.until,
        voided=row.voided,
    )  # fmt: skip
