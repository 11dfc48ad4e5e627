"""Network memberships over HTTP: institutions join networks, leave and come back; lists of who is and was a member."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.memberships.schemas import Departure, MembershipPatch, Readmission
from services.registry.network_memberships import queries, service, states
from services.registry.network_memberships.models import NetworkMembership
from services.registry.network_memberships.queries import HeldMembership
from services.registry.network_memberships.schemas import NetworkMembershipIn, NetworkMembershipOut
from services.registry.parameters import Area, area_code
from services.registry.rights import Reader, Registrar
from shared import changes, edge, records
from shared.fields import Day, Instant
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/network-memberships", tags=["network memberships"], route_class=edge.Route)


@router.post("", status_code=201, summary="Make an institution a member of a network")
async def register_network_membership(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: NetworkMembershipIn
) -> NetworkMembershipOut:
    """One record per institution and network: who left and comes back keeps it (`…/readmission`).

    The institution's seat must be in the network's territory on that day.
    """
    held = await service.join(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/network-memberships/{held.membership.id}"
    return _answer(response, held)


@router.get("", summary="List network memberships")
async def list_network_memberships(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Area = None,
    network: Annotated[UUID | None, Query(description="Only those of one network.")] = None,
    institution: Annotated[UUID | None, Query(description="Only those of one institution.")] = None,
    on: Annotated[Day | None, Query(description="Only those who were members on this day; without it former ones too.", examples=["2026-03-15"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
) -> Page[NetworkMembershipOut]:  # fmt: skip
    """Those of networks and institutions in your area. An institution's operator sees its own."""
    statement = queries.listed(
        principal, region=await area_code(session, region) if region else None, network=network,
        institution=institution, member_on=on, changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.BY_ID, page)
    return Page(items=[states.answer(row, row.institution_name) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a network membership")
async def read_network_membership(session: edge.Session, principal: Reader, response: Response, id: UUID) -> NetworkMembershipOut:  # fmt: skip
    """With every spell of it, and why each ended."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, row.institution_name)


@router.patch("/{id}", summary="Correct a network membership")
async def correct_network_membership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[MembershipPatch, Body(media_type=MERGE_PATCH)],
) -> NetworkMembershipOut:  # fmt: skip
    """For days that were written wrongly: `spells` replaces the whole list. Who left or came back takes a step instead."""
    held = await service.correct(session, id, patch, by=principal, precondition=precondition, now=now)
    return _answer(response, held)


@router.post("/{id}/departure", summary="Record that an institution left a network")
async def record_network_departure(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Departure,
) -> NetworkMembershipOut:  # fmt: skip
    """From `left_on` on no longer a member; the record stays."""
    held = await service.leave(
        session, id, said.left_on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(response, held)


@router.post("/{id}/readmission", summary="Record that an institution came back to a network")
async def record_network_readmission(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Readmission,
) -> NetworkMembershipOut:  # fmt: skip
    """A new spell of the same membership. The day of leaving takes the departure back."""
    held = await service.come_back(
        session, id, said.joined_on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(response, held)


@router.post("/{id}/voiding", summary="Void a network membership that was an entry error")
async def void_network_membership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> NetworkMembershipOut:  # fmt: skip
    """For an institution that never was a member: it counts nowhere any more."""
    held = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return _answer(response, held)


@router.get("/{id}/history", summary="What happened to a network membership")
async def read_network_membership_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:  # fmt: skip
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, NetworkMembership, id, queries.visible(principal))
    return await changes.history(session, id)


def _answer(response: Response, held: HeldMembership) -> NetworkMembershipOut:
    announce(response, "registry", held.membership.id, held.membership.sequence)
    return states.answer(held.membership, held.institution.name)
