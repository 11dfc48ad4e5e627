"""How often an experience was used: activities that were made after it.

Called in the transaction of the activity, last: it locks the experience's row, and those who hold one wait for nobody.
"""

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
    wanted = [one for one in experience_ids if one is not None]
    if not wanted:
        return
    statement = select(Experience).where(Experience.id.in_(wanted)).order_by(Experience.id).with_for_update()
    changes = []
    for experience in (await session.scalars(statement)).all():
        experience.uses = max(0, experience.uses + more * wanted.count(experience.id))
        experience.changed_at = now
        fact = outbox.Fact("used", by=by.subject, at=now, regions={experience.village_id})
        changes.append((experience, experience_state(experience), fact))
    await outbox.record_many(session, changes)
