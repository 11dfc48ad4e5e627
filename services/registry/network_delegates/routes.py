"""Delegates over HTTP: who speaks for which member institution in a network."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.network_delegates import queries, service, states
from services.registry.network_delegates.models import NetworkDelegate
from services.registry.network_delegates.queries import HeldDelegate
from services.registry.network_delegates.schemas import NetworkDelegateIn, NetworkDelegateOut, NetworkDelegatePatch
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import audit, edge, records
from shared.fields import Day
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/network-delegates", tags=["network delegates"], route_class=edge.Route)


@router.post("", status_code=201, summary="Name a delegate of a member institution")
async def name_network_delegate(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, body: NetworkDelegateIn
) -> NetworkDelegateOut:
    """Somebody who is member or officer of the institution on that day, within its membership of the network.

    The position is the membership's: its event tells that delegates changed, and nobody.
    """
    held = await service.name(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/network-delegates/{held.delegate.id}"
    return _answer(response, held)


@router.get("", summary="List delegates")
async def list_network_delegates(
    session: edge.Session,
    principal: PeopleReader,
    page: PageParameters,
    network: Annotated[UUID | None, Query(description="Only those in one network.")] = None,
    institution: Annotated[UUID | None, Query(description="Only those of one institution.")] = None,
    membership: Annotated[UUID | None, Query(description="Only those of one membership.")] = None,
    on: Annotated[Day | None, Query(description="Only those who were delegates on this day; without it former ones too.", examples=["2026-03-15"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
) -> Page[NetworkDelegateOut]:  # fmt: skip
    """Those of memberships in your area."""
    statement = queries.listed(
        principal, network=network, institution=institution, membership=membership, delegate_on=on, voided=voided
    )
    rows, following, count = await paginate(session, statement, queries.BY_ID, page)
    return Page(items=[states.answer(row, row, row.person_name) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a delegate")
async def read_network_delegate(session: edge.Session, principal: PeopleReader, response: Response, id: UUID) -> NetworkDelegateOut:  # fmt: skip
    """Who speaks for which institution, over which days."""
    row = await queries.read(session, id, principal)
    response.headers["ETag"] = etag(row.sequence)
    return states.answer(row, row, row.person_name)


@router.patch("/{id}", summary="Change the days of a delegate")
async def change_network_delegate(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[NetworkDelegatePatch, Body(media_type=MERGE_PATCH)],
) -> NetworkDelegateOut:  # fmt: skip
    """Who stops has a last day: `valid_until`. Anything else is the correction of an entry."""
    held = await service.correct(session, id, patch, by=principal, precondition=precondition, now=now)
    return _answer(response, held)


@router.post("/{id}/voiding", summary="Void a delegate who was an entry error")
async def void_network_delegate(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> NetworkDelegateOut:  # fmt: skip
    """For somebody who never was one."""
    held = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return _answer(response, held)


@router.get("/{id}/history", summary="What happened to a delegate")
async def read_network_delegate_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[HistoryEntry]:  # fmt: skip
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, NetworkDelegate, id, queries.visible(principal))
    return await audit.history(session, "network_delegate", id)


def _answer(response: Response, held: HeldDelegate) -> NetworkDelegateOut:
    membership = held.of.membership
    announce(response, "registry", membership.id, membership.sequence)
    response.headers["ETag"] = etag(held.delegate.sequence)
    return states.answer(held.delegate, membership, held.person_name)
