"""Partners over HTTP: registered, read, listed, changed, voided, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.parameters import area_code, refuse_unsearchable
from services.registry.partners import queries, service, states
from services.registry.partners.models import Partner
from services.registry.partners.schemas import PartnerIn, PartnerOut, PartnerPatch
from services.registry.rights import PartnerKeeper, Reader
from shared import changes, edge, records
from shared.codes import PartnerKind
from shared.fields import Instant, folded
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/partners", tags=["partners"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a partner")
async def register_partner(
    session: edge.Session, principal: PartnerKeeper, now: edge.Now, response: Response, body: PartnerIn
) -> PartnerOut:
    """A body of government, of society, a firm or a person that supports institutions, in your area."""
    partner, region = await service.register(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/partners/{partner.id}"
    announce(response, "registry", partner.id, partner.sequence)
    return states.answer(partner, region.name, principal)


@router.get("", summary="List partners")
async def list_partners(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only those that belong to this region or one below it, by Kemendagri code.", examples=["32.04"])] = None,
    kind: Annotated[PartnerKind | None, Query(description="Only this kind.", examples=["dunia_usaha"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Name, but of no person; spelling may differ.", examples=["sinar"])] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.PartnerSort, Query(description="Order; `-` descends. Persons stand before all named.")] = queries.PartnerSort.NAME,
) -> Page[PartnerOut]:  # fmt: skip
    """Those of your area, and those of the regions that hold it, up to the nation."""
    if q is not None:
        refuse_unsearchable(folded(q))
    statement = await queries.listed(
        session, principal, region=await area_code(session, region) if region else None, kind=kind,
        changed_since=changed_since, q=q, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row, row.region_name, principal) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a partner")
async def read_partner(session: edge.Session, principal: Reader, response: Response, id: UUID) -> PartnerOut:
    """The record as it stands. The name of a person and the contact are for those who may read people."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, row.region_name, principal)


@router.patch("/{id}", summary="Change a partner")
async def change_partner(
    session: edge.Session, principal: PartnerKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[PartnerPatch, Body(media_type=MERGE_PATCH)],
) -> PartnerOut:  # fmt: skip
    """For those whose area holds the partner's region; others see it and have it changed there."""
    partner, region = await service.change(session, id, patch, by=principal, precondition=precondition, now=now)
    announce(response, "registry", partner.id, partner.sequence)
    return states.answer(partner, region.name, principal)


@router.post("/{id}/voiding", summary="Void an entry error of a partner")
async def void_partner(
    session: edge.Session, principal: PartnerKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> PartnerOut:  # fmt: skip
    """For a record that should never have been. 409 while agreements name it."""
    partner, region = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    announce(response, "registry", partner.id, partner.sequence)
    return states.answer(partner, region.name, principal)


@router.get("/{id}/history", summary="What happened to a partner")
async def read_partner_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields of the public state it changed."""
    await records.refuse_invisible(session, Partner, id, queries.visible(principal))
    return await changes.history(session, id)
