"""HTTP of reading activities: one, its history, and the list with its filters."""

from dataclasses import replace
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator

from services.activities.activities import queries
from services.activities.activities.answers import ActivityOut
from services.activities.rights import Reader
from shared import changes, edge, pagination, preconditions
from shared.codes import ActivityKind, ActivityStatus
from shared.fields import Day, Instant, printable
from shared.language import Text
from shared.problems import BadRequest, Fault
from shared.region_parameters import RegionUnknown, stored_code, unknown

router = APIRouter(prefix="/v1/activities", tags=["activities"], route_class=edge.Route)


Q = Annotated[
    str | None,
    Query(min_length=2, max_length=100, description="Words of the title; nearly right ones find it too."),
    AfterValidator(lambda text: text and printable(text)),
]


async def _filters(
    region: Annotated[
        str | None,
        Query(max_length=40, description="Held in this region or below it; dotted or not.", examples=["32.04"]),
    ] = None,
    kind: ActivityKind | None = None,
    status: ActivityStatus | None = None,
    lead_institution_id: UUID | None = None,
    held_from: Annotated[Day | None, Query(description="Last day held is this or later.")] = None,
    held_until: Annotated[Day | None, Query(description="Last day held is this or earlier.")] = None,
    planned_from: Annotated[Day | None, Query(description="Last planned day is this or later.")] = None,
    planned_until: Annotated[Day | None, Query(description="Last planned day is this or earlier.")] = None,
    q: Q = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
) -> queries.Filters:
    _in_order("held_until", held_from, held_until)
    _in_order("planned_until", planned_from, planned_until)
    return queries.Filters(
        None if region is None else stored_code(region, "region"), kind, status, lead_institution_id, held_from, held_until, planned_from, planned_until, q,
        changed_since, voided,
    )  # fmt: skip


@router.get("", summary="List activities")
async def list_activities(
    session: edge.Session,
    principal: Reader,
    page: pagination.PageParameters,
    filters: Annotated[queries.Filters, Depends(_filters)],
    sort: Annotated[queries.Sort, Query(description="`day` is the last day held, or else planned.")] = (
        queries.Sort.DAY_DOWN
    ),
) -> pagination.Page[ActivityOut]:
    """Those held in your area or led from it. Voided records are left out unless asked for. A region's code that has ended
    means the region that had it last."""
    answer = await queries.listed(session, principal, filters, sort, page)
    if answer.items or filters.region is None:
        return answer
    today = await queries.area_code(session, filters.region)
    if today is None:
        raise RegionUnknown(errors=[unknown(filters.region, "region")])
    if today != filters.region:
        answer = await queries.listed(session, principal, replace(filters, region=today), sort, page)
    return answer


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
    return await changes.history(session, id)


def _in_order(parameter: str, since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise BadRequest(
            errors=[
                Fault(
                    "end-before-start",
                    Text(f"{until} sebelum {since}.", f"{until} is before {since}."),
                    Text("Perbaiki salah satu tanggal.", "Correct one of the two dates."),
                    parameter=parameter,
                )
            ]
        )
