"""Reading by POST: what is looked for, or why, does not belong into an address, and no answer is kept for a replay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.people import queries, service, states
from services.registry.people.keys import Keyring
from services.registry.people.parameters import NO_STORE, Keys
from services.registry.people.reading_schemas import DisclosureOut, PersonLookup, PersonLookupOut
from services.registry.people.schemas import Why
from services.registry.rights import PeopleReader, PeopleRevealer
from shared import edge
from shared.auth import Principal

router = APIRouter(prefix="/v1", tags=["people"], route_class=edge.ReadByPost)


@router.post("/person-lookups", summary="Look people up by NIK, family card or name", responses=NO_STORE)
async def look_up_people(
    session: edge.Session, principal: PeopleReader, now: edge.Now, keyring: Keys, language: edge.Spoken, response: Response,
    asked: PersonLookup,
) -> PersonLookupOut:  # fmt: skip
    """Those in your sight, masked. Nobody is not an error: `items` is empty."""
    response.headers["Cache-Control"] = "no-store"
    rows = await _found(session, asked, principal, keyring, now)
    return PersonLookupOut(items=[states.answer(row, row.village_name, keyring, language) for row in rows])


async def _found(
    session: AsyncSession, asked: PersonLookup, by: Principal, keyring: Keyring, now: datetime
) -> Sequence[Any]:
    if asked.nik is not None:
        return await queries.with_nik(session, keyring.indexes("nik", asked.nik), by)
    if asked.family_card is not None:
        return await queries.in_family(session, keyring.indexes("card", asked.family_card), by, now)
    return await queries.named(session, asked.name or "", by)


@router.post("/people/{id}/disclosure", summary="See a person's numbers unmasked", responses=NO_STORE)
async def disclose_person(
    session: edge.Session, principal: PeopleRevealer, now: edge.Now, keyring: Keys, response: Response, id: UUID,
    said: Why,
) -> DisclosureOut:  # fmt: skip
    """NIK, telephone and day of birth. Each time it is written down who saw them, when and why."""
    response.headers["Cache-Control"] = "no-store"
    person = await service.disclose(session, id, by=principal, now=now, reason=said.reason)
    return states.disclosed(person, keyring)
