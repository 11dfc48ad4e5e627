"""What activities says of its own records when it was restored from a backup (`shared.backup.telling`): nothing beyond
what holds for all. Its copies of registry's records catch up by themselves, from the positions of the backup."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from shared.backup.telling import Found, Telling, voided
from shared.events import activities
from shared.settings import ServiceSettings


async def _nothing_more(session: AsyncSession, found: Found, now: datetime) -> None:
    """All that activities keeps is told by its records."""


def telling(_: ServiceSettings) -> Telling:
    """Activities' part of a restore."""
    return Telling(activities.STATES, voided, _nothing_more)
