"""Attendance over HTTP: sheets of people who came, registered late, withdrawn, corrected, voided, read and listed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.activities.activities.answers import WarningOut
from services.activities.attendance import queries, service
from services.activities.attendance.answers import SheetOut, SheetRead
from services.activities.attendance.models import AttendanceSheet
from services.activities.attendance.queries import Held
from services.activities.attendance.schemas import Registration, SheetCorrection, SheetIn, Withdrawal
from services.activities.known import arrival, memberships
from services.activities.known.reading import found
from services.activities.parameters import AreaOnDriver, Voided, WhetherVoided
from services.activities.rights import Organiser, PeopleReader
from shared import changes, edge, preconditions, records
from shared.fields import Instant
from shared.language import Language
from shared.pagination import Page, PageParameters, page_of
from shared.preconditions import Precondition
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/attendance-sheets", tags=["attendance"], route_class=arrival.Route)


@router.post("", status_code=201, summary="Record who came to an activity", dependencies=[Depends(arrival.documented)])
async def record_attendance_sheet(
    session: edge.Session, principal: Organiser, now: edge.Now, response: Response, spoken: edge.Spoken, body: SheetIn
) -> SheetRead:
    """Up to 500 people of a completed activity; an activity may have several sheets, and names each person once in all of
    them. A duplicate's record is the same person."""
    held = await service.record(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/attendance-sheets/{held.sheet.id}"
    return await _answer(session, response, held, spoken)


@router.get("", summary="List attendance sheets", response_model=Page[SheetOut])
async def list_attendance_sheets(
    driver: edge.Driver,
    principal: PeopleReader,
    page: PageParameters,
    region: AreaOnDriver = None,
    activity_id: Annotated[UUID | None, Query(description="Only those of one activity.")] = None,
    changed_since: Annotated[
        Instant | None, Query(description="Changed at this instant or later.", examples=["2026-03-14T00:00:00Z"])
    ] = None,
    voided: WhetherVoided = Voided.FALSE,
    sort: Annotated[queries.SheetSort, Query(description="Order; `-` descends.")] = queries.SheetSort.CHANGED_AT_DOWN,
) -> Response:
    """Those of activities held in your area or led from it, without their people: read one for these."""
    statement, order = queries.listed(
        principal, activity_id=activity_id, region=region, changed_since=changed_since, voided=voided, sort=sort
    )
    return await page_of(driver, statement, order, page)


@router.get("/{id}", summary="Read an attendance sheet")
async def read_attendance_sheet(
    session: edge.Session, principal: PeopleReader, response: Response, id: UUID
) -> SheetRead:
    """With its people."""
    sheet = await records.read(session, AttendanceSheet, id, queries.readable(principal))
    preconditions.announce(response, "activities", sheet.id, sheet.sequence)
    return await _read(session, sheet)


@router.post("/{id}/registrations", summary="Register more people who came", dependencies=[Depends(arrival.documented)])
async def register_attendance(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, body: Registration,
) -> SheetRead:  # fmt: skip
    """Late, into the same sheet, as long as it has no more than 500."""
    held = await queries.held(session, id, principal, precondition)
    await service.register(session, held, body.people, by=principal, now=now)
    return await _answer(session, response, held, spoken)


@router.post("/{id}/withdrawals", summary="Take out people who were not there")
async def withdraw_attendance(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, body: Withdrawal,
) -> SheetRead:  # fmt: skip
    """They count nowhere any more; the history keeps who they were and why."""
    held = await queries.held(session, id, principal, precondition)
    await service.withdraw(session, held, body.person_ids, by=principal, now=now, reason=body.reason)
    return await _answer(session, response, held, spoken)


@router.post("/{id}/correction", summary="Correct roles and hours")
async def correct_attendance_sheet(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, body: SheetCorrection,
) -> SheetRead:  # fmt: skip
    """Of people in the sheet: what is left out stays. A wrong person is withdrawn, the right one registered."""
    held = await queries.held(session, id, principal, precondition)
    await service.correct(session, held, body, by=principal, now=now)
    return await _answer(session, response, held, spoken)


@router.post("/{id}/voiding", summary="Mark a sheet as an entry error")
async def void_attendance_sheet(
    session: edge.Session, principal: Organiser, now: edge.Now, precondition: Precondition, response: Response,
    spoken: edge.Spoken, id: UUID, said: Reason,
) -> SheetRead:  # fmt: skip
    """It counts nowhere from now on; its people may stand in another sheet. There is no way back: record it anew."""
    held = await queries.held(session, id, principal, precondition)
    await service.void(session, held, by=principal, now=now, reason=said.reason)
    return await _answer(session, response, held, spoken)


@router.get("/{id}/history", summary="What happened to an attendance sheet")
async def read_attendance_sheet_history(
    session: edge.Session, principal: PeopleReader, id: UUID
) -> list[changes.HistoryEntry]:
    """Every step, oldest first: when, by whom, why, and what it changed."""
    await records.refuse_invisible(session, AttendanceSheet, id, queries.readable(principal))
    return await changes.history(session, id)


async def _answer(session: AsyncSession, response: Response, held: Held, language: Language) -> SheetRead:
    """The sheet as it stands; its position and, beside it, that of its activity, which may be told anew."""
    activity = held.activity.activity
    preconditions.announce(
        response, "activities", held.sheet.id, held.sheet.sequence, [(activity.id, activity.sequence)]
    )
    return await _read(session, held.sheet, [WarningOut.of(one, language) for one in held.activity.warned])


async def _read(session: AsyncSession, sheet: AttendanceSheet, warnings: list[WarningOut] | None = None) -> SheetRead:
    members = await found(session, memberships.OF_PEOPLE, [one.person_id for one in sheet.people])
    return SheetRead.of(sheet, members, warnings or [])
