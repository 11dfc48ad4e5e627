"""A change of an institution as one event, told to the areas of the seat before and after it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.institutions import states
from services.registry.models import Institution
from shared import outbox
from shared.auth import Principal


async def record(
    session: AsyncSession,
    institution: Institution,
    verb: str,
    *,
    by: Principal,
    now: datetime,
    reason: str | None = None,
    seat_before: UUID | None = None,
) -> None:
    """Writes a locked row's changes and the event that tells them. `seat_before` is the village it moved from, if any.

    Raises EventTooLarge.
    """
    institution.changed_at = now
    regions = {seat_before or institution.village_id, institution.village_id}
    fact = outbox.Fact(verb, by=by.subject, at=now, regions=regions, reason=reason)
    await outbox.record(session, institution, states.state(institution), fact)
