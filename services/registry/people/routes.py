"""People over HTTP: registered, read, listed, changed, and what happened to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.registry.parameters import area_code
from services.registry.people import queries, service
from services.registry.people.answers import answered
from services.registry.people.models import Person
from services.registry.people.parameters import Keys
from services.registry.people.schemas import PersonIn, PersonOut, PersonPatch
from services.registry.people.states import answer
from services.registry.rights import PeopleKeeper, PeopleReader
from shared import changes, edge, records
from shared.codes import Sex
from shared.fields import Instant
from shared.pagination import Page, PageParameters, paginate
from shared.preconditions import MERGE_PATCH, Precondition, announce

router = APIRouter(prefix="/v1/people", tags=["people"], route_class=edge.Route)


@router.post("", status_code=201, summary="Register a person")
async def register_person(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, language: edge.Spoken, response: Response,
    body: PersonIn,
) -> PersonOut:  # fmt: skip
    """In your area, or from outside it and kept by your village.

    Whoever you can see with the same NIK is named (409 `person-already-registered`). What is odd and may yet be so, such
    as a NIK that tells another sex, is told in `warnings`.
    """
    person = await service.register(session, body, by=principal, keyring=keyring, now=now)
    response.headers["Location"] = f"/v1/people/{person.id}"
    return await answered(session, person, keyring, language, response)


@router.get("", summary="List people")
async def list_people(
    session: edge.Session,
    principal: PeopleReader,
    keyring: Keys,
    language: edge.Spoken,
    page: PageParameters,
    region: Annotated[str | None, Query(max_length=40, description="Only those who live or are kept in this region and below it, by Kemendagri code.", examples=["32.04"])] = None,
    sex: Annotated[Sex | None, Query(description="Only this sex.", examples=["P"])] = None,
    duplicates_of: Annotated[UUID | None, Query(description="Only the duplicates of this record.")] = None,
    changed_since: Annotated[Instant | None, Query(description="Only those changed at or after this instant.")] = None,
    voided: Annotated[bool, Query(description="The entry errors instead of the records.")] = False,
    sort: Annotated[queries.PersonSort, Query(description="Order; `-` descends.")] = queries.PersonSort.CHANGED_DOWN,
) -> Page[PersonOut]:  # fmt: skip
    """Those in your sight, the last changed first. By name or number: `POST /v1/person-lookups`."""
    statement = queries.listed(
        principal, region=await area_code(session, region) if region else None, sex=sex, duplicates_of=duplicates_of,
        changed_since=changed_since, voided=voided,
    )  # fmt: skip
    rows, following, count = await paginate(session, statement, queries.ORDERS[sort], page)
    return Page(items=[answer(row, row.village_name, keyring, language) for row in rows], next=following, count=count)


@router.get("/{id}", summary="Read a person")
async def read_person(
    session: edge.Session, principal: PeopleReader, keyring: Keys, language: edge.Spoken, response: Response, id: UUID
) -> PersonOut:
    """The record with its numbers masked. A duplicate keeps answering, and names the record that stands for it."""
    row = await queries.read(session, id, principal)
    announce(response, "registry", row.id, row.sequence)
    return answer(row, row.village_name, keyring, language)


@router.patch("/{id}", summary="Change a person")
async def change_person(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, language: edge.Spoken,
    precondition: Precondition, response: Response, id: UUID,
    patch: Annotated[PersonPatch, Body(media_type=MERGE_PATCH)],
) -> PersonOut:  # fmt: skip
    """At once, by whoever keeps people where they live or are kept."""
    person = await service.change(session, id, patch, by=principal, keyring=keyring, precondition=precondition, now=now)
    return await answered(session, person, keyring, language, response)


@router.get("/{id}/history", summary="What happened to a person's record")
async def read_person_history(session: edge.Session, principal: PeopleReader, id: UUID) -> list[changes.HistoryEntry]:
    """Every step, oldest first, with the public fields it changed: never names or numbers."""
    await records.refuse_invisible(session, Person, id, queries.visible(principal))
    return await changes.history(session, id)
