"""The management of networks over HTTP: who holds which role over which days."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.network_officers import queries, service, states
from services.registry.network_officers.models import NetworkOfficer
from services.registry.network_officers.queries import HeldTerm
from services.registry.network_officers.schemas import NetworkOfficerIn, NetworkOfficerOut, NetworkOfficerPatch
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import audit, edge, records
from shared.codes import Role
from shared.fields import Day
from shared.history import HistoryEntry
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/network-officers", tags=["network officers"], route_class=edge.Route)


@router.post("", status_code=201, summary="Appoint a person in a network")
async def appoint_network_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, body: NetworkOfficerIn
) -> NetworkOfficerOut:
    """One ketua at a time; other roles may be held by several. The position is the network's: its event tells the term."""
    held = await service.appoint(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/network-officers/{held.officer.id}"
    return _answer(response, held)


@router.get("", summary="List the management of networks")
async def list_network_officers(
    session: edge.Session,
    principal: PeopleReader,
    page: PageParameters,
    network: Annotated[UUID | None, Query(description="Only those of one network.")] = None,
    role: Annotated[Role | None, Query(description="Only this role.", examples=["ketua"])] = None,
    on: Annotated[Day | None, Query(description="Only those in office on this day; without it former ones too.", examples=["2026-03-15"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
) -> Page[NetworkOfficerOut]:  # fmt: skip
    """Those of networks in your area."""
    statement = queries.listed(principal, network=network, role=role, in_office_on=on, voided=voided)
    rows, following, count = await paginate(session, statement, queries.BY_ID, page)
    return Page(items=[states.answer(row, row.person_name) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a term of a network's management")
async def read_network_officer(session: edge.Session, principal: PeopleReader, response: Response, id: UUID) -> NetworkOfficerOut:  # fmt: skip
    """A person's term in a role."""
    row = await queries.read(session, id, principal)
    response.headers["ETag"] = etag(row.sequence)
    return states.answer(row, row.person_name)


@router.patch("/{id}", summary="Change a term of a network's management")
async def change_network_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[NetworkOfficerPatch, Body(media_type=MERGE_PATCH)],
) -> NetworkOfficerOut:  # fmt: skip
    """Who leaves office has a last day: `valid_until`. Anything else is the correction of an entry."""
    held = await service.correct(session, id, patch, by=principal, precondition=precondition, now=now)
    return _answer(response, held)


@router.post("/{id}/voiding", summary="Void a term that was an entry error")
async def void_network_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> NetworkOfficerOut:  # fmt: skip
    """For a term that never was: it counts nowhere any more."""
    held = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return _answer(response, held)


@router.get("/{id}/history", summary="What happened to a term of a network's management")
async def read_network_officer_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[HistoryEntry]:  # fmt: skip
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, NetworkOfficer, id, queries.visible(principal))
    return await audit.history(session, "network_officer", id)


def _answer(response: Response, held: HeldTerm) -> NetworkOfficerOut:
    network = held.network.network
    announce(response, "registry", network.id, network.sequence)
    response.headers["ETag"] = etag(held.officer.sequence)
    return states.answer(held.officer, held.person_name)
