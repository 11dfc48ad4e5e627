"""Communities over HTTP: registered, read, listed, changed, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.communities import queries, service, states
from services.registry.communities.models import Community
from services.registry.communities.schemas import CommunityIn, CommunityOut, CommunityPatch
from services.registry.models import Region
from services.registry.parameters import area_code, refuse_unsearchable
from services.registry.people.schemas import Why
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import changes, edge, records
from shared.codes import CommunityKind
from shared.fields import Instant, folded
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce

router = APIRouter(prefix="/v1/communities", tags=["communities"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a community")
async def register_community(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, body: CommunityIn
) -> CommunityOut:
    """In your area. It is counted as one, whoever of its people is known by name."""
    community = await service.register(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/communities/{community.id}"
    return await _answered(session, community, response)


@router.get("", summary="List communities")
async def list_communities(
    session: edge.Session,
    principal: PeopleReader,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only in this region and below it, by Kemendagri code.", examples=["32.04"])] = None,
    kind: Annotated[CommunityKind | None, Query(description="Only this kind.", examples=["KAT"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name or a part of it; spelling may differ.", examples=["naga"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.CommunitySort, Query(description="Order; `-` descends.")] = queries.CommunitySort.NAME,
) -> Page[CommunityOut]:  # fmt: skip
    """Those in your area, by name."""
    if q is not None:
        refuse_unsearchable(folded(q))
    code = await area_code(session, region) if region else None
    statement = queries.listed(principal, region=code, kind=kind, changed_since=changed_since, q=q, voided=voided)
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row, row.village_name) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a community")
async def read_community(session: edge.Session, principal: PeopleReader, response: Response, id: UUID) -> CommunityOut:
    """The record as it stands."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, row.village_name)


@router.patch("/{id}", summary="Change a community")
async def change_community(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response,
    id: UUID, patch: Annotated[CommunityPatch, Body(media_type=MERGE_PATCH)],
) -> CommunityOut:  # fmt: skip
    """At once, by whoever keeps people there."""
    community = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    return await _answered(session, community, response)


@router.post("/{id}/voiding", summary="Void an entry error")
async def void_community(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response,
    id: UUID, said: Why,
) -> CommunityOut:  # fmt: skip
    """For a record that should never have been: it counts nowhere any more."""
    community = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return await _answered(session, community, response)


@router.get("/{id}/history", summary="What happened to a community")
async def read_community_history(
    session: edge.Session, principal: PeopleReader, id: UUID
) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which public fields it changed."""
    await records.refuse_invisible(session, Community, id, queries.visible(principal))
    return await changes.history(session, id)


async def _answered(session: AsyncSession, community: Community, response: Response) -> CommunityOut:
    village = await session.get_one(Region, community.village_id)
    announce(response, "registry", community.id, community.sequence)
    return states.answer(community, village.name)
