"""The villages where a value is practised, as rows by which the area scope is decided."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.cultural_values.models import PracticePlace
from services.registry.models import Region
from shared import audit
from shared.auth import Principal


def rows(id: UUID, villages: Iterable[Region]) -> list[PracticePlace]:
    """The rows of a value's villages. Pure."""
    return [
        PracticePlace(cultural_value_id=id, village_id=village.id, village_code=village.code) for village in villages
    ]


async def put(session: AsyncSession, id: UUID, villages: Iterable[Region], *, by: Principal, now: datetime) -> None:
    """Makes these villages the ones where a value is practised. The caller holds the lock on the value's row."""
    stored = {
        place.village_id: place
        for place in await session.scalars(select(PracticePlace).where(PracticePlace.cultural_value_id == id))
    }
    wanted = {place.village_id: place for place in rows(id, villages)}
    for village, place in wanted.items():
        if village not in stored:
            session.add(place)
            await audit.note(session, place, "added", by=by.subject, at=now, regions={village})
    for village, place in stored.items():
        if village not in wanted:
            await session.delete(place)
            await audit.note(session, place, "removed", by=by.subject, at=now, regions={village})
    await session.flush()
