"""What an experience may refer to: cultural values that are known, and a completed activity of its poster."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities import unknown
from services.activities.activities.models import Activity
from services.activities.known import values
from shared.codes import ActivityStatus, OrganisationKind
from shared.events.activities import Organisation
from shared.language import Text
from shared.problems import Fault


async def faults(
    session: AsyncSession, poster: Organisation, value_ids: Collection[UUID], activity_id: UUID | None
) -> list[Fault]:
    """What is wrong with the cultural values, by their place, and with the activity; None names none."""
    known = await values.find(session, value_ids)
    found = [
        unknown.announced("cultural-value", one, f"/cultural_value_ids/{place}")
        for place, one in enumerate(value_ids)
        if one not in known or known[one].voided
    ]
    if activity_id is None:
        return found
    status = await session.scalar(
        select(Activity.status).where(Activity.id == activity_id, Activity.voided.is_(False), _of(poster))
    )
    if status is None:
        return [*found, _activity_unknown(activity_id)]
    return found if status is ActivityStatus.SELESAI else [*found, _not_completed()]


def _of(poster: Organisation) -> ColumnElement[bool]:
    """That the poster holds an activity: as its lead, as a co-organiser, or as a network that takes part."""
    columns = Activity.__table__.c
    if poster.organisation is OrganisationKind.INSTITUTION:
        return or_(columns.lead_institution_id == poster.id, columns.co_organiser_ids.contains([poster.id]))
    return columns.parties.contains([{"organisation": poster.organisation.value, "id": str(poster.id)}])


def _activity_unknown(id: UUID) -> Fault:
    return Fault(
        "activity-unknown",
        Text(f"Yang bercerita tidak memiliki kegiatan {id}.", f"Who tells it has no activity {id}."),
        Text("Pakai kegiatannya sendiri, atau kosongkan.", "Use one of its own, or leave it out."),
        pointer="/activity_id",
    )


def _not_completed() -> Fault:
    return Fault(
        "activity-not-completed",
        Text("Kegiatan itu belum selesai.", "The activity is not completed."),
        Text("Ceritakan setelah kegiatan selesai, atau kosongkan.", "Tell it once it is over, or leave it out."),
        pointer="/activity_id",
    )
