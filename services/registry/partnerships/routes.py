"""Agreements of partners over HTTP: made, read, listed, changed, ended, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.parameters import area_code, refuse_unsearchable
from services.registry.partnerships import queries, service, states
from services.registry.partnerships.models import Partnership
from services.registry.partnerships.schemas import PartnershipIn, PartnershipOut, PartnershipPatch, Termination
from services.registry.rights import Reader, Registrar
from shared import changes, edge, records
from shared.auth import Principal
from shared.fields import Day, Instant, folded
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/partnerships", tags=["partnerships"], route_class=edge.Route)


@router.post("", status_code=201, summary="Record an agreement")
async def register_partnership(
    session: edge.Session, principal: Registrar, now: edge.Now, response: Response, body: PartnershipIn
) -> PartnershipOut:
    """Of a partner that you may see with institutions or networks of your area. Agreements may overlap."""
    partnership = await service.register(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/partnerships/{partnership.id}"
    return await _answer(session, partnership, principal, response)


@router.get("", summary="List agreements")
async def list_partnerships(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only those with a party in this region or below it, by Kemendagri code.", examples=["32.04"])] = None,
    partner: Annotated[UUID | None, Query(description="Only those of this partner.")] = None,
    institution: Annotated[UUID | None, Query(description="Only those with this institution.")] = None,
    network: Annotated[UUID | None, Query(description="Only those with this network.")] = None,
    in_force_on: Annotated[Day | None, Query(description="Only those in force on this day.", examples=["2026-03-31"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Title or number; spelling may differ.", examples=["modal kube"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.PartnershipSort, Query(description="Order; `-` descends.")] = queries.PartnershipSort.SINCE_DOWN,
) -> Page[PartnershipOut]:  # fmt: skip
    """Those with a party in your area, newest first."""
    if q is not None:
        refuse_unsearchable(folded(q))
    statement = await queries.listed(
        session, principal, region=await area_code(session, region) if region else None, partner=partner,
        institution=institution, network=network, in_force_on=in_force_on, changed_since=changed_since, q=q,
        voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row, principal) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read an agreement")
async def read_partnership(session: edge.Session, principal: Reader, response: Response, id: UUID) -> PartnershipOut:
    """The record as it stands."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, principal)


@router.patch("/{id}", summary="Change an agreement")
async def change_partnership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[PartnershipPatch, Body(media_type=MERGE_PATCH)],
) -> PartnershipOut:  # fmt: skip
    """For those whose area holds all of its parties: it is changed for every one of them."""
    partnership = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    return await _answer(session, partnership, principal, response)


@router.post("/{id}/termination", summary="End an agreement before its time")
async def terminate_partnership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Termination,
) -> PartnershipOut:  # fmt: skip
    """From a day within the agreement on it is no longer in force. One that runs out needs no step."""
    partnership = await service.terminate(
        session, id, said.on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await _answer(session, partnership, principal, response)


@router.post("/{id}/reinstatement", summary="Take back the early end of an agreement")
async def reinstate_partnership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> PartnershipOut:  # fmt: skip
    """For a termination that was an entry error: the agreement runs as it was agreed."""
    partnership = await service.reinstate(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await _answer(session, partnership, principal, response)


@router.post("/{id}/voiding", summary="Void an entry error of an agreement")
async def void_partnership(
    session: edge.Session, principal: Registrar, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> PartnershipOut:  # fmt: skip
    """For a record that should never have been."""
    partnership = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return await _answer(session, partnership, principal, response)


@router.get("/{id}/history", summary="What happened to an agreement")
async def read_partnership_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields of the public state it changed."""
    await records.refuse_invisible(session, Partnership, id, queries.visible(principal))
    return await changes.history(session, id)


async def _answer(
    session: AsyncSession, partnership: Partnership, principal: Principal, response: Response
) -> PartnershipOut:
    announce(response, "registry", partnership.id, partnership.sequence)
    return states.answer(await queries.read(session, partnership.id, None), principal)
