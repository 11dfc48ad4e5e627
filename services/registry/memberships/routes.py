"""Memberships over HTTP: people join institutions, leave and come back; lists of who is and who was a member."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.memberships import queries, service, states
from services.registry.memberships.models import Membership
from services.registry.memberships.schemas import (
    Departure,
    MembershipIn,
    MembershipOut,
    MembershipPatch,
    Readmission,
)
from services.registry.parameters import Area, area_of_today
from services.registry.people.models import Person
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import changes, edge, records
from shared.codes import Sex
from shared.fields import Day, Instant
from shared.pagination import Page, PageParameters, page_of
from shared.preconditions import MERGE_PATCH, Precondition, announce
from shared.step_bodies import Reason

router = APIRouter(prefix="/v1/memberships", tags=["memberships"], route_class=edge.Route)


@router.post("", status_code=201, summary="Make a person a member")
async def register_membership(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, response: Response, body: MembershipIn
) -> MembershipOut:
    """One record per person and institution: who left and comes back keeps it (`…/readmission`)."""
    membership, person = await service.join(session, body, by=principal, now=now)
    response.headers["Location"] = f"/v1/memberships/{membership.id}"
    return _answer(response, membership, person)


@router.get("", summary="List memberships", response_model=Page[MembershipOut])
async def list_memberships(
    driver: edge.Driver,
    principal: PeopleReader,
    page: PageParameters,
    region: Area = None,
    institution: Annotated[UUID | None, Query(description="Only those of one institution.")] = None,
    person: Annotated[UUID | None, Query(description="Only those of one person's record.")] = None,
    sex: Annotated[Sex | None, Query(description="Only people of this sex.", examples=["P"])] = None,
    on: Annotated[Day | None, Query(description="Only those who were members on this day; without it former ones too.", examples=["2026-03-15"])] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.MembershipSort, Query(description="Order; `-` descends.")] = queries.MembershipSort.ID,
) -> Response:  # fmt: skip
    """Those of institutions in your area, wherever the members live."""
    area = await area_of_today(driver, region, page.request) if region else None
    statement = queries.listed(
        principal, region=area, institution=institution, person=person, sex=sex, member_on=on,
        changed_since=changed_since, voided=voided,
    )  # fmt: skip
    return await page_of(driver, statement, queries.ORDERS[sort], page)


@router.get("/{id}", summary="Read a membership")
async def read_membership(session: edge.Session, principal: PeopleReader, response: Response, id: UUID) -> MembershipOut:  # fmt: skip
    """With every spell of it, and why each ended."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return states.answer(row, row)


@router.patch("/{id}", summary="Correct a membership")
async def correct_membership(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[MembershipPatch, Body(media_type=MERGE_PATCH)],
) -> MembershipOut:  # fmt: skip
    """For days that were written wrongly: `spells` replaces the whole list. Who left or came back takes a step instead.

    A wrong person or institution is another membership: void this one.
    """
    membership, person = await service.correct(session, id, patch, by=principal, precondition=precondition, now=now)
    return _answer(response, membership, person)


@router.post("/{id}/departure", summary="Record that a member left")
async def record_departure(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Departure,
) -> MembershipOut:  # fmt: skip
    """From `left_on` on no longer a member; the record stays. 409 while they hold an office that is for members only."""
    membership, person = await service.leave(
        session, id, said.left_on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(response, membership, person)


@router.post("/{id}/readmission", summary="Record that a former member came back")
async def record_readmission(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Readmission,
) -> MembershipOut:  # fmt: skip
    """A new spell of the same membership. The day of leaving takes the departure back."""
    membership, person = await service.come_back(
        session, id, said.joined_on, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(response, membership, person)


@router.post("/{id}/voiding", summary="Void a membership that was an entry error")
async def void_membership(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, precondition: Precondition, response: Response, id: UUID,
    said: Reason,
) -> MembershipOut:  # fmt: skip
    """For a person who never was a member: it counts nowhere any more."""
    membership, person = await service.void(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return _answer(response, membership, person)


@router.get("/{id}/history", summary="What happened to a membership")
async def read_membership_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[changes.HistoryEntry]:  # fmt: skip
    """Every step, oldest first: what, when, by whom, why, and which fields it changed."""
    await records.refuse_invisible(session, Membership, id, queries.visible(principal))
    return await changes.history(session, id)


def _answer(response: Response, membership: Membership, person: Person) -> MembershipOut:
    announce(response, "registry", membership.id, membership.sequence)
    return states.answer(membership, person)
