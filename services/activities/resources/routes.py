"""Contributions over HTTP: received, corrected, refunded, voided; lists and sums."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response, status

from services.activities.known import arrival
from services.activities.parameters import Area, Voided, WhetherVoided
from services.activities.resources import queries, service
from services.activities.resources.answers import ResourceOut, ResourceSumsOut
from services.activities.resources.schemas import RefundIn, ResourceCorrection, ResourceIn
from services.activities.rights import Organiser, Reader
from shared import changes, edge
from shared.auth import Principal
from shared.codes import FundingSource, ResourceForm
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(
    prefix="/v1/resources",
    tags=["resources"],
    route_class=arrival.Route,
    dependencies=[Depends(arrival.documented)],
)


@router.post("", summary="Record a contribution", status_code=status.HTTP_201_CREATED)
async def record_resource(
    body: ResourceIn, session: edge.Session, now: edge.Now, principal: Organiser, response: Response
) -> ResourceOut:
    """To an activity, or to an institution or a network itself. The activity tells the sums of what it got."""
    made = await service.contribute(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/resources/{made.resource.id}"
    announce(response, "activities", made.resource.id, made.resource.sequence)
    return ResourceOut.of(made.resource, made.receiver_name)


async def _filters(
    region: Area,
    activity_id: Annotated[UUID | None, Query(description="Only to one activity.")] = None,
    receiver_id: Annotated[UUID | None, Query(description="Only to one institution or network.")] = None,
    partner_id: Annotated[UUID | None, Query(description="Only from one partner.")] = None,
    source: Annotated[FundingSource | None, Query(description="Only from this source.", examples=["jimpitan"])] = None,
    form: Annotated[ResourceForm | None, Query(description="Only in this form.", examples=["tunai"])] = None,
    received_from: Annotated[Day | None, Query(description="Received on this day or later.")] = None,
    received_until: Annotated[Day | None, Query(description="Received on this day or earlier.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> queries.Filters:
    return queries.Filters(
        region, activity_id, receiver_id, partner_id, source, form, received_from, received_until, changed_since, voided
    )


Filtered = Annotated[queries.Filters, Depends(_filters)]


@router.get("", summary="List contributions")
async def list_resources(
    session: edge.Session, principal: Reader, page: PageParameters, filters: Filtered,
    sort: Annotated[queries.ResourceSort, Query(description="Order; `-` descends.")] = queries.ResourceSort.RECEIVED_ON_DOWN,
) -> Page[ResourceOut]:  # fmt: skip
    """Those that were received in your area: a receiver had its seat there, or a network worked there."""
    rows, following, count = await paginate(session, queries.listed(principal, filters), sort.order, page)
    items = [ResourceOut.of(row.Resource, row.receiver_name) for row in rows]
    return Page(items=items, next=following, count=count)


@router.get("/sums", summary="Sum contributions by source")
async def sum_resources(session: edge.Session, principal: Reader, filters: Filtered) -> ResourceSumsOut:
    """Of those that the list shows under the same filters, by source and form. Those without a stated value are counted
    apart: they are no rupiah."""
    return ResourceSumsOut.of(await queries.sums(session, principal, filters))


@router.get("/{id}", summary="Read a contribution")
async def read_resource(id: UUID, session: edge.Session, principal: Reader, response: Response) -> ResourceOut:
    """One that was received in your area."""
    return await _answer(session, id, principal, response)


@router.get("/{id}/history", summary="What happened to a contribution")
async def read_resource_history(id: UUID, session: edge.Session, principal: Reader) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    await queries.one(session, id, principal)
    return await changes.history(session, id)


@router.post("/{id}/correction", summary="Correct a contribution")
async def correct_resource(
    id: UUID, body: ResourceCorrection, session: edge.Session, now: edge.Now, principal: Organiser, if_match: Precondition,
    response: Response,
) -> ResourceOut:  # fmt: skip
    """A merge patch of what was contributed, and the reason. 409 `refund-too-large` when less would be left than went back."""
    held = await service.held(session, id, by=principal, precondition=if_match, now=now)
    await service.correct(session, held, body, by=principal, now=now)
    return await _answer(session, id, principal, response)


@router.post("/{id}/refunds", summary="Record that something of it went back")
async def refund_resource(
    id: UUID, body: RefundIn, session: edge.Session, now: edge.Now, principal: Organiser, if_match: Precondition,
    response: Response,
) -> ResourceOut:  # fmt: skip
    """A negative correction of the same contribution: it counts less from its own day on. 409 `refund-too-large` names what
    is left; a contribution without a stated value cannot be refunded."""
    held = await service.held(session, id, by=principal, precondition=if_match, now=now)
    await service.refund(session, held, body, by=principal, now=now)
    return await _answer(session, id, principal, response)


@router.post("/{id}/voiding", summary="Mark a contribution as an entry error")
async def void_resource(
    id: UUID, body: Reason, session: edge.Session, now: edge.Now, principal: Organiser, if_match: Precondition,
    response: Response,
) -> ResourceOut:  # fmt: skip
    """It counts nowhere from now on, its refunds neither."""
    held = await service.held(session, id, by=principal, precondition=if_match, now=now)
    await service.void(session, held, by=principal, now=now, reason=body.reason)
    return await _answer(session, id, principal, response)


async def _answer(session: edge.Session, id: UUID, principal: Principal, response: Response) -> ResourceOut:
    resource, name = await queries.one(session, id, principal)
    announce(response, "activities", resource.id, resource.sequence)
    return ResourceOut.of(resource, name)
