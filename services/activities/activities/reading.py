"""HTTP of reading activities: one, its history, and the list with its filters."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AfterValidator

from services.activities.activities import listing, queries, versions
from services.activities.activities.answers import ActivityOut
from services.activities.activities.listing import Filters, Sort
from services.activities.activities.versions import VersionOut
from services.activities.parameters import Voided, WhetherVoided, area_of_today, in_order
from services.activities.rights import Reader
from shared import changes, edge, preconditions
from shared.codes import ActivityKind, ActivityStatus
from shared.fields import Day, Instant, printable
from shared.pagination import Page, PageParameters, page_of

router = APIRouter(prefix="/v1/activities", tags=["activities"], route_class=edge.Route)


Q = Annotated[
    str | None,
    Query(
        min_length=2,
        max_length=100,
        description="Words of the title; nearly right ones find it too.",
        examples=["kerja bakti"],
    ),
    AfterValidator(lambda text: text and printable(text)),
]


async def _filters(
    region: Annotated[
        str | None,
        Query(max_length=40, description="Held in this region or below it; dotted or not.", examples=["32.04"]),
    ] = None,
    kind: Annotated[ActivityKind | None, Query(description="Only those of this kind.")] = None,
    status: Annotated[ActivityStatus | None, Query(description="Only those planned, held or cancelled.")] = None,
    lead_institution_id: Annotated[UUID | None, Query(description="Only those that this institution leads.")] = None,
    network_id: Annotated[UUID | None, Query(description="In which this network takes part.")] = None,
    partner_id: Annotated[UUID | None, Query(description="In which this registered partner takes part.")] = None,
    programme_id: Annotated[UUID | None, Query(description="Of this programme.")] = None,
    series_id: Annotated[UUID | None, Query(description="Occurrences of this series.")] = None,
    cultural_value_id: Annotated[UUID | None, Query(description="That practise this local value.")] = None,
    held_from: Annotated[Day | None, Query(description="Last day held is this or later.")] = None,
    held_until: Annotated[Day | None, Query(description="Last day held is this or earlier.")] = None,
    planned_from: Annotated[Day | None, Query(description="Last planned day is this or later.")] = None,
    planned_until: Annotated[Day | None, Query(description="Last planned day is this or earlier.")] = None,
    q: Q = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> Filters:
    in_order("held_until", held_from, held_until)
    in_order("planned_until", planned_from, planned_until)
    return Filters(
        region=region, kind=kind, status=status,
        lead_institution_id=lead_institution_id, network_id=network_id, partner_id=partner_id, programme_id=programme_id,
        series_id=series_id, cultural_value_id=cultural_value_id, held_from=held_from, held_until=held_until,
        planned_from=planned_from, planned_until=planned_until, q=q, changed_since=changed_since, voided=voided,
    )  # fmt: skip


@router.get("", summary="List activities", response_model=Page[ActivityOut])
async def list_activities(
    driver: edge.Driver,
    principal: Reader,
    page: PageParameters,
    filters: Annotated[Filters, Depends(_filters)],
    sort: Annotated[Sort, Query(description="`day` is the last day held, or else planned.")] = Sort.DAY_DOWN,
) -> Response:
    """Those held in your area or led from it. Voided records are left out unless asked for. A region's code that has ended
    means the region that had it last."""
    area = await area_of_today(driver, filters.region)
    statement, order = listing.listed(principal, replace(filters, region=area), sort)
    return await page_of(driver, statement, order, page)


@router.get("/{id}", summary="Read an activity")
async def read_activity(id: UUID, session: edge.Session, principal: Reader, response: Response) -> ActivityOut:
    """One that is held in your area or led from it."""
    answer = await queries.one(session, id, principal)
    preconditions.announce(response, "activities", answer.id, answer.sequence)
    return answer


@router.get("/{id}/history", summary="What happened to an activity")
async def read_activity_history(id: UUID, session: edge.Session, principal: Reader) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    await queries.one(session, id, principal)
    return await versions.history(session, id)


@router.get("/{id}/versions/{sequence}", summary="Read an activity as it was")
async def read_activity_version(
    id: UUID,
    sequence: Annotated[int, Path(ge=1, le=2**31 - 1, description="A version, as its history names it.")],
    session: edge.Session,
    principal: Reader,
) -> VersionOut:
    """The whole state after one step of it, with who took that step, when and why. 404 if it has no such version."""
    await queries.one(session, id, principal)
    return await versions.one(session, id, sequence)
