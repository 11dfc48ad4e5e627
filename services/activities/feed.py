"""The change feed: what happened in activities, in the order it was published, within the caller's area."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, and_, exists, not_, or_, true

from services.activities.activities.models import Activity
from services.activities.known.models import KnownRegion
from services.activities.rights import EventReader
from shared import changes, edge
from shared.auth import NATION, Principal, Right
from shared.events import activities
from shared.outbox import outbox

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=edge.Route)


SubjectType = StrEnum(  # type: ignore[misc]  # made of the contracts, so that none is forgotten
    "SubjectType", {state.NOUN.upper().replace("-", "_"): state.topic() for state in activities.STATES}
)
SubjectType.__doc__ = "What an event can be about: the names of activities' topics behind the installation's prefix."
_ABOUT_PEOPLE = [state.topic() for state in activities.PERSONAL]
_ABOUT_HELP = [state.topic() for state in activities.SENSITIVE]


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

    An event is in your area when a region that it concerns, before or after it, lies in it: where something is held, given
    or reported, and the seat of who leads, gives or posts it; and, about an activity, the seat of its lead now. Sheets of
    attendance need the right to read events about people too, benefits and referrals that to read events about who was
    helped. A republished event keeps its position.
    """
    return await changes.feed(session, after=after, limit=limit, topic=type, visible=_visible(principal))


def _visible(principal: Principal) -> ColumnElement[bool]:
    return and_(*_allowed(principal), _inside(principal))


def _allowed(principal: Principal) -> list[ColumnElement[bool]]:
    """Default deny: topics about people, and those that tell kinds of PPKS, have rights of their own."""
    rights = ((Right.READ_PEOPLE_EVENTS, _ABOUT_PEOPLE), (Right.READ_BENEFIT_EVENTS, _ABOUT_HELP))
    return [not_(outbox.c.topic.in_(topics)) for right, topics in rights if not principal.may(right)]


def _inside(principal: Principal) -> ColumnElement[bool]:
    if NATION in principal.areas and not principal.own_record_only:
        return true()
    concerned = exists().where(
        KnownRegion.id == outbox.c.region_ids.any_(), principal.within(KnownRegion.__table__.c.area_code)
    )
    led = exists().where(Activity.id == outbox.c.subject_id, principal.within(Activity.__table__.c.lead_village_code))
    return or_(outbox.c.region_ids.is_(None), concerned, led)
