"""Families over HTTP: registered, read, listed, changed, voided, and what happened to them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.families import queries, service, states
from services.registry.families.models import Family
from services.registry.families.schemas import FamilyIn, FamilyOut, FamilyPatch
from services.registry.models import Region
from services.registry.parameters import area_code
from services.registry.people import queries as people
from services.registry.people.keys import Keyring
from services.registry.people.parameters import Keys
from services.registry.people.schemas import Why
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import changes, edge, records
from shared.auth import Principal
from shared.fields import Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce

router = APIRouter(prefix="/v1/families", tags=["families"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a family")
async def register_family(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, response: Response, body: FamilyIn
) -> FamilyOut:
    """In your area, of people in your sight. A person is in one family at a time."""
    family = await service.register(session, body, by=principal, keyring=keyring, now=now)
    response.headers["Location"] = f"/v1/families/{family.id}"
    return await _answered(session, family, principal, keyring, response)


@router.get("", summary="List families")
async def list_families(
    session: edge.Session,
    principal: PeopleReader,
    keyring: Keys,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only in this region and below it, by Kemendagri code.", examples=["32.04"])] = None,
    person: Annotated[UUID | None, Query(description="Only those that this person is or was in.")] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.FamilySort, Query(description="Order; `-` descends.")] = queries.FamilySort.CHANGED_DOWN,
) -> Page[FamilyOut]:  # fmt: skip
    """Those in your area, the last changed first. By the card's number: `POST /v1/person-lookups`."""
    code = await area_code(session, region) if region else None
    statement = queries.listed(principal, region=code, person=person, changed_since=changed_since, voided=voided)
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    names = await people.names_of(session, {one.person_id for row in rows for one in row.members}, principal)
    return Page(
        items=[states.answer(row, row.village_name, names, keyring) for row in rows], next=following, count=count
    )


@router.get("/{id}", summary="Read a family")
async def read_family(
    session: edge.Session, principal: PeopleReader, keyring: Keys, response: Response, id: UUID
) -> FamilyOut:
    """The family with all who are or were in it; names of those in your sight."""
    row = await queries.read(session, id, principal)
    return await _told(session, row, row.village_name, principal, keyring, response)


@router.patch("/{id}", summary="Change a family")
async def change_family(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, precondition: Precondition,
    response: Response, id: UUID, patch: Annotated[FamilyPatch, Body(media_type=MERGE_PATCH)],
) -> FamilyOut:  # fmt: skip
    """At once. Who leaves gets an `until`; who was never in it is left out of `members`."""
    family = await service.change(session, id, patch, by=principal, keyring=keyring, precondition=precondition, now=now)
    return await _answered(session, family, principal, keyring, response)


@router.post("/{id}/voiding", summary="Void an entry error")
async def void_family(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, precondition: Precondition,
    response: Response, id: UUID, said: Why,
) -> FamilyOut:  # fmt: skip
    """For a record that should never have been: it counts nowhere any more, and its people are free for another."""
    family = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return await _answered(session, family, principal, keyring, response)


@router.get("/{id}/history", summary="What happened to a family's record")
async def read_family_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first, with the public fields it changed: people by their ids."""
    await records.refuse_invisible(session, Family, id, queries.visible(principal))
    return await changes.history(session, id)


async def _answered(
    session: AsyncSession, family: Family, by: Principal, keyring: Keyring, response: Response
) -> FamilyOut:
    village = await session.get_one(Region, family.village_id)
    return await _told(session, family, village.name, by, keyring, response)


async def _told(
    session: AsyncSession, row: Any, village_name: str, by: Principal, keyring: Keyring, response: Response
) -> FamilyOut:
    announce(response, "registry", row.id, row.sequence)
    names = await people.names_of(session, {member.person_id for member in row.members}, by)
    return states.answer(row, village_name, names, keyring)
