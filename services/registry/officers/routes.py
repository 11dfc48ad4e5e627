"""Officers over HTTP: people appointed to roles of institutions, and who held which of them when."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Institution
from services.registry.officers import queries, service, states
from services.registry.officers.models import Officer
from services.registry.officers.schemas import LeavingOffice, OfficerIn, OfficerOut, OfficerPatch
from services.registry.parameters import Area, area_code
from services.registry.people.models import Person
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import changes, edge, records
from shared.codes import Role
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce, etag
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/officers", tags=["officers"], route_class=edge.Route)


@router.post("", status_code=201, summary="Appoint an officer")
async def register_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, body: OfficerIn
) -> OfficerOut:
    """One ketua at a time; other roles may be held by several.

    In an arisan, KUBE, perkumpulan kematian, sinoman or KSM, ketua, wakil, sekretaris, bendahara and anggota are
    members for the whole term; a pembina, pendamping or kader need not be one.
    """
    officer, person = await service.appoint(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/officers/{officer.id}"
    return await _answer(session, response, officer, person)


@router.get("", summary="List officers")
async def list_officers(
    session: edge.Session,
    principal: PeopleReader,
    page: PageParameters,
    region: Area = None,
    institution: Annotated[UUID | None, Query(description="Only those of one institution.")] = None,
    person: Annotated[UUID | None, Query(description="Only those of one person's record.")] = None,
    role: Annotated[Role | None, Query(description="Only this role.", examples=["ketua"])] = None,
    on: Annotated[Day | None, Query(description="Only those in office on this day; without it all terms, also ended ones.", examples=["2026-03-15"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.OfficerSort, Query(description="Order; `-` descends.")] = queries.OfficerSort.ID,
) -> Page[OfficerOut]:  # fmt: skip
    """Those of institutions in your area: who was ketua when, and who is."""
    statement = queries.listed(
        principal, region=await area_code(session, region) if region else None, institution=institution,
        person=person, role=role, in_office_on=on, changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[states.answer(row, row) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read an officer's term")
async def read_officer(session: edge.Session, principal: PeopleReader, response: Response, id: UUID) -> OfficerOut:
    """The role, its days, the decree behind it, and why it ended early."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, row)


@router.patch("/{id}", summary="Correct an officer's term")
async def correct_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[OfficerPatch, Body(media_type=MERGE_PATCH)],
) -> OfficerOut:  # fmt: skip
    """For what was written wrongly. Who leaves before the term is over takes a step instead; a new term is a new record."""
    officer, person = await service.correct(session, id, patch, by=principal, precondition=precondition, now=now)
    return await _answer(session, response, officer, person)


@router.post("/{id}/departure", summary="Record that an officer left office")
async def record_officer_departure(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: LeavingOffice,
) -> OfficerOut:  # fmt: skip
    """Before the term was over. The institution stays what it is, also without a ketua."""
    officer, person = await service.leave(
        session, id, said.left_on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await _answer(session, response, officer, person)


@router.post("/{id}/voiding", summary="Void an officer that was an entry error")
async def void_officer(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> OfficerOut:  # fmt: skip
    """For a term that never was: it counts nowhere any more."""
    officer, person = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await _answer(session, response, officer, person)


@router.get("/{id}/history", summary="What happened to an officer's term")
async def read_officer_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, Officer, id, queries.visible(principal))
    return await changes.history(session, id)


async def _answer(session: AsyncSession, response: Response, officer: Officer, person: Person) -> OfficerOut:
    """The position is the institution's, which the service holds locked: numbers follow its event, not the officer's."""
    institution = await session.get_one(Institution, officer.institution_id)
    announce(response, "registry", institution.id, institution.sequence)
    response.headers["ETag"] = etag(officer.sequence)
    return states.answer(officer, person)
