"""A community's people over HTTP: those who are known by name, each entry with a version of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.communities import members, queries, states
from services.registry.communities.members import Entered
from services.registry.communities.models import Community
from services.registry.communities.schemas import CommunityMemberIn, CommunityMemberOut, CommunityMemberPatch
from services.registry.people import queries as people
from services.registry.people.schemas import Why
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import edge, records
from shared.auth import Principal
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, etag

router = APIRouter(prefix="/v1/communities/{id}/members", tags=["communities"], route_class=edge.Route)


@router.post("", status_code=201, summary="Enter a person of a community")
async def enter_community_member(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, id: UUID,
    body: CommunityMemberIn,
) -> CommunityMemberOut:  # fmt: skip
    """A person in your sight, from a day on. Who left and came back has two entries."""
    entered = await members.enter(session, id, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/communities/{id}/members/{entered.member.id}"
    return await _answered(session, entered, principal, response)


@router.get("", summary="List a community's people")
async def list_community_members(
    session: edge.Session, principal: PeopleReader, page: PageParameters, id: UUID,
    voided: Annotated[bool, Query(description="The entry errors instead of the entries.")] = False,
) -> Page[CommunityMemberOut]:  # fmt: skip
    """All who are or were in it and are known by name, in the order they were entered."""
    await records.refuse_invisible(session, Community, id, queries.visible(principal))
    statement = queries.belonging(id, principal, voided=voided)
    rows, following, count = await paginate(session, statement, queries.BY_ID, page)
    return Page(items=[states.member_answer(row, row.name) for row in rows], next=following, count=count)


@router.patch("/{member_id}", summary="Change the days of a community's person")
async def change_community_member(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response,
    id: UUID, member_id: UUID, patch: Annotated[CommunityMemberPatch, Body(media_type=MERGE_PATCH)],
) -> CommunityMemberOut:  # fmt: skip
    """Corrects them, or ends them: `until` is the first day the person was no longer in it."""
    entered = await members.change(session, id, member_id, patch, by=principal, precondition=precondition, now=now)
    return await _answered(session, entered, principal, response)


@router.post("/{member_id}/voiding", summary="Void an entry of a community's person")
async def void_community_member(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response,
    id: UUID, member_id: UUID, said: Why,
) -> CommunityMemberOut:  # fmt: skip
    """For an entry that should never have been."""
    entered = await members.void(
        session, id, member_id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await _answered(session, entered, principal, response)


async def _answered(session: AsyncSession, entered: Entered, by: Principal, response: Response) -> CommunityMemberOut:
    """The entry with its own version; the position is the community's, which is what is published."""
    response.headers["ETag"] = etag(entered.member.sequence)
    response.headers["Wahana-Position"] = f"registry/{entered.community.id}@{entered.community.sequence}"
    names = await people.names_of(session, [entered.member.person_id], by)
    return states.member_answer(entered.member, names.get(entered.member.person_id))
