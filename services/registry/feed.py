"""The change feed: what happened in registry, in the order it was published, within the caller's area."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import ColumnElement, and_, exists, not_, or_, true

from services.registry.models import Region
from services.registry.partners.places import above
from services.registry.rights import EventReader
from shared import changes, edge
from shared.auth import Principal, Right
from shared.events import registry
from shared.outbox import outbox

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=edge.Route)


SubjectType = StrEnum("SubjectType", {state.NOUN.upper().replace("-", "_"): state.topic() for state in registry.STATES})  # type: ignore[misc]  # made of the contracts, so that none is forgotten
SubjectType.__doc__ = "What an event can be about: the names of registry's topics behind the installation's prefix."
_ABOUT_PEOPLE = [state.topic() for state in registry.PERSONAL]


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

    An institution that moves is told to both areas: in the one it left, its last event there says where it went.
    Events about regions are for everybody who may read the feed, those about a partner also for all below its region; events about people, families, communities,
    memberships and officers need the right to read those too. A republished event keeps its position.
    """
    return await changes.feed(session, after=after, limit=limit, topic=type, visible=_visible(principal))


def _visible(principal: Principal) -> ColumnElement[bool]:
    about_people = outbox.c.topic.in_(_ABOUT_PEOPLE)
    allowed = true() if principal.may(Right.READ_PEOPLE_EVENTS) else not_(about_people)
    code = Region.__table__.c.code
    # A partner is there for all regions below its own: a village may work with one of its regency.
    partner_above = and_(outbox.c.topic == registry.Partner.topic(), code.in_(above(principal.areas)))
    inside = exists().where(Region.id == outbox.c.region_ids.any_(), or_(principal.within(code), partner_above))
    return and_(allowed, or_(outbox.c.region_ids.is_(None), inside))
