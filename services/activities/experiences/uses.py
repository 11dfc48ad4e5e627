"""How often an experience was used: activities that were made after it.

Called in the transaction of the activity, last: it locks the experience's row, and those who hold one wait for nobody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.experiences.events import experience_state
from services.activities.experiences.models import Experience
from shared import outbox
from shared.auth import Principal


async def recorded(
    session: AsyncSession, *experience_ids: UUID | None, by: Principal, now: datetime, more: int = 1
) -> None:
    """Counts that activities were made after these experiences (one each; None counts nothing), once for each activity.

    `more` is -1 when an activity no longer names its experience, or was voided. Ids that nobody has change nothing.
    """
    await _counted(session, {one: more * many for one, many in _times(experience_ids).items()}, by, now)


async def exchanged(
    session: AsyncSession,
    before: Iterable[UUID | None],
    after: Iterable[UUID | None],
    *,
    by: Principal,
    now: datetime,
) -> None:
    """Counts that activities were made after other experiences than before."""
    changed = _times(after)
    changed.subtract(_times(before))
    await _counted(session, {one: more for one, more in changed.items() if more}, by, now)


def _times(ids: Iterable[UUID | None]) -> Counter[UUID]:
    return Counter(one for one in ids if one is not None)


async def _counted(session: AsyncSession, more: Mapping[UUID, int], by: Principal, now: datetime) -> None:
    if not more:
        return
    statement = select(Experience).where(Experience.id.in_(more)).order_by(Experience.id).with_for_update()
    changes = []
    for experience in (await session.scalars(statement)).all():
        experience.uses = max(0, experience.uses + more[experience.id])
        experience.changed_at = now
        fact = outbox.Fact("used", by=by.subject, at=now, regions={experience.village_id})
        changes.append((experience, experience_state(experience), fact))
    await outbox.record_many(session, changes)
