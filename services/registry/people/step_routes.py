"""The steps of a person's record over HTTP. Each is meant for the version that was read (`If-Match`)."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.people import duplicates, erasure, service
from services.registry.people.answers import answered
from services.registry.people.parameters import Keys
from services.registry.people.schemas import DuplicateLink, PersonOut, Why
from services.registry.rights import PeopleKeeper, PeopleRevealer
from shared import edge
from shared.preconditions import Precondition

router = APIRouter(prefix="/v1/people/{id}", tags=["people"], route_class=edge.Route)


@router.post("/duplicate-link", summary="Link a duplicate")
async def link_duplicate_person(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, language: edge.Spoken,
    precondition: Precondition, response: Response, id: UUID, said: DuplicateLink,
) -> PersonOut:  # fmt: skip
    """Says that this record is about the person of another one, which stands for both. Both keep answering; nothing is moved.

    In all numbers the two are one person from now on. `POST …/separation` takes it back.
    """
    person = await duplicates.link(
        session, id, said.of, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await answered(session, person, keyring, language, response)


@router.post("/separation", summary="Take a duplicate link back")
async def separate_person(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, language: edge.Spoken,
    precondition: Precondition, response: Response, id: UUID, said: Why,
) -> PersonOut:  # fmt: skip
    """The two records were two people after all."""
    person = await duplicates.separate(
        session, id, by=principal, precondition=precondition, now=now, reason=said.reason
    )
    return await answered(session, person, keyring, language, response)


@router.post("/erasure", summary="Erase what identifies a person")
async def erase_person(
    session: edge.Session, principal: PeopleRevealer, now: edge.Now, keyring: Keys, language: edge.Spoken,
    precondition: Precondition, response: Response, id: UUID, said: Why,
) -> PersonOut:  # fmt: skip
    """At the person's request, and for good: name, NIK, telephone and day of birth, here and in all linked records.

    Sex, year of birth, village, ids and memberships stay, and so does every number. By a district or a regency.
    """
    person = await erasure.erase(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return await answered(session, person, keyring, language, response)


@router.post("/voiding", summary="Void an entry error")
async def void_person(
    session: edge.Session, principal: PeopleKeeper, now: edge.Now, keyring: Keys, language: edge.Spoken,
    precondition: Precondition, response: Response, id: UUID, said: Why,
) -> PersonOut:  # fmt: skip
    """For a record that should never have been: it counts nowhere any more."""
    person = await service.void(session, id, by=principal, precondition=precondition, now=now, reason=said.reason)
    return await answered(session, person, keyring, language, response)
