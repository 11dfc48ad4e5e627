"""Reading network memberships within the caller's area."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.network_memberships.models import NetworkMembership, NetworkMembershipSpell

columns = NetworkMembership.__table__.c
_spells = NetworkMembershipSpell.__table__.c


async def count_on(session: AsyncSession, network_id: UUID, day: date) -> int:
    """How many institutions are members of a network on a day."""
    statement = (
        select(func.count())
        .select_from(NetworkMembership)
        .join(NetworkMembershipSpell, _spells.membership_id == columns.id)
        .where(
            columns.network_id == network_id, columns.voided.is_(False),
            _spells.since <= day, or_(_spells.until.is_(None), _spells.until > day),
        )
    )  # fmt: skip
    return await session.scalar(statement) or 0
