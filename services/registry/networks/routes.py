"""Networks over HTTP: registered, read, listed, changed, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.networks import queries, service, states
from services.registry.networks.models import Network
from services.registry.networks.schemas import NetworkIn, NetworkOut, NetworkPatch
from services.registry.parameters import Area, area_code, refuse_unsearchable
from services.registry.rights import Reader, Registrar
from shared import changes, edge, records
from shared.codes import NetworkStatus
from shared.fields import Day, Instant, folded
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce

router = APIRouter(prefix="/v1/networks", tags=["networks"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a network")
async def register_network(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: NetworkIn
) -> NetworkOut:
    """A WKSBM in its beginnings (`dirintis`). Every village of its territory must be in your area.

    Give it members and a management, then form it; another person legalises it.
    """
    network, villages = await service.register(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/networks/{network.id}"
    announce(response, "registry", network.id, network.sequence)
    return states.answer(network, villages)


@router.get("", summary="List networks")
async def list_networks(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Area = None,
    status: Annotated[NetworkStatus | None, Query(description="Only those of this status.", examples=["aktif"])] = None,
    legalised_on: Annotated[Day | None, Query(description="Only those whose legalisation is valid on this day.", examples=["2026-03-31"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name or local name; spelling may differ.", examples=["guyub"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.NetworkSort, Query(description="Order; `-` descends.")] = queries.NetworkSort.NAME,
) -> Page[NetworkOut]:  # fmt: skip
    """Those that work, or worked, in your area, by name. An institution's operator sees those of its institution."""
    if q is not None:
        refuse_unsearchable(folded(q))
    statement = await queries.listed(
        session, principal, region=await area_code(session, region) if region else None, status=status,
        legalised_on=legalised_on, changed_since=changed_since, q=q, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    villages = await queries.villages(session, rows)
    return Page(items=[states.answer(row, villages) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a network")
async def read_network(session: edge.Session, principal: Reader, response: Response, id: UUID) -> NetworkOut:
    """The record as it stands. Who is in its management: `GET /v1/network-officers`."""
    network = await queries.read(session, id, principal)
    announce(response, "registry", network.id, network.sequence)
    return states.answer(network, await queries.villages(session, [network]))


@router.patch("/{id}", summary="Change a network")
async def change_network(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[NetworkPatch, Body(media_type=MERGE_PATCH)],
) -> NetworkOut:  # fmt: skip
    """Names, beginnings and territory. Villages that are added, altered or taken out must be in your area.

    A legalised network is changed by a verifier who wrote none of it: what counts changes by no one person's hand.
    """
    held = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    announce(response, "registry", held.network.id, held.network.sequence)
    return states.answer(held.network, held.villages)


@router.get("/{id}/history", summary="What happened to a network")
async def read_network_history(session: edge.Session, principal: Reader, id: UUID) -> list[HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, Network, id, queries.visible(principal))
    return await changes.history(session, id)
