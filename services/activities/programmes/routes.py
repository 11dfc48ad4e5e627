"""HTTP of programmes: drawn up, read, listed, changed, voided, and how far they have come."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import AfterValidator

from services.activities.known import arrival
from services.activities.parameters import Area, Voided, WhetherVoided
from services.activities.programmes import lists, progress, queries, service
from services.activities.programmes.models import Programme
from services.activities.programmes.schemas import ProgrammeIn, ProgrammeOut, ProgrammePatch, Progress
from services.activities.programmes.states import answer
from services.activities.rights import Organiser, Reader
from shared import changes, edge, records
from shared.codes import OrganisationKind
from shared.fields import Instant, folded, printable
from shared.language import Text
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason
from shared.validation import Invalid

router = APIRouter(prefix="/v1/programmes", tags=["programmes"], route_class=edge.Route)
drawing_up = APIRouter(
    prefix="/v1/programmes", tags=["programmes"], route_class=arrival.Route, dependencies=[Depends(arrival.documented)]
)


@drawing_up.post("", status_code=201, summary="Draw up a programme")
async def draw_up_programme(
    session: edge.Session, principal: Organiser, now: edge.Now, response: Response, body: ProgrammeIn
) -> ProgrammeOut:
    """The work plan of an institution or a network of your area for a calendar year: a network lies in your area if a
    village of its territory does. An owner may have several of a year, of different titles (case, accents and punctuation
    aside). Activities join it by `programme_id`."""
    id = await service.draw_up(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/programmes/{id}"
    return await _told(session, principal, id, response)


def _searchable(q: str | None) -> str | None:
    if q is not None and not folded(printable(q)):
        raise Invalid(
            "nothing-to-search",
            Text("Tidak ada huruf atau angka.", "There is no letter or digit."),
            Text("Tulis sebagian judul.", "Write a part of the title."),
        )
    return q


async def _filters(
    owner_kind: Annotated[OrganisationKind | None, Query(description="Only those of institutions, or of networks.")] = None,
    owner_id: Annotated[UUID | None, Query(description="Only those of this owner.")] = None,
    year: Annotated[int | None, Query(ge=1945, le=2100, description="Only those of this year.", examples=[2026])] = None,
    region: Area = None,
    q: Annotated[str | None, Query(min_length=2, max_length=100, description="Words of the title; nearly right ones find it too.", examples=["kerja bakti"]), AfterValidator(_searchable)] = None,
    changed_since: Annotated[Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])] = None,
    voided: WhetherVoided = Voided.FALSE,
) -> lists.Filters:  # fmt: skip
    return lists.Filters(owner_kind, owner_id, year, region, q, changed_since, voided)


@router.get("", summary="List programmes")
async def list_programmes(
    session: edge.Session,
    principal: Reader,
    page: PageParameters,
    filters: Annotated[lists.Filters, Depends(_filters)],
    sort: Annotated[lists.ProgrammeSort, Query(description="Order; `-` descends.")] = lists.ProgrammeSort.YEAR_DOWN,
) -> Page[ProgrammeOut]:
    """Those of owners in your area. An institution's operator sees its own and those of networks it is a member of."""
    statement = await lists.listed(session, principal, filters)
    rows, following, count = await paginate(session, statement, lists.ORDERS[sort], page)
    return Page(items=[answer(row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a programme")
async def read_programme(session: edge.Session, principal: Reader, response: Response, id: UUID) -> ProgrammeOut:
    """The plan as it stands. What was done of it: `…/progress`."""
    return await _told(session, principal, id, response)


@router.get("/{id}/progress", summary="What was planned in a programme against what was done")
async def read_programme_progress(session: edge.Session, principal: Reader, id: UUID) -> Progress:
    """Of its activities that are not voided, wherever they were held, as they stand at this moment.

    `planned` and `completed` are counted in months of their own: what was planned for March and held in April stands in
    both. Money is compared by source: `difference` = contributed − planned.
    """
    await records.refuse_invisible(session, Programme, id, queries.readable(principal))
    return await progress.read(session, id)


@router.patch("/{id}", summary="Change a programme")
async def change_programme(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[ProgrammePatch, Body(media_type=MERGE_PATCH)],
) -> ProgrammeOut:  # fmt: skip
    """A JSON merge patch. Whose it is and of which year does not change: void it and draw it up anew."""
    await service.change(session, id, patch, precondition, by=principal, now=now)
    return await _told(session, principal, id, response)


@router.post("/{id}/voiding", summary="Mark a programme as an entry error")
async def void_programme(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> ProgrammeOut:  # fmt: skip
    """It counts nowhere from now on. Refused while activities or series that are not voided belong to it."""
    await service.void(session, id, precondition, by=principal, now=now, reason=said.reason)
    return await _told(session, principal, id, response)


@router.get("/{id}/history", summary="What happened to a programme")
async def read_programme_history(session: edge.Session, principal: Reader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, Programme, id, queries.readable(principal))
    return await changes.history(session, id)


async def _told(session: edge.Session, principal: Reader, id: UUID, response: Response) -> ProgrammeOut:
    told = await lists.one(session, id, principal)
    announce(response, "activities", told.id, told.sequence)
    return told
