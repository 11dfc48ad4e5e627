"""The change feed: what happened in activities, in the order it was published, within the caller's area."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, exists, or_, true

from services.activities.activities.models import Activity
from services.activities.known.models import KnownRegion
from services.activities.rights import EventReader
from shared import changes, edge
from shared.auth import NATION, Principal
from shared.events import activities
from shared.outbox import outbox

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=edge.Route)


class SubjectType(StrEnum):
    """What an event can be about: the names of activities' topics behind the installation's prefix."""

    ACTIVITY = activities.Activity.topic()


@router.get("", summary="Events after a position")
async def read_events(
    session: edge.Session,
    principal: EventReader,
    after: Annotated[
        int, Query(ge=0, description="Position of the last event you have; 0 for the beginning.", examples=[1042])
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=200, description="Events per answer.")] = 50,
    type: Annotated[SubjectType | None, Query(description="Only events about this type of subject.")] = None,
) -> changes.Feed:
    """Oldest first. Positions have no gaps in the whole feed; those outside your area are left out of yours.

    An event is in your area when the place where the activity is held or the seat of its lead, before or after the event,
    lies in it, or the seat of its lead now. A republished event keeps its position.
    """
    return await changes.feed(session, after=after, limit=limit, topic=type, visible=_visible(principal))


def _visible(principal: Principal) -> ColumnElement[bool]:
    if NATION in principal.areas and not principal.own_record_only:
        return true()
    held = exists().where(
        KnownRegion.id == outbox.c.region_ids.any_(), principal.within(KnownRegion.__table__.c.area_code)
    )
    led = exists().where(Activity.id == outbox.c.subject_id, principal.within(Activity.__table__.c.lead_village_code))
    return or_(held, led)
